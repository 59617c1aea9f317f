// The AVX-512 table of the matrix kernels, and the rounding of activations.
#include "matrix_avx512.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#include <math.h>

/// Rounds 32 activations with the operations of the scalar kernel, so that the bits are the same.
static inline __attribute__((always_inline)) void round_block(__m512 a, __m512 b, quern_activations *out, size_t j) {
    __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
    // Compared as integers, NaN counts as larger than everything.
    __m512i largest = _mm512_max_epu32(
        _mm512_and_si512(_mm512_castps_si512(a), magnitude), _mm512_and_si512(_mm512_castps_si512(b), magnitude));
    uint32_t bits = _mm512_reduce_max_epu32(largest);
    if (bits >= 0x7f800000u) {
        memset(out->q + 32 * j, 0, 32);
        out->d[j] = out->s32[j] = out->s16[2 * j] = out->s16[2 * j + 1] = NAN;
        return;
    }
    float range = quern_float_from_bits(bits);
    bool vanishes = range < QUERN_LEAST_ACTIVATION;
    __m512 inverse = _mm512_set1_ps(vanishes ? 0.0f : 127.0f / range);
    float d = vanishes ? 0.0f : range / 127.0f;
    __m512i x = _mm512_cvtps_epi32(_mm512_mul_ps(a, inverse)), y = _mm512_cvtps_epi32(_mm512_mul_ps(b, inverse));
    _mm_storeu_si128((__m128i *)(out->q + 32 * j), _mm512_cvtepi32_epi8(x));
    _mm_storeu_si128((__m128i *)(out->q + 32 * j + 16), _mm512_cvtepi32_epi8(y));
    int first = _mm512_reduce_add_epi32(x), last = _mm512_reduce_add_epi32(y);
    out->d[j] = d;
    out->s32[j] = d * (float)(first + last);
    out->s16[2 * j] = d * (float)first;
    out->s16[2 * j + 1] = d * (float)last;
}

void quern_round_avx512(const float *x, size_t columns, quern_activations *rounded) {
    for (size_t first = 0; first < quern_activation_blocks(columns) * 256; first += 32) {
        size_t left = first < columns ? columns - first : 0;
        uint32_t valid = left >= 32 ? 0xffffffffu : (1u << left) - 1;
        __m512 a = _mm512_maskz_loadu_ps((__mmask16)valid, x + first);
        __m512 b = _mm512_maskz_loadu_ps((__mmask16)(valid >> 16), x + first + 16);
        round_block(a, b, &rounded[first / 256], first % 256 / 32);
    }
}

static void panels(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y, void *scratch) {
    if (quern_is_float(w->type))
        quern_float_panels_avx512(w, first, count, x, y, scratch);
    else
        quern_integer_panels_avx512(w, first, count, x, y, scratch);
}

const quern_matrix_kernels quern_matrix_avx512 = {
    .round = quern_round_avx512,
    .rows = quern_rows_avx512,
    .panel_tokens = 5,
    .panel_rows = 32,
    .panel_scratch_bytes = QUERN_AVX512_PANEL_BYTES,
    .integer_group = QUERN_AVX512_INTEGER_GROUP,
    .float_group = QUERN_AVX512_FLOAT_GROUP,
    .integer_group_bytes = quern_integer_group_bytes_avx512,
    .float_group_bytes = quern_float_group_bytes_avx512,
    .pack_integers = quern_pack_integers_avx512,
    .pack_floats = quern_pack_floats_avx512,
    .panels = panels,
};

#pragma clang attribute pop
#endif
