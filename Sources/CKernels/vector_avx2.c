// The vector kernels for AVX2, FMA and F16C: eight lanes.
#if defined(__x86_64__)
#include "vector_half.h"
#include "vector_tables.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define LANES 8
#define SCORE_ROWS 6
#define VALUE_ROWS 6
#define VALUE_VECTORS 2
#include "vector_simd.h"
#pragma clang attribute pop

const quern_vector_table quern_vectors_avx2 = {
    QUERN_ISA_AVX2, rms_norm, rotate_neighbours, rotate_halves, add,
    add_scaled, scale, soft_cap,
    layer_norm, gelu, silu_multiply, gelu_multiply, all_finite, join_spans,
    {cache_table_f16, cache_table_f32, cache_table_q8_0, cache_table_q4_0},
};
#endif
