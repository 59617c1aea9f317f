// The row path on NEON, for one way of summing products of bytes: DOT(sums, a, b), which adds the products of sixteen pairs to four
// lanes. Included once by each table of that family, after its target region has begun.
//
// A row is unpacked 256 columns at a time, into a cache line or two, and then meets all tokens: one unpacker serves one token and
// many. Sums of 16 columns are integers; scales and minima come in when they are whole.
#include <arm_neon.h>

#include "matrix_internal.h"

#define INLINE static inline __attribute__((always_inline))

/// 256 unpacked columns of one row: weight = scale * byte - min, both for each 16 columns.
typedef struct staged {
    int8_t q[256];
    float scale[16];
    float min[16];
} staged;

INLINE float widen(quern_half half) { return (float)*(const __fp16 *)&half; }

INLINE void put(staged *s, size_t j, int8x16_t low, int8x16_t high) {
    vst1q_s8(s->q + 32 * j, low);
    vst1q_s8(s->q + 32 * j + 16, high);
}

INLINE void set(staged *s, size_t j, float scale0, float scale1, float min0, float min1) {
    s->scale[2 * j] = scale0;
    s->scale[2 * j + 1] = scale1;
    s->min[2 * j] = min0;
    s->min[2 * j + 1] = min1;
}

INLINE int8x16_t low_half(uint8x16_t v) { return vreinterpretq_s8_u8(vandq_u8(v, vdupq_n_u8(15))); }
INLINE int8x16_t high_half(uint8x16_t v) { return vreinterpretq_s8_u8(vshrq_n_u8(v, 4)); }

/// 16 in each byte of sixteen whose bit of the two bytes is set.
INLINE int8x16_t fifth_bits(const uint8_t *qh) {
    const uint8x16_t bit = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t bytes = vcombine_u8(vdup_n_u8(qh[0]), vdup_n_u8(qh[1]));
    return vreinterpretq_s8_u8(vandq_u8(vtstq_u8(bytes, bit), vdupq_n_u8(16)));
}

/// One block of 32 columns of a simple type, to place `j`.
INLINE void stage_block(quern_weight_type type, const uint8_t *p, size_t j, staged *s) {
    float d = widen(quern_load16(p)), m = 0;
    int8x16_t bias = vdupq_n_s8(0);
    switch (type) {
    case QUERN_WEIGHT_Q8_0:
        put(s, j, vld1q_s8((const int8_t *)p + 2), vld1q_s8((const int8_t *)p + 18));
        break;
    case QUERN_WEIGHT_Q4_0:
    case QUERN_WEIGHT_Q4_1: {
        if (type == QUERN_WEIGHT_Q4_0) bias = vdupq_n_s8(8);
        else m = -widen(quern_load16(p + 2));
        uint8x16_t v = vld1q_u8(p + (type == QUERN_WEIGHT_Q4_0 ? 2 : 4));
        put(s, j, vsubq_s8(low_half(v), bias), vsubq_s8(high_half(v), bias));
        break;
    }
    default: {
        if (type == QUERN_WEIGHT_Q5_0) bias = vdupq_n_s8(16);
        else m = -widen(quern_load16(p + 2));
        const uint8_t *qh = p + (type == QUERN_WEIGHT_Q5_0 ? 2 : 4);
        uint8x16_t v = vld1q_u8(qh + 4);
        int8x16_t low = vorrq_s8(low_half(v), fifth_bits(qh)), high = vorrq_s8(high_half(v), fifth_bits(qh + 2));
        put(s, j, vsubq_s8(low, bias), vsubq_s8(high, bias));
        break;
    }
    }
    set(s, j, d, d, m, m);
}

INLINE void stage_q4_K(const quern_block_q4_K *b, staged *s) {
    float d = widen(b->d), dmin = widen(b->dmin);
    for (int j = 0; j < 8; j++) {
        uint8_t scale, min;
        quern_scale_min(j, b->scales, &scale, &min);
        uint8x16_t v0 = vld1q_u8(b->qs + j / 2 * 32), v1 = vld1q_u8(b->qs + j / 2 * 32 + 16);
        if (j % 2) put(s, (size_t)j, high_half(v0), high_half(v1));
        else put(s, (size_t)j, low_half(v0), low_half(v1));
        set(s, (size_t)j, d * (float)scale, d * (float)scale, dmin * (float)min, dmin * (float)min);
    }
}

INLINE void stage_q5_K(const quern_block_q5_K *b, staged *s) {
    float d = widen(b->d), dmin = widen(b->dmin);
    const uint8x16_t h0 = vld1q_u8(b->qh), h1 = vld1q_u8(b->qh + 16);
    for (int j = 0; j < 8; j++) {
        uint8_t scale, min;
        quern_scale_min(j, b->scales, &scale, &min);
        uint8x16_t v0 = vld1q_u8(b->qs + j / 2 * 32), v1 = vld1q_u8(b->qs + j / 2 * 32 + 16);
        const uint8x16_t bit = vdupq_n_u8((uint8_t)(1 << j)), sixteen = vdupq_n_u8(16);
        int8x16_t f0 = vreinterpretq_s8_u8(vandq_u8(vtstq_u8(h0, bit), sixteen));
        int8x16_t f1 = vreinterpretq_s8_u8(vandq_u8(vtstq_u8(h1, bit), sixteen));
        if (j % 2) put(s, (size_t)j, vorrq_s8(high_half(v0), f0), vorrq_s8(high_half(v1), f1));
        else put(s, (size_t)j, vorrq_s8(low_half(v0), f0), vorrq_s8(low_half(v1), f1));
        set(s, (size_t)j, d * (float)scale, d * (float)scale, dmin * (float)min, dmin * (float)min);
    }
}

INLINE int8x16_t q6(uint8x16_t low, uint8x16_t high, int j) {
    uint8x16_t nibble = j % 4 / 2 ? vshrq_n_u8(low, 4) : vandq_u8(low, vdupq_n_u8(15));
    uint8x16_t two = vandq_u8(vshlq_u8(high, vdupq_n_s8((int8_t)-(j % 4 * 2))), vdupq_n_u8(3));
    return vsubq_s8(vreinterpretq_s8_u8(vorrq_u8(nibble, vshlq_n_u8(two, 4))), vdupq_n_s8(32));
}

INLINE void stage_q6_K(const quern_block_q6_K *b, staged *s) {
    float d = widen(b->d);
    for (int j = 0; j < 8; j++) {
        const uint8_t *ql = b->ql + j / 4 * 64 + j % 2 * 32, *qh = b->qh + j / 4 * 32;
        put(s, (size_t)j, q6(vld1q_u8(ql), vld1q_u8(qh), j), q6(vld1q_u8(ql + 16), vld1q_u8(qh + 16), j));
        set(s, (size_t)j, d * (float)b->scales[2 * j], d * (float)b->scales[2 * j + 1], 0, 0);
    }
}

/// `groups` groups of 32 columns of any type, from group `first` on, a multiple of eight.
INLINE void stage(quern_weight_type type, const uint8_t *row, size_t first, size_t groups, staged *s) {
#define SUPERBLOCK(t) ((const quern_block_##t *)(const void *)(row + first / 8 * sizeof(quern_block_##t)))
#define BLOCKS(t) \
    for (size_t j = 0; j < groups; j++) stage_block(type, row + (first + j) * sizeof(quern_block_##t), j, s)
    switch (type) {
    case QUERN_WEIGHT_Q8_0: BLOCKS(q8_0); return;
    case QUERN_WEIGHT_Q4_0: BLOCKS(q4_0); return;
    case QUERN_WEIGHT_Q4_1: BLOCKS(q4_1); return;
    case QUERN_WEIGHT_Q5_0: BLOCKS(q5_0); return;
    case QUERN_WEIGHT_Q5_1: BLOCKS(q5_1); return;
    case QUERN_WEIGHT_Q4_K: stage_q4_K(SUPERBLOCK(q4_K), s); return;
    case QUERN_WEIGHT_Q5_K: stage_q5_K(SUPERBLOCK(q5_K), s); return;
    case QUERN_WEIGHT_Q6_K: stage_q6_K(SUPERBLOCK(q6_K), s); return;
    default: break;
    }
#undef SUPERBLOCK
#undef BLOCKS
    quern_unpacked blocks[8];
    quern_unpack(type, row, first, groups, blocks);
    for (size_t j = 0; j < groups; j++) {
        memcpy(s->q + 32 * j, blocks[j].q, 32);
        set(s, j, blocks[j].scale[0], blocks[j].scale[1], blocks[j].min[0], blocks[j].min[1]);
    }
}

/// The staged columns times one token's.
INLINE float dot_staged(const staged *s, const quern_activations *x, size_t groups) {
    float32x4_t sums = vdupq_n_f32(0), minima = vdupq_n_f32(0);
    for (size_t j = 0; j < groups; j++) {
        const int8_t *q = x->q + 32 * quern_place(j);
        int32x4_t a = vdupq_n_s32(0), b = vdupq_n_s32(0);
        DOT(a, vld1q_s8(s->q + 32 * j), vld1q_s8(q));
        DOT(b, vld1q_s8(s->q + 32 * j + 16), vld1q_s8(q + 16));
        float32x4_t product = vmulq_n_f32(vcvtq_f32_s32(a), s->scale[2 * j]);
        product = vfmaq_n_f32(product, vcvtq_f32_s32(b), s->scale[2 * j + 1]);
        sums = vfmaq_n_f32(sums, product, x->d[j]);
    }
    for (size_t i = 0; i + 4 <= 2 * groups; i += 4) minima = vfmaq_f32(minima, vld1q_f32(s->min + i), vld1q_f32(x->s16 + i));
    float min = vaddvq_f32(minima);
    if (groups % 2)
        for (size_t i = 2 * groups - 2; i < 2 * groups; i++) min += s->min[i] * x->s16[i];
    return vaddvq_f32(sums) - min;
}

static void integer_row(const quern_weights *w, size_t row, const quern_inputs *x, quern_outputs y) {
    const uint8_t *data = w->data + row * w->row_bytes;
    const size_t groups = w->columns / 32, blocks = quern_activation_blocks(x->columns);
    for (size_t token = 0; token < x->tokens; token++) y.y[token * y.stride + row] = 0;
    staged s;
    for (size_t first = 0; first < groups; first += 8) {
        size_t count = groups - first < 8 ? groups - first : 8;
        __builtin_prefetch(data + (first + 16) * w->row_bytes / (groups ? groups : 1));
        stage(w->type, data, first, count, &s);
        for (size_t token = 0; token < x->tokens; token++)
            y.y[token * y.stride + row] += dot_staged(&s, x->rounded + token * blocks + first / 8, count);
    }
}

/// Four weights of a float type, exactly.
INLINE float32x4_t load_floats(quern_weight_type type, const uint8_t *row, size_t i) {
    switch (type) {
    case QUERN_WEIGHT_F16: return vcvt_f32_f16(vreinterpret_f16_u8(vld1_u8(row + 2 * i)));
    case QUERN_WEIGHT_BF16: return vreinterpretq_f32_u32(vshll_n_u16(vreinterpret_u16_u8(vld1_u8(row + 2 * i)), 16));
    default: return vreinterpretq_f32_u8(vld1q_u8(row + 4 * i));
    }
}

/// One row of floats times `tokens` tokens.
INLINE void float_tokens(
    const quern_weights *w, size_t row, const quern_inputs *x, size_t first, const int tokens, quern_outputs y) {
    const uint8_t *data = w->data + row * w->row_bytes;
    float32x4_t sums[4][2] = {};
    size_t i = 0;
    for (; i + 8 <= w->columns; i += 8) {
        float32x4_t low = load_floats(w->type, data, i), high = load_floats(w->type, data, i + 4);
#pragma clang loop unroll(full)
        for (int t = 0; t < tokens; t++) {
            const float *values = x->x + (first + (size_t)t) * x->stride + i;
            sums[t][0] = vfmaq_f32(sums[t][0], low, vld1q_f32(values));
            sums[t][1] = vfmaq_f32(sums[t][1], high, vld1q_f32(values + 4));
        }
    }
    for (int t = 0; t < tokens; t++) {
        const float *values = x->x + (first + (size_t)t) * x->stride;
        float sum = vaddvq_f32(vaddq_f32(sums[t][0], sums[t][1])), rest[8];
        if (i < w->columns)
            quern_expand_row(w->type, data + i * (w->type == QUERN_WEIGHT_F32 ? 4 : 2), w->columns - i, rest);
        for (size_t k = i; k < w->columns; k++) sum += rest[k - i] * values[k];
        y.y[(first + (size_t)t) * y.stride + row] = sum;
    }
}

static void float_row(const quern_weights *w, size_t row, const quern_inputs *x, quern_outputs y) {
    size_t token = 0;
    for (; token + 4 <= x->tokens; token += 4) float_tokens(w, row, x, token, 4, y);
    for (; token < x->tokens; token++) float_tokens(w, row, x, token, 1, y);
}

static void rows(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y) {
    for (size_t row = first; row < first + count; row++)
        if (quern_is_float(w->type)) float_row(w, row, x, y);
        else integer_row(w, row, x, y);
}

/// 32 activations; what is missing of them counts as zero.
INLINE void round_block(const float *x, size_t count, quern_activations *block, size_t j) {
    float padded[32] = {};
    if (count < 32) {
        memcpy(padded, x, count * sizeof *x);
        x = padded;
    }
    // Magnitudes are compared as integers, so that NaN counts as larger than everything.
    uint32x4_t largest = vdupq_n_u32(0);
    for (int i = 0; i < 32; i += 4)
        largest = vmaxq_u32(largest, vandq_u32(vreinterpretq_u32_f32(vld1q_f32(x + i)), vdupq_n_u32(0x7fffffffu)));
    uint32_t bits = vmaxvq_u32(largest);
    int8_t *q = block->q + 32 * quern_place(j);
    if (bits >= 0x7f800000u) {
        // The product must not hide that an activation is not finite.
        memset(q, 0, 32);
        block->d[j] = block->s32[j] = block->s16[2 * j] = block->s16[2 * j + 1] = __builtin_nanf("");
        return;
    }
    float range = quern_float_from_bits(bits);
    bool vanishes = range < QUERN_LEAST_ACTIVATION;
    float inverse = vanishes ? 0.0f : 127.0f / range;
    for (int i = 0; i < 32; i += 8) {
        int16x4_t low = vmovn_s32(vcvtnq_s32_f32(vmulq_n_f32(vld1q_f32(x + i), inverse)));
        int16x4_t high = vmovn_s32(vcvtnq_s32_f32(vmulq_n_f32(vld1q_f32(x + i + 4), inverse)));
        vst1_s8(q + i, vmovn_s16(vcombine_s16(low, high)));
    }
    int sums[2] = {vaddlvq_s8(vld1q_s8(q)), vaddlvq_s8(vld1q_s8(q + 16))};
    float d = vanishes ? 0.0f : range / 127.0f;
    block->d[j] = d;
    block->s32[j] = d * (float)(sums[0] + sums[1]);
    block->s16[2 * j] = d * (float)sums[0];
    block->s16[2 * j + 1] = d * (float)sums[1];
}

static void round_tokens(const float *x, size_t columns, quern_activations *rounded) {
    for (size_t first = 0; first < quern_activation_blocks(columns) * 256; first += 32) {
        size_t count = first >= columns ? 0 : columns - first < 32 ? columns - first : 32;
        round_block(x + (count ? first : 0), count, rounded + first / 256, first % 256 / 32);
    }
}
