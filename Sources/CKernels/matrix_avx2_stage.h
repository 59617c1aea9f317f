// Unpacking of quantized weights to bytes with AVX2; included by the row and the panel kernels, inside their target region.
#ifndef QUERN_MATRIX_AVX2_STAGE_H
#define QUERN_MATRIX_AVX2_STAGE_H

#include "matrix_avx2.h"

#define INLINE static inline __attribute__((always_inline))

/// Columns unpacked at a time.
enum { CHUNK = 2048 };

/// Unpacked columns of one row: weight = scale * byte - min.
typedef struct staged {
    uint8_t bytes[CHUNK];
    float scale[CHUNK / 32][8];  ///< of the first 16 of 32 columns in lanes 0 to 3, of the last 16 in lanes 4 to 7
    float min[CHUNK / 16];       ///< per 16 columns
} staged;

INLINE __m256i load32(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }
INLINE float widen(quern_half half) { return _cvtsh_ss(half); }
INLINE __m256i shifted(__m256i v, int bits) { return _mm256_srl_epi16(v, _mm_cvtsi32_si128(bits)); }
INLINE __m256i masked(__m256i v, char mask) { return _mm256_and_si256(v, _mm256_set1_epi8(mask)); }

INLINE void put(staged *s, size_t j, __m256i bytes, float scale0, float scale1, float min0, float min1) {
    _mm256_storeu_si256((__m256i *)(s->bytes + 32 * j), bytes);
    _mm256_storeu_ps(s->scale[j], _mm256_set_m128(_mm_set1_ps(scale1), _mm_set1_ps(scale0)));
    s->min[2 * j] = min0;
    s->min[2 * j + 1] = min1;
}

/// The low halves of sixteen bytes, then the high halves.
INLINE __m256i nibbles(const uint8_t *qs) {
    __m128i v = _mm_loadu_si128((const __m128i *)qs);
    return masked(_mm256_set_m128i(_mm_srli_epi16(v, 4), v), 15);
}

/// 16 in each byte whose bit is set.
INLINE __m256i fifth_bits(const uint8_t *qh) {
    const __m256i place = _mm256_setr_epi64x(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303);
    const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201);
    __m256i v = _mm256_shuffle_epi8(_mm256_set1_epi32((int)quern_load32(qh)), place);
    return masked(_mm256_cmpeq_epi8(_mm256_and_si256(v, bit), bit), 16);
}

/// `bit` of each byte, as `value` or 0.
INLINE __m256i plane(__m256i v, int bit, char value) {
    __m256i mask = _mm256_set1_epi8((char)(1 << bit));
    return masked(_mm256_cmpeq_epi8(_mm256_and_si256(v, mask), mask), value);
}

/// One block of 32 columns of a simple type, to place `j`.
static void stage_block(quern_weight_type type, const uint8_t *p, size_t j, staged *s) {
    float d = widen(quern_load16(p)), m;
    switch (type) {
    case QUERN_WEIGHT_Q8_0: put(s, j, load32(p + 2), d, d, 0, 0); break;
    case QUERN_WEIGHT_Q4_0: put(s, j, nibbles(p + 2), d, d, 8 * d, 8 * d); break;
    case QUERN_WEIGHT_Q4_1:
        m = -widen(quern_load16(p + 2));
        put(s, j, nibbles(p + 4), d, d, m, m);
        break;
    case QUERN_WEIGHT_Q5_0: put(s, j, _mm256_or_si256(nibbles(p + 6), fifth_bits(p + 2)), d, d, 16 * d, 16 * d); break;
    default:
        m = -widen(quern_load16(p + 2));
        put(s, j, _mm256_or_si256(nibbles(p + 8), fifth_bits(p + 4)), d, d, m, m);
        break;
    }
}

static void stage_q2_K(const quern_block_q2_K *b, size_t first, staged *s) {
    float d = widen(b->d), dmin = widen(b->dmin);
    for (int j = 0; j < 8; j++) {
        __m256i q = masked(shifted(load32(b->qs + j / 4 * 32), j % 4 * 2), 3);
        uint8_t even = b->scales[2 * j], odd = b->scales[2 * j + 1];
        put(s, first + (size_t)j, q, d * (float)(even & 15), d * (float)(odd & 15), dmin * (float)(even >> 4), dmin * (float)(odd >> 4));
    }
}

static void stage_q3_K(const quern_block_q3_K *b, size_t first, staged *s) {
    uint8_t scales[16];
    quern_scales_q3_K(b->scales, scales);
    float d = widen(b->d);
    for (int j = 0; j < 8; j++) {
        __m256i q = masked(shifted(load32(b->qs + j / 4 * 32), j % 4 * 2), 3);
        float even = d * (float)(scales[2 * j] - 32), odd = d * (float)(scales[2 * j + 1] - 32);
        put(s, first + (size_t)j, _mm256_or_si256(q, plane(load32(b->hmask), j, 4)), even, odd, 4 * even, 4 * odd);
    }
}

static void stage_q4_K(const quern_block_q4_K *b, size_t first, staged *s) {
    float d = widen(b->d), dmin = widen(b->dmin);
    for (int j = 0; j < 8; j++) {
        uint8_t scale, min;
        quern_scale_min(j, b->scales, &scale, &min);
        __m256i q = masked(shifted(load32(b->qs + j / 2 * 32), j % 2 * 4), 15);
        put(s, first + (size_t)j, q, d * (float)scale, d * (float)scale, dmin * (float)min, dmin * (float)min);
    }
}

static void stage_q5_K(const quern_block_q5_K *b, size_t first, staged *s) {
    float d = widen(b->d), dmin = widen(b->dmin);
    for (int j = 0; j < 8; j++) {
        uint8_t scale, min;
        quern_scale_min(j, b->scales, &scale, &min);
        __m256i q = masked(shifted(load32(b->qs + j / 2 * 32), j % 2 * 4), 15);
        q = _mm256_or_si256(q, plane(load32(b->qh), j, 16));
        put(s, first + (size_t)j, q, d * (float)scale, d * (float)scale, dmin * (float)min, dmin * (float)min);
    }
}

static void stage_q6_K(const quern_block_q6_K *b, size_t first, staged *s) {
    float d = widen(b->d);
    for (int j = 0; j < 8; j++) {
        __m256i low = masked(shifted(load32(b->ql + j / 4 * 64 + j % 2 * 32), j % 4 / 2 * 4), 15);
        __m256i high = masked(shifted(load32(b->qh + j / 4 * 32), j % 4 * 2), 3);
        float even = d * (float)b->scales[2 * j], odd = d * (float)b->scales[2 * j + 1];
        put(s, first + (size_t)j, _mm256_or_si256(low, _mm256_slli_epi16(high, 4)), even, odd, 32 * even, 32 * odd);
    }
}

/// Up to 256 columns of a type with a codebook.
static void stage_codes(quern_weight_type type, const uint8_t *row, size_t block, size_t count, size_t j, staged *s) {
    quern_codes codes;
    quern_unpack_codes(type, row + block / 8 * quern_codes_bytes(type), count, &codes);
    for (size_t i = 0; i < count; i++)
        put(s, j + i, load32(codes.q + 32 * i), codes.scale[2 * i], codes.scale[2 * i + 1], 0, 0);
}

/// Unpacks `blocks` blocks of 32 columns from block `first` of a row.
static void stage(const quern_weights *w, const uint8_t *row, size_t first, size_t blocks, staged *s) {
#define SUPERBLOCKS(t)                                                                         \
    for (size_t j = 0; j < blocks; j += 8)                                                     \
        stage_##t((const quern_block_##t *)(const void *)(row + (first + j) / 8 * sizeof(quern_block_##t)), j, s)
    if (quern_is_coded(w->type)) {
        for (size_t j = 0; j < blocks; j += 8) stage_codes(w->type, row, first + j, blocks - j < 8 ? blocks - j : 8, j, s);
        return;
    }
    switch (w->type) {
    case QUERN_WEIGHT_Q2_K: SUPERBLOCKS(q2_K); break;
    case QUERN_WEIGHT_Q3_K: SUPERBLOCKS(q3_K); break;
    case QUERN_WEIGHT_Q4_K: SUPERBLOCKS(q4_K); break;
    case QUERN_WEIGHT_Q5_K: SUPERBLOCKS(q5_K); break;
    case QUERN_WEIGHT_Q6_K: SUPERBLOCKS(q6_K); break;
    default: {
        size_t bytes = w->row_bytes / (w->columns / 32);
        for (size_t j = 0; j < blocks; j++) stage_block(w->type, row + (first + j) * bytes, j, s);
    }
    }
#undef SUPERBLOCKS
}

#endif
