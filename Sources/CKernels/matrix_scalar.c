// The matrix kernels in plain C: the reference that the tables for each instruction set are compared with.
#include "matrix_internal.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

/// Rounds 32 activations. The magnitudes are compared as integers, so that NaN counts as larger than everything.
static void round_block(const float *x, size_t count, int8_t *q, float *d, float *s32, float s16[2]) {
    uint32_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t magnitude = quern_load32(x + i) & 0x7fffffffu;
        if (magnitude > largest) largest = magnitude;
    }
    memset(q, 0, 32);
    if (largest >= 0x7f800000u) {
        // The product must not hide that an activation is not finite.
        *d = *s32 = s16[0] = s16[1] = NAN;
        return;
    }
    float range = quern_float_from_bits(largest);
    bool vanishes = range < QUERN_LEAST_ACTIVATION;
    float inverse = vanishes ? 0.0f : 127.0f / range;
    int sums[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        q[i] = (int8_t)rintf(x[i] * inverse);
        sums[i / 16] += q[i];
    }
    *d = vanishes ? 0.0f : range / 127.0f;
    *s32 = *d * (float)(sums[0] + sums[1]);
    s16[0] = *d * (float)sums[0];
    s16[1] = *d * (float)sums[1];
}

static void round_scalar(const float *x, size_t columns, quern_activations *rounded) {
    for (size_t first = 0; first < quern_activation_blocks(columns) * 256; first += 32) {
        quern_activations *block = rounded + first / 256;
        size_t j = first % 256 / 32;
        size_t count = first >= columns ? 0 : columns - first < 32 ? columns - first : 32;
        round_block(x + (count ? first : 0), count, block->q + 32 * quern_place(j), &block->d[j], &block->s32[j], &block->s16[2 * j]);
    }
}

/// One row times one token: integer sums over each 16 columns, everything else in F32, from the first column to the last.
static float dot_integers(const quern_weights *w, const uint8_t *row, const quern_activations *x) {
    float sum = 0;
    size_t count = w->columns / 32;
    quern_unpacked blocks[8];
    for (size_t index = 0; index < count; index++) {
        if (index % 8 == 0) quern_unpack(w->type, row, index, count - index < 8 ? count - index : 8, blocks);
        const quern_activations *a = x + index / 8;
        size_t j = index % 8;
        const quern_unpacked block = blocks[j];
        const int8_t *q = a->q + 32 * quern_place(j);
        int sums[2] = {0, 0};
        for (int i = 0; i < 32; i++) sums[i / 16] += block.q[i] * q[i];
        float product = block.scale[0] * (float)sums[0] + block.scale[1] * (float)sums[1];
        sum += a->d[j] * product - (block.min[0] * a->s16[2 * j] + block.min[1] * a->s16[2 * j + 1]);
    }
    return sum;
}

static float dot_floats(const quern_weights *w, const uint8_t *row, const float *x) {
    float sum = 0, values[32];
    for (size_t first = 0; first < w->columns; first += 32) {
        size_t count = w->columns - first < 32 ? w->columns - first : 32;
        quern_expand_row(w->type, row + first * (w->type == QUERN_WEIGHT_F32 ? 4 : 2), count, values);
        for (size_t i = 0; i < count; i++) sum += values[i] * x[first + i];
    }
    return sum;
}

static void rows_scalar(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y) {
    for (size_t row = first; row < first + count; row++) {
        const uint8_t *data = w->data + row * w->row_bytes;
        for (size_t token = 0; token < x->tokens; token++)
            y.y[token * y.stride + row] =
                quern_is_float(w->type)
                    ? dot_floats(w, data, x->x + token * x->stride)
                    : dot_integers(w, data, x->rounded + token * quern_activation_blocks(x->columns));
    }
}

const quern_matrix_kernels quern_matrix_scalar = {
    .round = round_scalar,
    .rows = rows_scalar,
};

const quern_matrix_kernels *quern_matrix_kernels_for(quern_isa isa) {
#if defined(__x86_64__)
    if (isa == QUERN_ISA_AVX2) return &quern_matrix_avx2;
    if (isa == QUERN_ISA_AVX512) return &quern_matrix_avx512;
#elif defined(__aarch64__)
    if (isa == QUERN_ISA_NEON) return &quern_matrix_neon;
    if (isa == QUERN_ISA_DOTPROD) return &quern_matrix_dotprod;
#endif
    (void)isa;
    return &quern_matrix_scalar;
}
