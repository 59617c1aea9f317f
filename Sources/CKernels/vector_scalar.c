// The vector kernels in plain C: the reference that the others are compared with, and what runs where nothing better does.
#include <math.h>

#include "QuernVector.h"
#include "vector_half.h"
#include "vector_tables.h"

static void rms_norm(float *out, const float *x, const float *weight, int64_t n, float epsilon) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++) sum += (double)x[i] * x[i];
    float scale = (float)(1 / sqrt(sum / (double)n + epsilon));
    for (int64_t i = 0; i < n; i++) out[i] = x[i] * scale * weight[i];
}

static void layer_norm(float *out, const float *x, const float *weight, const float *bias, int64_t n, float epsilon) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < n; i++) sum += x[i];
    float mean = (float)(sum / (double)n);
    for (int64_t i = 0; i < n; i++) squares += ((double)x[i] - mean) * ((double)x[i] - mean);
    float scale = (float)(1 / sqrt(squares / (double)n + epsilon));
    for (int64_t i = 0; i < n; i++) out[i] = (x[i] - mean) * scale * weight[i] + bias[i];
}

static void rotate_neighbours(float *x, const float *cosines, const float *sines, int64_t n) {
    for (int64_t i = 0; i < n; i += 2) {
        float a = x[i], b = x[i + 1];
        x[i] = a * cosines[i] + b * sines[i];
        x[i + 1] = b * cosines[i + 1] + a * sines[i + 1];
    }
}

static void rotate_halves(float *x, const float *cosines, const float *sines, int64_t n) {
    int64_t half = n / 2;
    for (int64_t i = 0; i < half; i++) {
        float a = x[i], b = x[i + half];
        x[i] = a * cosines[i] + b * sines[i];
        x[i + half] = b * cosines[i + half] + a * sines[i + half];
    }
}

static void add(float *x, const float *y, int64_t n) {
    for (int64_t i = 0; i < n; i++) x[i] += y[i];
}

static void gelu(float *x, int64_t n) {
    for (int64_t i = 0; i < n; i++) x[i] *= 0.5f * erfcf(x[i] * -0x1.6a09e6p-1f);
}

static void add_scaled(float *x, const float *y, float factor, int64_t n) {
    for (int64_t i = 0; i < n; i++) x[i] += y[i] * factor;
}

static void scale(float *x, float factor, int64_t n) {
    for (int64_t i = 0; i < n; i++) x[i] *= factor;
}

static void soft_cap(float *x, float cap, int64_t n) {
    for (int64_t i = 0; i < n; i++) x[i] = cap * tanhf(x[i] / cap);
}

static void silu_multiply(float *gate, const float *up, int64_t n) {
    for (int64_t i = 0; i < n; i++) gate[i] = gate[i] / (1 + expf(-gate[i])) * up[i];
}

static void gelu_multiply(float *gate, const float *up, int64_t n) {
    for (int64_t i = 0; i < n; i++) {
        float x = gate[i];
        gate[i] = x / (1 + expf(-x * (QUERN_GELU_LINEAR + QUERN_GELU_CUBIC * x * x))) * up[i];
    }
}

static bool all_finite(const float *x, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return false;
    return true;
}

static void clear_partial(float *partial, int32_t value_size) {
    for (int32_t d = 0; d < value_size; d++) partial[d] = 0;
    partial[value_size] = -1e30f;
    partial[value_size + 1] = 0;
}

/// Adds what a span gave for a row to what those before it gave.
static void join_partial(float *joined, const float *partial, int32_t value_size) {
    const float maximum = fmaxf(joined[value_size], partial[value_size]);
    const float before = expf(joined[value_size] - maximum), added = expf(partial[value_size] - maximum);
    for (int32_t d = 0; d < value_size; d++) joined[d] = joined[d] * before + partial[d] * added;
    joined[value_size] = maximum;
    joined[value_size + 1] = joined[value_size + 1] * before + partial[value_size + 1] * added;
}

static void finish_partial(float *out, const float *joined, int32_t value_size) {
    for (int32_t d = 0; d < value_size; d++) out[d] = joined[d] / joined[value_size + 1];
}

static void join_spans(float *out, const float *partials, ptrdiff_t stride, int32_t count, int32_t value_size) {
    float joined[QUERN_HEAD_SIZE_MAX + 2];
    clear_partial(joined, value_size);
    for (int32_t span = 0; span < count; span++) join_partial(joined, partials + span * stride, value_size);
    finish_partial(out, joined, value_size);
}

#define CELL quern_half
#define CELL_NAME(name) name##_f16
#define WIDEN quern_widen_half
#define NARROW quern_narrow_to_half
#include "cache_cells.h"

#define CELL float
#define CELL_NAME(name) name##_f32
#define WIDEN
#define NARROW
#include "cache_cells.h"

static void unpack_bytes(float *out, const float *factors, const int8_t *codes) {
    for (int32_t i = 0; i < QUERN_KEY_LANES; i++) out[i] = factors[i] * (float)codes[i];
}

static void unpack_nibbles(float *low, float *high, const float *factors, const uint8_t *codes) {
    for (int32_t i = 0; i < QUERN_KEY_LANES; i++) {
        low[i] = factors[i] * (float)((codes[i] & 15) - 8);
        high[i] = factors[i] * (float)((codes[i] >> 4) - 8);
    }
}

#define WIDEN_HALF(half) quern_widen_half(*(half))
#include "cache_blocks.h"

#define CELL_NAME(name) name##_f16
#define CELL_BLOCK 1, 2
#include "attention_scalar.h"

#define CELL_NAME(name) name##_f32
#define CELL_BLOCK 1, 4
#include "attention_scalar.h"

#define CELL_NAME(name) name##_q8_0
#define CELL_BLOCK QUERN_QK, sizeof(quern_block_q8_0)
#include "attention_scalar.h"

#define CELL_NAME(name) name##_q4_0
#define CELL_BLOCK QUERN_QK, sizeof(quern_block_q4_0)
#include "attention_scalar.h"

const quern_vector_table quern_vectors_scalar = {
    QUERN_ISA_SCALAR, rms_norm, rotate_neighbours, rotate_halves, add,
    add_scaled, scale, soft_cap,
    layer_norm, gelu, silu_multiply, gelu_multiply, all_finite, join_spans,
    {cache_table_f16, cache_table_f32, cache_table_q8_0, cache_table_q4_0},
};
