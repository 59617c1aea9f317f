#include "vector_tables.h"

const quern_vector_table *quern_vector_kernels(quern_isa isa) {
    switch (isa) {
#if defined(__x86_64__)
    case QUERN_ISA_AVX512: return &quern_vectors_avx512;
    case QUERN_ISA_AVX2: return &quern_vectors_avx2;
#elif defined(__aarch64__)
    case QUERN_ISA_NEON: return &quern_vectors_neon;
    case QUERN_ISA_DOTPROD: return &quern_vectors_dotprod;
#endif
    default: return &quern_vectors_scalar;
    }
}
