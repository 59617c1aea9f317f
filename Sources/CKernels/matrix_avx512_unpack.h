// Unpacking of quantized weights into AVX-512 registers; included by the AVX-512 row and panel kernels, inside their target region.
#ifndef QUERN_MATRIX_AVX512_UNPACK_H
#define QUERN_MATRIX_AVX512_UNPACK_H


#include "matrix_internal.h"

#define QUERN_INLINE static inline __attribute__((always_inline))

/// 128 weights of a simple type, four blocks: bytes 0...15 and 16...31 of each block side by side. The weight is
/// scale * byte - min, the byte unsigned.
typedef struct quern_quad {
    __m512i low, high;
    __m128 scale, min;
} quern_quad;

/// 256 weights of a K type in their order, 64 to a register, bytes unsigned: the weight is scale * byte - min. Scales and
/// minima are per 16 columns, or in the low eight lanes per 32.
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

// MARK: K types

/// Four planes of two bits: bits 2j and 2j+1 of 32 bytes belong to columns 32j...32j+31; as two registers of bytes.
QUERN_INLINE void quern_two_bit_planes(__m256i packed, __m512i *first, __m512i *second) {
    const __m512i shifts = _mm512_set_epi64(2, 2, 2, 2, 0, 0, 0, 0);
    const __m512i mask = _mm512_set1_epi8(3);
    __m512i v = _mm512_srlv_epi64(_mm512_broadcast_i64x4(packed), shifts);
    *first = _mm512_and_si512(v, mask);
    *second = _mm512_and_si512(_mm512_srli_epi16(v, 4), mask);
}

QUERN_INLINE quern_super quern_super_q2_K(const uint8_t *p) {
    const quern_block_q2_K *b = (const quern_block_q2_K *)(const void *)p;
    quern_super v;
    quern_two_bit_planes(quern_load256(b->qs), &v.bytes[0], &v.bytes[1]);
    quern_two_bit_planes(quern_load256(b->qs + 32), &v.bytes[2], &v.bytes[3]);
    __m128i packed = quern_load128(b->scales);
    __m128i scales = _mm_and_si128(packed, _mm_set1_epi8(15));
    __m128i mins = _mm_and_si128(_mm_srli_epi16(packed, 4), _mm_set1_epi8(15));
    v.scale = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(scales)), _mm512_set1_ps(quern_widen(b->d)));
    v.min = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(mins)), _mm512_set1_ps(quern_widen(b->dmin)));
    return v;
}

QUERN_INLINE quern_super quern_super_q3_K(const uint8_t *p) {
    const quern_block_q3_K *b = (const quern_block_q3_K *)(const void *)p;
    const __m512i four = _mm512_set1_epi8(4);
    quern_super v;
    quern_two_bit_planes(quern_load256(b->qs), &v.bytes[0], &v.bytes[1]);
    quern_two_bit_planes(quern_load256(b->qs + 32), &v.bytes[2], &v.bytes[3]);
    // Plane j of the mask to bit 2: the low and high half of register k hold planes 2k and 2k+1.
    __m512i mask = _mm512_broadcast_i64x4(quern_load256(b->hmask));
    mask = _mm512_srlv_epi64(mask, _mm512_set_epi64(1, 1, 1, 1, 0, 0, 0, 0));
    __m512i third[4] = {_mm512_slli_epi16(mask, 2), mask, _mm512_srli_epi16(mask, 2), _mm512_srli_epi16(mask, 4)};
    for (int k = 0; k < 4; k++) v.bytes[k] = _mm512_or_si512(v.bytes[k], _mm512_and_si512(third[k], four));
    // Scales: four low bits in bytes 0...7, two high bits in bytes 8...11.
    uint64_t low = (uint64_t)quern_load32(b->scales) | (uint64_t)quern_load32(b->scales + 4) << 32;
    uint32_t high = quern_load32(b->scales + 8);
    uint64_t first = (low & 0x0f0f0f0f0f0f0f0f) | ((uint64_t)(high & 0x03030303) << 4) | (uint64_t)(high & 0x0c0c0c0c) << 34;
    uint64_t second = (low >> 4 & 0x0f0f0f0f0f0f0f0f) | (uint64_t)(high & 0x30303030) | ((uint64_t)(high & 0xc0c0c0c0) >> 2 << 32);
    __m128i scales = _mm_sub_epi8(_mm_set_epi64x((long long)second, (long long)first), _mm_set1_epi8(32));
    v.scale = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(scales)), _mm512_set1_ps(quern_widen(b->d)));
    v.min = _mm512_mul_ps(v.scale, _mm512_set1_ps(4));
    return v;
}

/// Scales and minima of Q4_K and Q5_K into the low eight lanes.
QUERN_INLINE void quern_scales_q4_K(const uint8_t *packed, float d, float dmin, quern_super *v) {
    uint32_t a = quern_load32(packed), b = quern_load32(packed + 4), c = quern_load32(packed + 8);
    uint64_t scales = (uint64_t)(a & 0x3f3f3f3f) | (uint64_t)((c & 0x0f0f0f0f) | (a >> 2 & 0x30303030)) << 32;
    uint64_t mins = (uint64_t)(b & 0x3f3f3f3f) | (uint64_t)((c >> 4 & 0x0f0f0f0f) | (b >> 2 & 0x30303030)) << 32;
    __m512i both = _mm512_cvtepu8_epi32(_mm_set_epi64x((long long)mins, (long long)scales));
    __m512 floats = _mm512_cvtepi32_ps(both);
    v->scale = _mm512_castps256_ps512(_mm256_mul_ps(_mm512_castps512_ps256(floats), _mm256_set1_ps(d)));
    v->min = _mm512_castps256_ps512(_mm256_mul_ps(_mm512_extractf32x8_ps(floats, 1), _mm256_set1_ps(dmin)));
}

/// Two nibble registers in their order: low and high halves of 32 bytes are 64 neighbouring columns.
QUERN_INLINE void quern_ordered_nibbles(const uint8_t *qs, __m512i *first, __m512i *second) {
    __m512i low, high;
    quern_nibbles(_mm512_loadu_si512(qs), &low, &high);
    *first = _mm512_shuffle_i64x2(low, high, 0x44);
    *second = _mm512_shuffle_i64x2(low, high, 0xee);
}

QUERN_INLINE quern_super quern_super_q4_K(const uint8_t *p) {
    const quern_block_q4_K *b = (const quern_block_q4_K *)(const void *)p;
    quern_super v;
    quern_ordered_nibbles(b->qs, &v.bytes[0], &v.bytes[1]);
    quern_ordered_nibbles(b->qs + 64, &v.bytes[2], &v.bytes[3]);
    quern_scales_q4_K(b->scales, quern_widen(b->d), quern_widen(b->dmin), &v);
    return v;
}

QUERN_INLINE quern_super quern_super_q5_K(const uint8_t *p) {
    const quern_block_q5_K *b = (const quern_block_q5_K *)(const void *)p;
    const __m512i sixteen = _mm512_set1_epi8(16);
    quern_super v;
    quern_ordered_nibbles(b->qs, &v.bytes[0], &v.bytes[1]);
    quern_ordered_nibbles(b->qs + 64, &v.bytes[2], &v.bytes[3]);
    // Plane j of the fifth bits to bit 4.
    __m512i bits = _mm512_broadcast_i64x4(quern_load256(b->qh));
    const __m512i odd = _mm512_set_epi64(1, 1, 1, 1, 0, 0, 0, 0);
    __m512i shifted = _mm512_srlv_epi64(bits, odd);
    __m512i fifth[4] = {_mm512_slli_epi16(shifted, 4), _mm512_slli_epi16(shifted, 2), shifted, _mm512_srli_epi16(shifted, 2)};
    for (int k = 0; k < 4; k++) v.bytes[k] = _mm512_or_si512(v.bytes[k], _mm512_and_si512(fifth[k], sixteen));
    quern_scales_q4_K(b->scales, quern_widen(b->d), quern_widen(b->dmin), &v);
    return v;
}

QUERN_INLINE quern_super quern_super_q6_K(const uint8_t *p) {
    const quern_block_q6_K *b = (const quern_block_q6_K *)(const void *)p;
    quern_super v;
    for (int half = 0; half < 2; half++) {
        __m512i first, second;
        quern_nibbles(_mm512_loadu_si512(b->ql + 64 * half), &v.bytes[2 * half], &v.bytes[2 * half + 1]);
        quern_two_bit_planes(quern_load256(b->qh + 32 * half), &first, &second);
        v.bytes[2 * half] = _mm512_or_si512(v.bytes[2 * half], _mm512_slli_epi16(first, 4));
        v.bytes[2 * half + 1] = _mm512_or_si512(v.bytes[2 * half + 1], _mm512_slli_epi16(second, 4));
    }
    __m512 scales = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(quern_load128(b->scales)));
    v.scale = _mm512_mul_ps(scales, _mm512_set1_ps(quern_widen(b->d)));
    v.min = _mm512_mul_ps(v.scale, _mm512_set1_ps(32));
    return v;
}

#endif
