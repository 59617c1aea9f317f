// The vector kernels for AVX-512: sixteen lanes.
#if defined(__x86_64__)
#include "vector_half.h"
#include "vector_tables.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), apply_to = function)
#define LANES 16
#define SCORE_ROWS 12
#define VALUE_ROWS 6
#define VALUE_VECTORS 4
#include "vector_simd.h"
#pragma clang attribute pop

const quern_vector_table quern_vectors_avx512 = {
    QUERN_ISA_AVX512, rms_norm, rotate_neighbours, rotate_halves, add,
    add_scaled, scale, soft_cap,
    layer_norm, gelu, silu_multiply, gelu_multiply, all_finite, join_spans,
    {cache_table_f16, cache_table_f32, cache_table_q8_0, cache_table_q4_0},
};
#endif
