// Unpacking of quantized weights into AVX-512 registers; included by the AVX-512 row and panel kernels, inside their target region.
#ifndef QUERN_MATRIX_AVX512_UNPACK_H
#define QUERN_MATRIX_AVX512_UNPACK_H


#include "matrix_avx512.h"

#define QUERN_INLINE static inline __attribute__((always_inline))

/// 128 weights of a simple type, four blocks: bytes 0...15 and 16...31 of each block side by side. The weight is
/// scale * byte - min, the byte unsigned.
typedef struct quern_quad {
    __m512i low, high;
    __m128 scale, min;
} quern_quad;

/// 256 weights of a K type, groups of 32 in the order of `quern_place`, 64 to a register, bytes unsigned: the weight is
/// scale * byte - min. Types with a scale per 16 columns have sixteen scales and sixteen minima; those with one per 32 have
/// their scales in the low eight lanes of `scale` and their minima in the high ones.
typedef struct quern_super {
    __m512i bytes[4];
    __m512 scale, min;
} quern_super;

QUERN_INLINE __m128i quern_load128(const void *p) { return _mm_loadu_si128((const __m128i *)p); }
QUERN_INLINE __m256i quern_load256(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }

/// Sixteen bytes at `p` and at three further places `stride` bytes apart.
QUERN_INLINE __m512i quern_four128(const uint8_t *p, size_t stride) {
    __m512i v = _mm512_castsi128_si512(quern_load128(p));
    v = _mm512_inserti32x4(v, quern_load128(p + stride), 1);
    v = _mm512_inserti32x4(v, quern_load128(p + 2 * stride), 2);
    return _mm512_inserti32x4(v, quern_load128(p + 3 * stride), 3);
}

/// Four halves `stride` bytes apart.
QUERN_INLINE __m128 quern_four_halves(const uint8_t *p, size_t stride) {
    uint64_t bits = (uint64_t)quern_load16(p) | (uint64_t)quern_load16(p + stride) << 16 |
                    (uint64_t)quern_load16(p + 2 * stride) << 32 | (uint64_t)quern_load16(p + 3 * stride) << 48;
    return _mm_cvtph_ps(_mm_cvtsi64_si128((long long)bits));
}

QUERN_INLINE float quern_widen(quern_half half) { return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(half))); }

QUERN_INLINE void quern_nibbles(__m512i packed, __m512i *low, __m512i *high) {
    const __m512i mask = _mm512_set1_epi8(15);
    *low = _mm512_and_si512(packed, mask);
    *high = _mm512_and_si512(_mm512_srli_epi16(packed, 4), mask);
}

// MARK: Simple types

QUERN_INLINE quern_quad quern_quad_q8_0(const uint8_t *p) {
    const __m512i sign = _mm512_set1_epi8((char)0x80);
    quern_quad v;
    v.low = _mm512_xor_si512(quern_four128(p + 2, 34), sign);
    v.high = _mm512_xor_si512(quern_four128(p + 18, 34), sign);
    v.scale = quern_four_halves(p, 34);
    v.min = _mm_mul_ps(v.scale, _mm_set1_ps(128));
    return v;
}

QUERN_INLINE quern_quad quern_quad_q4_0(const uint8_t *p) {
    quern_quad v;
    quern_nibbles(quern_four128(p + 2, 18), &v.low, &v.high);
    v.scale = quern_four_halves(p, 18);
    v.min = _mm_mul_ps(v.scale, _mm_set1_ps(8));
    return v;
}

QUERN_INLINE quern_quad quern_quad_q4_1(const uint8_t *p) {
    quern_quad v;
    quern_nibbles(quern_four128(p + 4, 20), &v.low, &v.high);
    v.scale = quern_four_halves(p, 20);
    v.min = _mm_sub_ps(_mm_setzero_ps(), quern_four_halves(p + 2, 20));
    return v;
}

/// Sets bit 4 of the bytes whose fifth bits are in four words `stride` bytes apart.
QUERN_INLINE void quern_fifth_bits(const uint8_t *p, size_t stride, __m512i *low, __m512i *high) {
    const __m512i sixteen = _mm512_set1_epi8(16);
    uint64_t a = quern_load32(p), b = quern_load32(p + stride), c = quern_load32(p + 2 * stride), d = quern_load32(p + 3 * stride);
    uint64_t lows = (a & 0xffff) | (b & 0xffff) << 16 | (c & 0xffff) << 32 | d << 48;
    uint64_t highs = a >> 16 | (b >> 16) << 16 | (c >> 16) << 32 | (d >> 16) << 48;
    *low = _mm512_or_si512(*low, _mm512_maskz_mov_epi8(lows, sixteen));
    *high = _mm512_or_si512(*high, _mm512_maskz_mov_epi8(highs, sixteen));
}

QUERN_INLINE quern_quad quern_quad_q5_0(const uint8_t *p) {
    quern_quad v;
    quern_nibbles(quern_four128(p + 6, 22), &v.low, &v.high);
    quern_fifth_bits(p + 2, 22, &v.low, &v.high);
    v.scale = quern_four_halves(p, 22);
    v.min = _mm_mul_ps(v.scale, _mm_set1_ps(16));
    return v;
}

QUERN_INLINE quern_quad quern_quad_q5_1(const uint8_t *p) {
    quern_quad v;
    quern_nibbles(quern_four128(p + 8, 24), &v.low, &v.high);
    quern_fifth_bits(p + 4, 24, &v.low, &v.high);
    v.scale = quern_four_halves(p, 24);
    v.min = _mm_sub_ps(_mm_setzero_ps(), quern_four_halves(p + 2, 24));
    return v;
}

/// Looks up nibbles in a codebook, biased to unsigned bytes. What the bias adds is taken away in floats, so it is no larger than
/// the values ask for.
QUERN_INLINE void quern_look_up(__m128i values, int bias, quern_quad *v) {
    __m512i table = _mm512_add_epi8(_mm512_broadcast_i32x4(values), _mm512_set1_epi8((char)bias));
    v->low = _mm512_shuffle_epi8(table, v->low);
    v->high = _mm512_shuffle_epi8(table, v->high);
    v->min = _mm_mul_ps(v->scale, _mm_set1_ps((float)bias));
}

#define QUERN_NONLINEAR_VALUES _mm_set_epi8(113, 89, 69, 53, 38, 25, 13, 1, -10, -22, -35, -49, -65, -83, -104, -127)
#define QUERN_SMALL_FLOAT_VALUES _mm_set_epi8(-12, -8, -6, -4, -3, -2, -1, 0, 12, 8, 6, 4, 3, 2, 1, 0)

QUERN_INLINE quern_quad quern_quad_iq4_nl(const uint8_t *p) {
    quern_quad v;
    quern_nibbles(quern_four128(p + 2, 18), &v.low, &v.high);
    v.scale = quern_four_halves(p, 18);
    quern_look_up(QUERN_NONLINEAR_VALUES, 128, &v);
    return v;
}

QUERN_INLINE quern_quad quern_quad_mxfp4(const uint8_t *p) {
    quern_quad v;
    quern_nibbles(quern_four128(p + 1, 17), &v.low, &v.high);
    v.scale = _mm_set_ps(quern_half_power(p[51]), quern_half_power(p[34]), quern_half_power(p[17]), quern_half_power(p[0]));
    quern_look_up(QUERN_SMALL_FLOAT_VALUES, 16, &v);
    return v;
}

// MARK: K types

/// 32 bytes twice.
QUERN_INLINE __m512i quern_twice256(const void *p) { return _mm512_broadcast_i64x4(quern_load256(p)); }

/// Bits from `low` upwards in the first 32 bytes and from `high` upwards in the last 32, moved to bit `to`; what else is in
/// the bytes is not cleared.
#define QUERN_PLANES(v, low, high, to)                                                                                         \
    _mm512_rolv_epi64(                                                                                                         \
        v, _mm512_set_epi64(                                                                                                   \
               (to) - (high), (to) - (high), (to) - (high), (to) - (high), (to) - (low), (to) - (low), (to) - (low), (to) - (low)))

/// (bits & mask) | rest
QUERN_INLINE __m512i quern_merge(__m512i bits, __m512i mask, __m512i rest) {
    return _mm512_ternarylogic_epi64(bits, mask, rest, 0xea);
}

/// Four planes of two bits in 32 bytes: groups 0 and 2, then 1 and 3.
QUERN_INLINE void quern_two_bit_planes(const uint8_t *p, __m512i *first, __m512i *second) {
    const __m512i mask = _mm512_set1_epi8(3);
    __m512i v = quern_twice256(p);
    *first = _mm512_and_si512(QUERN_PLANES(v, 0, 4, 0), mask);
    *second = _mm512_and_si512(QUERN_PLANES(v, 2, 6, 0), mask);
}

/// Sixteen small integers, times `d`.
QUERN_INLINE __m512 quern_sixteen_scales(__m512i integers, quern_half d) {
    return _mm512_mul_ps(_mm512_cvtepi32_ps(integers), _mm512_cvtph_ps(_mm256_set1_epi16((short)d)));
}

QUERN_INLINE quern_super quern_super_q2_K(const uint8_t *p) {
    const quern_block_q2_K *b = (const quern_block_q2_K *)(const void *)p;
    const __m128i mask = _mm_set1_epi8(15);
    quern_super v;
    quern_two_bit_planes(b->qs, &v.bytes[0], &v.bytes[1]);
    quern_two_bit_planes(b->qs + 32, &v.bytes[2], &v.bytes[3]);
    __m128i packed = quern_load128(b->scales);
    v.scale = quern_sixteen_scales(_mm512_cvtepu8_epi32(_mm_and_si128(packed, mask)), b->d);
    v.min = quern_sixteen_scales(_mm512_cvtepu8_epi32(_mm_and_si128(_mm_srli_epi16(packed, 4), mask)), b->dmin);
    return v;
}

QUERN_INLINE quern_super quern_super_q3_K(const uint8_t *p) {
    const quern_block_q3_K *b = (const quern_block_q3_K *)(const void *)p;
    const __m512i four = _mm512_set1_epi8(4);
    quern_super v;
    quern_two_bit_planes(b->qs, &v.bytes[0], &v.bytes[1]);
    quern_two_bit_planes(b->qs + 32, &v.bytes[2], &v.bytes[3]);
    __m512i third = quern_twice256(b->hmask);
    v.bytes[0] = quern_merge(QUERN_PLANES(third, 0, 2, 2), four, v.bytes[0]);
    v.bytes[1] = quern_merge(QUERN_PLANES(third, 1, 3, 2), four, v.bytes[1]);
    v.bytes[2] = quern_merge(QUERN_PLANES(third, 4, 6, 2), four, v.bytes[2]);
    v.bytes[3] = quern_merge(QUERN_PLANES(third, 5, 7, 2), four, v.bytes[3]);
    // Scales: four low bits in bytes 0...7, two high bits in bytes 8...11.
    __m128i packed = _mm_loadl_epi64((const __m128i *)(const void *)b->scales);
    __m128i low = _mm_unpacklo_epi64(packed, _mm_srli_epi16(packed, 4));
    __m128i high = _mm_srlv_epi32(_mm_set1_epi32((int)quern_load32(b->scales + 8)), _mm_set_epi32(2, 0, 0, 0));
    high = _mm_sllv_epi32(high, _mm_set_epi32(0, 0, 2, 4));
    __m128i scales = _mm_ternarylogic_epi32(_mm_and_si128(low, _mm_set1_epi8(15)), high, _mm_set1_epi8(48), 0xf8);
    v.scale = quern_sixteen_scales(_mm512_cvtepi8_epi32(_mm_sub_epi8(scales, _mm_set1_epi8(32))), b->d);
    v.min = _mm512_mul_ps(v.scale, _mm512_set1_ps(4));
    return v;
}

/// Eight scales and eight minima of Q4_K and Q5_K from the sixteen bytes that a block begins with: d, dmin, and six bits of each.
QUERN_INLINE __m512 quern_scales_q4_K(const uint8_t *p) {
    const __m128i low = _mm_set_epi8(15, 14, 13, 12, 11, 10, 9, 8, 15, 14, 13, 12, 7, 6, 5, 4);
    const __m128i high = _mm_set_epi8(11, 10, 9, 8, -1, -1, -1, -1, 7, 6, 5, 4, -1, -1, -1, -1);
    const __m128i mask = _mm_set_epi32(0x0f0f0f0f, 0x3f3f3f3f, 0x0f0f0f0f, 0x3f3f3f3f);
    const __m512i factors = _mm512_set_epi32(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    __m128i head = quern_load128(p);
    __m128i six = _mm_and_si128(_mm_srlv_epi32(_mm_shuffle_epi8(head, low), _mm_set_epi32(4, 0, 0, 0)), mask);
    six = _mm_ternarylogic_epi32(six, _mm_srli_epi32(_mm_shuffle_epi8(head, high), 2), _mm_set1_epi8(48), 0xf8);
    __m512 d = _mm512_permutexvar_ps(factors, _mm512_castps128_ps512(_mm_cvtph_ps(head)));
    return _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(six)), d);
}

QUERN_INLINE quern_super quern_super_q4_K(const uint8_t *p) {
    const quern_block_q4_K *b = (const quern_block_q4_K *)(const void *)p;
    quern_super v;
    quern_nibbles(_mm512_loadu_si512(b->qs), &v.bytes[0], &v.bytes[1]);
    quern_nibbles(_mm512_loadu_si512(b->qs + 64), &v.bytes[2], &v.bytes[3]);
    v.scale = v.min = quern_scales_q4_K(p);
    return v;
}

QUERN_INLINE quern_super quern_super_q5_K(const uint8_t *p) {
    const quern_block_q5_K *b = (const quern_block_q5_K *)(const void *)p;
    const __m512i sixteen = _mm512_set1_epi8(16);
    quern_super v;
    quern_nibbles(_mm512_loadu_si512(b->qs), &v.bytes[0], &v.bytes[1]);
    quern_nibbles(_mm512_loadu_si512(b->qs + 64), &v.bytes[2], &v.bytes[3]);
    __m512i fifth = quern_twice256(b->qh);
    v.bytes[0] = quern_merge(QUERN_PLANES(fifth, 0, 2, 4), sixteen, v.bytes[0]);
    v.bytes[1] = quern_merge(QUERN_PLANES(fifth, 1, 3, 4), sixteen, v.bytes[1]);
    v.bytes[2] = quern_merge(QUERN_PLANES(fifth, 4, 6, 4), sixteen, v.bytes[2]);
    v.bytes[3] = quern_merge(QUERN_PLANES(fifth, 5, 7, 4), sixteen, v.bytes[3]);
    v.scale = v.min = quern_scales_q4_K(p);
    return v;
}

QUERN_INLINE quern_super quern_super_q6_K(const uint8_t *p) {
    const quern_block_q6_K *b = (const quern_block_q6_K *)(const void *)p;
    const __m512i low = _mm512_set1_epi8(15), high = _mm512_set1_epi8(48);
    quern_super v;
    for (int half = 0; half < 2; half++) {
        __m512i even = QUERN_PLANES(quern_twice256(b->ql + 64 * half), 0, 4, 0);
        __m512i odd = QUERN_PLANES(quern_twice256(b->ql + 64 * half + 32), 0, 4, 0);
        __m512i bits = quern_twice256(b->qh + 32 * half);
        v.bytes[2 * half] = quern_merge(QUERN_PLANES(bits, 0, 4, 4), high, _mm512_and_si512(even, low));
        v.bytes[2 * half + 1] = quern_merge(QUERN_PLANES(bits, 2, 6, 4), high, _mm512_and_si512(odd, low));
    }
    v.scale = quern_sixteen_scales(_mm512_cvtepi8_epi32(quern_load128(b->scales)), b->d);
    v.min = _mm512_mul_ps(v.scale, _mm512_set1_ps(32));
    return v;
}

/// Sixteen nibbles of bytes 16a... and 16b..., the low ones first, looked up in the codebook.
#define QUERN_NONLINEAR(qs, a, b, table)                                                                                     \
    _mm512_shuffle_epi8(                                                                                                     \
        table, _mm512_and_si512(                                                                                             \
                   _mm512_srlv_epi64(                                                                                        \
                       _mm512_permutexvar_epi64(                                                                             \
                           _mm512_set_epi64(2 * (b) + 1, 2 * (b), 2 * (b) + 1, 2 * (b), 2 * (a) + 1, 2 * (a), 2 * (a) + 1, 2 * (a)), qs), \
                       _mm512_set_epi64(4, 4, 0, 0, 4, 4, 0, 0)),                                                            \
                   _mm512_set1_epi8(15)))

QUERN_INLINE quern_super quern_super_iq4_xs(const uint8_t *p) {
    const quern_block_iq4_xs *b = (const quern_block_iq4_xs *)(const void *)p;
    const __m512i table = _mm512_xor_si512(_mm512_broadcast_i32x4(QUERN_NONLINEAR_VALUES), _mm512_set1_epi8((char)0x80));
    quern_super v;
    for (int half = 0; half < 2; half++) {
        __m512i qs = _mm512_loadu_si512(b->qs + 64 * half);
        v.bytes[2 * half] = QUERN_NONLINEAR(qs, 0, 2, table);
        v.bytes[2 * half + 1] = QUERN_NONLINEAR(qs, 1, 3, table);
    }
    // Eight scales of six bits, four and two of which lie apart, spread to bytes; the minima are 128 times as much.
    uint64_t low = quern_load32(b->scales_l), high = quern_load16(b->scales_h);
    low = (low | low << 16) & 0x0000ffff0000ffffu;
    low = (low | low << 8) & 0x00ff00ff00ff00ffu;
    low = (low | low << 4) & 0x0f0f0f0f0f0f0f0fu;
    high = (high | high << 24) & 0x000000ff000000ffu;
    high = (high | high << 12) & 0x000f000f000f000fu;
    high = (high | high << 6) & 0x0303030303030303u;
    __m512i scales = _mm512_cvtepu8_epi32(_mm_set1_epi64x((long long)(low | high << 4)));
    scales = _mm512_sub_epi32(scales, _mm512_set1_epi32(32));
    v.scale = v.min = _mm512_mul_ps(
        quern_sixteen_scales(scales, b->d),
        _mm512_set_ps(128, 128, 128, 128, 128, 128, 128, 128, 1, 1, 1, 1, 1, 1, 1, 1));
    return v;
}

/// Any type with a codebook: unpacked in plain C, biased to unsigned bytes by what its values ask for.
QUERN_INLINE quern_super quern_super_coded(quern_weight_type type, const uint8_t *p, size_t groups) {
    int bias = type >= QUERN_WEIGHT_IQ2_XXS && type <= QUERN_WEIGHT_IQ3_S ? 64 : 16;
    const __m512i offset = _mm512_set1_epi8((char)bias);
    quern_codes codes;
    quern_super v;
    quern_unpack_codes_avx512(type, p, groups, &codes);
    for (int j = 0; j < 4; j += 2) {
        __m512i first = _mm512_loadu_si512(codes.q + 64 * j), second = _mm512_loadu_si512(codes.q + 64 * j + 64);
        v.bytes[j] = _mm512_add_epi8(_mm512_shuffle_i64x2(first, second, 0x44), offset);
        v.bytes[j + 1] = _mm512_add_epi8(_mm512_shuffle_i64x2(first, second, 0xee), offset);
    }
    v.scale = _mm512_loadu_ps(codes.scale);
    v.min = _mm512_mul_ps(v.scale, _mm512_set1_ps((float)bias));
    return v;
}

#endif
