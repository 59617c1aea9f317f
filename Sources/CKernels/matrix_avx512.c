// The AVX-512 table of the matrix kernels, and the rounding of activations.
#include "matrix_avx512.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#define INLINE static inline __attribute__((always_inline))

/// Two vectors to one: the halves of `a` and of `b`, each added up or compared by `combine`.
#define FOLD(combine, a, b, low, high) combine(_mm512_permutex2var_epi32(a, low, b), _mm512_permutex2var_epi32(a, high, b))

/// The largest lane of each of eight registers, in order, as unsigned integers.
INLINE __m256i largest_of_eight(__m512i v[8]) {
    for (int j = 0; j < 4; j++)  // halves of registers 2j and 2j+1
        v[j] = _mm512_max_epu32(_mm512_shuffle_i64x2(v[2 * j], v[2 * j + 1], 0x44), _mm512_shuffle_i64x2(v[2 * j], v[2 * j + 1], 0xee));
    for (int j = 0; j < 2; j++)  // quarters: four registers' worth of four lanes each
        v[j] = _mm512_max_epu32(_mm512_shuffle_i64x2(v[2 * j], v[2 * j + 1], 0x88), _mm512_shuffle_i64x2(v[2 * j], v[2 * j + 1], 0xdd));
    // Lanes 4k to 4k + 3 of v[0] are of register k, those of v[1] of register k + 4.
    __m512i pairs = _mm512_max_epu32(_mm512_unpacklo_epi64(v[0], v[1]), _mm512_unpackhi_epi64(v[0], v[1]));
    pairs = _mm512_max_epu32(pairs, _mm512_shuffle_epi32(pairs, 0xb1));
    const __m512i order = _mm512_set_epi32(0, 0, 0, 0, 0, 0, 0, 0, 14, 10, 6, 2, 12, 8, 4, 0);
    return _mm512_castsi512_si256(_mm512_permutexvar_epi32(order, pairs));
}

/// The sums of each sixteen columns, in order.
INLINE __m512i sums_of_sixteen(const int8_t *q) {
    const __m512i ones = _mm512_set1_epi8(1);
    const __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
    __m512i v[4];
    for (int j = 0; j < 4; j++) v[j] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), ones, _mm512_loadu_si512(q + 64 * j));
    v[0] = FOLD(_mm512_add_epi32, v[0], v[1], even, odd);
    v[1] = FOLD(_mm512_add_epi32, v[2], v[3], even, odd);
    const __m512i place = _mm512_set_epi32(15, 14, 11, 10, 13, 12, 9, 8, 7, 6, 3, 2, 5, 4, 1, 0);
    return _mm512_permutexvar_epi32(place, FOLD(_mm512_add_epi32, v[0], v[1], even, odd));
}

/// Rounds 256 finite activations with the operations of the scalar kernel, so that the bits are the same. Returns false, and
/// has written nothing of use, where one of them is not finite.
INLINE bool round_256(const float *x, quern_activations *out) {
    const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
    __m512i largest[8];
    for (int j = 0; j < 8; j++)
        largest[j] = _mm512_max_epu32(
            _mm512_and_si512(_mm512_loadu_si512(x + 32 * j), magnitude), _mm512_and_si512(_mm512_loadu_si512(x + 32 * j + 16), magnitude));
    __m256i bits = largest_of_eight(largest);
    if (_mm256_cmpge_epu32_mask(bits, _mm256_set1_epi32(0x7f800000))) return false;
    __m256 range = _mm256_castsi256_ps(bits), limit = _mm256_set1_ps(127.0f);
    __mmask8 counts = _mm256_cmp_ps_mask(range, _mm256_set1_ps(QUERN_LEAST_ACTIVATION), _CMP_GE_OQ);
    __m256 d = _mm256_maskz_div_ps(counts, range, limit);
    __m512 inverse = _mm512_castps256_ps512(_mm256_maskz_div_ps(counts, limit, range));
    for (int j = 0; j < 8; j++) {
        int8_t *q = out->q + 32 * quern_place((size_t)j);
        __m512 factor = _mm512_permutexvar_ps(_mm512_set1_epi32(j), inverse);
        for (int h = 0; h < 2; h++) {
            __m512 scaled = _mm512_mul_ps(_mm512_loadu_ps(x + 32 * j + 16 * h), factor);
            _mm_storeu_si128((__m128i *)(q + 16 * h), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(scaled)));
        }
    }
    __m512i sums = sums_of_sixteen(out->q);
    const __m512i even = _mm512_set_epi32(0, 0, 0, 0, 0, 0, 0, 0, 14, 12, 10, 8, 6, 4, 2, 0);
    const __m512i twice = _mm512_set_epi32(7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
    __m256i pairs = _mm512_castsi512_si256(
        _mm512_permutexvar_epi32(even, _mm512_add_epi32(sums, _mm512_shuffle_epi32(sums, 0xb1))));
    _mm256_storeu_ps(out->d, d);
    _mm256_storeu_ps(out->s32, _mm256_mul_ps(d, _mm256_cvtepi32_ps(pairs)));
    _mm512_storeu_ps(
        out->s16, _mm512_mul_ps(_mm512_permutexvar_ps(twice, _mm512_castps256_ps512(d)), _mm512_cvtepi32_ps(sums)));
    return true;
}

void quern_round_avx512(const float *x, size_t columns, quern_activations *rounded) {
    size_t whole = columns / 256;
    for (size_t block = 0; block < whole; block++)
        if (!round_256(x + 256 * block, rounded + block)) quern_matrix_scalar.round(x + 256 * block, 256, rounded + block);
    if (columns % 256) quern_matrix_scalar.round(x + 256 * whole, columns % 256, rounded + whole);
}

static void panels(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y, void *scratch) {
    if (quern_is_float(w->type))
        quern_float_panels_avx512(w, first, count, x, y, scratch);
    else
        quern_integer_panels_avx512(w, first, count, x, y, scratch);
}

/// Measured on Zen 5 with weights in memory: where the cost of unpacking a panel is paid back.
static size_t panel_tokens(quern_weight_type type) {
    if (quern_is_float(type)) return 13;
    bool in_c = quern_is_coded(type) && type != QUERN_WEIGHT_IQ4_NL && type != QUERN_WEIGHT_IQ4_XS && type != QUERN_WEIGHT_MXFP4;
    return in_c ? 5 : 9;
}

const quern_matrix_kernels quern_matrix_avx512 = {
    .round = quern_round_avx512,
    .rows = quern_rows_avx512,
    .panel_tokens = panel_tokens,
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
