// The vector kernels for NEON: four lanes. Summing products of bytes faster changes nothing here, so both NEON tables share them.
#if defined(__aarch64__)
#include "vector_half.h"
#include "vector_tables.h"

#define LANES 4
#define SCORE_ROWS 6
#define VALUE_ROWS 6
#define VALUE_VECTORS 2
#include "vector_simd.h"

#define TABLE(isa)                                                                                                             \
    {                                                                                                                          \
        isa, rms_norm, rotate_neighbours, rotate_halves, add, add_scaled, scale, soft_cap, layer_norm, gelu, silu_multiply,    \
            gelu_multiply, all_finite, join_spans, {cache_table_f16, cache_table_f32, cache_table_q8_0, cache_table_q4_0},     \
    }
const quern_vector_table quern_vectors_neon = TABLE(QUERN_ISA_NEON);
const quern_vector_table quern_vectors_dotprod = TABLE(QUERN_ISA_DOTPROD);
#endif
