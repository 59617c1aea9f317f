// The vector kernels on LANES lanes, in clang's vector types: included once by each instruction set's file, which also says how
// many rows and vectors its registers hold (SCORE_ROWS, VALUE_ROWS, VALUE_VECTORS).

#include <string.h>

typedef float vfloat __attribute__((vector_size(LANES * 4)));
typedef int32_t vint __attribute__((vector_size(LANES * 4)));
typedef _Float16 vhalf __attribute__((vector_size(LANES * 2)));

#define INLINE static inline __attribute__((always_inline))

INLINE vfloat load(const float *p) {
    vfloat v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, vfloat v) { memcpy(p, &v, sizeof v); }
INLINE vfloat splat(float x) { return x - (vfloat){}; }
INLINE vfloat larger(vfloat a, vfloat b) { return __builtin_elementwise_max(a, b); }

/// Sum of the lanes, always in the same order.
INLINE float total(vfloat v) {
    float lanes[LANES];
    store(lanes, v);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
    return lanes[0];
}

INLINE float highest(vfloat v) { return __builtin_reduce_max(v); }

/// e^x = 2^n e^r with |r| <= ln 2 / 2, the second factor by a polynomial (Cephes' coefficients); relative error below 2e-7.
/// Zero below -87, where the result would be subnormal; at most e^88.
INLINE vfloat exponential(vfloat x) {
    const float shift = 0x1.8p23f;
    vfloat bounded = __builtin_elementwise_min(larger(x, splat(-87.0f)), splat(88.0f));
    vfloat n = (bounded * 0x1.715476p0f + shift) - shift;
    vfloat r = bounded - n * 0x1.63p-1f - n * -0x1.bd0106p-13f;
    vfloat p = splat(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    vint exponent = (__builtin_convertvector(n, vint) + 127) << 23;
    vint vanishes = x < -87.0f, undefined = x != x;
    vint bits = (vint)(p * (vfloat)exponent) & ~vanishes;
    return (vfloat)((bits & ~undefined) | ((vint)x & undefined));
}

/// tanh, relative error below 3e-7: a polynomial (Cephes' coefficients) near zero, where the quotient would cancel.
INLINE vfloat hyperbolic_tangent(vfloat x) {
    vfloat e = exponential(__builtin_elementwise_abs(x) * -2.0f);
    vfloat large = __builtin_elementwise_copysign((1.0f - e) / (1.0f + e), x);
    vfloat z = x * x;
    vfloat p = splat(-5.70498872745e-3f);
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    vfloat small = p * z * x + x;
    vint isSmall = z < 0.625f * 0.625f;
    return (vfloat)(((vint)small & isSmall) | ((vint)large & ~isSmall));
}

INLINE vfloat capped(vfloat x, float cap) { return hyperbolic_tangent(x / cap) * cap; }

/// The first `count` lanes from memory, zeros in the others.
INLINE vfloat load_part(const float *p, int64_t count) {
    vfloat v = {};
    memcpy(&v, p, (size_t)count * 4);
    return v;
}

static void rms_norm(float *out, const float *x, const float *weight, int64_t n, float epsilon) {
    vfloat sums[4] = {};
    int64_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES)
        for (int k = 0; k < 4; k++) sums[k] += load(x + i + k * LANES) * load(x + i + k * LANES);
    float sum = total((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (; i < n; i++) sum += x[i] * x[i];
    float scale = 1 / __builtin_sqrtf(sum / (float)n + epsilon);
    for (i = 0; i + LANES <= n; i += LANES) store(out + i, load(x + i) * scale * load(weight + i));
    for (; i < n; i++) out[i] = x[i] * scale * weight[i];
}

static void layer_norm(float *out, const float *x, const float *weight, const float *bias, int64_t n, float epsilon) {
    vfloat sums[4] = {}, squares[4] = {};
    int64_t i = 0;
    for (; i + 4 * LANES <= n; i += 4 * LANES)
        for (int k = 0; k < 4; k++) sums[k] += load(x + i + k * LANES);
    float mean = total((sums[0] + sums[1]) + (sums[2] + sums[3]));
    for (; i < n; i++) mean += x[i];
    mean /= (float)n;
    for (i = 0; i + 4 * LANES <= n; i += 4 * LANES)
        for (int k = 0; k < 4; k++) {
            vfloat distance = load(x + i + k * LANES) - mean;
            squares[k] += distance * distance;
        }
    float variance = total((squares[0] + squares[1]) + (squares[2] + squares[3]));
    for (; i < n; i++) variance += (x[i] - mean) * (x[i] - mean);
    float scale = 1 / __builtin_sqrtf(variance / (float)n + epsilon);
    for (i = 0; i + LANES <= n; i += LANES) store(out + i, (load(x + i) - mean) * scale * load(weight + i) + load(bias + i));
    for (; i < n; i++) out[i] = (x[i] - mean) * scale * weight[i] + bias[i];
}

static void rotate_neighbours(float *x, const float *cosines, const float *sines, int64_t n) {
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vfloat v = load(x + i);
#if LANES == 16
        vfloat swapped = __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
#elif LANES == 8
        vfloat swapped = __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6);
#else
        vfloat swapped = __builtin_shufflevector(v, v, 1, 0, 3, 2);
#endif
        store(x + i, v * load(cosines + i) + swapped * load(sines + i));
    }
    for (; i < n; i += 2) {
        float a = x[i], b = x[i + 1];
        x[i] = a * cosines[i] + b * sines[i];
        x[i + 1] = b * cosines[i + 1] + a * sines[i + 1];
    }
}

static void rotate_halves(float *x, const float *cosines, const float *sines, int64_t n) {
    int64_t half = n / 2, i = 0;
    for (; i + LANES <= half; i += LANES) {
        vfloat a = load(x + i), b = load(x + i + half);
        store(x + i, a * load(cosines + i) + b * load(sines + i));
        store(x + i + half, b * load(cosines + i + half) + a * load(sines + i + half));
    }
    for (; i < half; i++) {
        float a = x[i], b = x[i + half];
        x[i] = a * cosines[i] + b * sines[i];
        x[i + half] = b * cosines[i + half] + a * sines[i + half];
    }
}

static void add(float *x, const float *y, int64_t n) {
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) store(x + i, load(x + i) + load(y + i));
    for (; i < n; i++) x[i] += y[i];
}

/// x * Phi(x). With z = |x| / sqrt(2), erfc(z) = e^(-z^2) times a polynomial in 1 / (1 + p z) (Abramowitz and Stegun 1964, 7.1.26;
/// absolute error below 1.5e-7), and Phi(-|x|) is half of that: no difference of near-equal numbers on the negative side.
INLINE vfloat gelu_of(vfloat x) {
    vfloat z = larger(x, -x) * 0x1.6a09e6p-1f;
    vfloat t = 1.0f / (1.0f + 0.3275911f * z);
    vfloat p = splat(1.061405429f);
    p = p * t - 1.453152027f;
    p = p * t + 1.421413741f;
    p = p * t - 0.284496736f;
    p = p * t + 0.254829592f;
    vfloat tail = 0.5f * p * t * exponential(-z * z);
    vint negative = x < 0.0f;
    vfloat phi = (vfloat)(((vint)tail & negative) | ((vint)(1.0f - tail) & ~negative));
    return x * phi;
}

static void gelu(float *x, int64_t n) {
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) store(x + i, gelu_of(load(x + i)));
    if (i == n) return;
    vfloat rest = {};
    memcpy(&rest, x + i, (size_t)(n - i) * 4);
    rest = gelu_of(rest);
    memcpy(x + i, &rest, (size_t)(n - i) * 4);
}

static void add_scaled(float *x, const float *y, float factor, int64_t n) {
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) store(x + i, load(x + i) + load(y + i) * factor);
    for (; i < n; i++) x[i] += y[i] * factor;
}

static void scale(float *x, float factor, int64_t n) {
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) store(x + i, load(x + i) * factor);
    for (; i < n; i++) x[i] *= factor;
}

static void soft_cap(float *x, float cap, int64_t n) {
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) store(x + i, capped(load(x + i), cap));
    if (i == n) return;
    vfloat rest = capped(load_part(x + i, n - i), cap);
    memcpy(x + i, &rest, (size_t)(n - i) * 4);
}

INLINE vfloat gelu_tanh(vfloat x) { return x / (1.0f + exponential(-x * (x * x * QUERN_GELU_CUBIC + QUERN_GELU_LINEAR))); }

static void gelu_multiply(float *gate, const float *up, int64_t n) {
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) store(gate + i, gelu_tanh(load(gate + i)) * load(up + i));
    if (i == n) return;
    vfloat rest = gelu_tanh(load_part(gate + i, n - i)) * load_part(up + i, n - i);
    memcpy(gate + i, &rest, (size_t)(n - i) * 4);
}

static void silu_multiply(float *gate, const float *up, int64_t n) {
    for (int64_t i = 0; i < n; i += LANES) {
        int64_t count = n - i < LANES ? n - i : LANES;
        vfloat g = {}, u = {};
        if (count == LANES) {
            g = load(gate + i);
            u = load(up + i);
        } else {
            memcpy(&g, gate + i, (size_t)count * 4);
            memcpy(&u, up + i, (size_t)count * 4);
        }
        g = g / (1.0f + exponential(-g)) * u;
        if (count == LANES) store(gate + i, g);
        else memcpy(gate + i, &g, (size_t)count * 4);
    }
}

static bool all_finite(const float *x, int64_t n) {
    // A number times zero is zero unless it is infinite or none.
    vfloat zeros = {};
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) zeros += load(x + i) * 0.0f;
    float zero = total(zeros);
    for (; i < n; i++) zero += x[i] * 0.0f;
    return zero == 0;
}

#include "attention_simd.h"

#define CELL _Float16
#define CELL_NAME(name) name##_f16
#define WIDEN (float)
#define NARROW (_Float16)
#include "cache_cells.h"

#define CELL float
#define CELL_NAME(name) name##_f32
#define WIDEN
#define NARROW
#include "cache_cells.h"

typedef int8_t vbyte __attribute__((vector_size(LANES)));

INLINE void unpack_bytes(float *out, const float *factors, const int8_t *codes) {
    for (int32_t i = 0; i < QUERN_KEY_LANES; i += LANES) {
        vbyte bytes;
        memcpy(&bytes, codes + i, sizeof bytes);
        store(out + i, load(factors + i) * __builtin_convertvector(__builtin_convertvector(bytes, vint), vfloat));
    }
}

INLINE void unpack_nibbles(float *low, float *high, const float *factors, const uint8_t *codes) {
    for (int32_t i = 0; i < QUERN_KEY_LANES; i += LANES) {
        uint8_t __attribute__((vector_size(LANES))) bytes;
        memcpy(&bytes, codes + i, sizeof bytes);
        const vint both = __builtin_convertvector(bytes, vint);
        store(low + i, load(factors + i) * __builtin_convertvector((both & 15) - 8, vfloat));
        store(high + i, load(factors + i) * __builtin_convertvector((both >> 4) - 8, vfloat));
    }
}

#define WIDEN_HALF(half) ((float)*(const _Float16 *)(half))
#include "cache_blocks.h"

#define CELL _Float16
#define CELL_NAME(name) name##_f16
#define LOAD_CELLS load_cells_f16
#define LOAD_CELL load_cell_f16
INLINE vfloat load_cells_f16(const _Float16 *p) {
    vhalf v;
    memcpy(&v, p, sizeof v);
    return __builtin_convertvector(v, vfloat);
}
INLINE float load_cell_f16(const _Float16 *p) { return (float)*p; }
#include "attention_simd_cells.h"

#define CELL float
#define CELL_NAME(name) name##_f32
#define LOAD_CELLS load
#define LOAD_CELL *
#include "attention_simd_cells.h"

#define CELL_NAME(name) name##_f16
#define CELL_BLOCK 1, 2
#define TILE_KEYS(job, base, count, room) ((const _Float16 *)(job)->keys + (base) * (job)->key_size)
#define TILE_VALUES(job, base, count, room) ((const _Float16 *)(job)->values + (base) * (job)->value_size)
#define SCORE score_tile_f16
#define WEIGH weigh_tile_f16
#define TURN(head, size) (void)0
#include "attention_simd_spans.h"

#define CELL_NAME(name) name##_f32
#define CELL_BLOCK 1, 4
#define TILE_KEYS(job, base, count, room) ((const float *)(job)->keys + (base) * (job)->key_size)
#define TILE_VALUES(job, base, count, room) ((const float *)(job)->values + (base) * (job)->value_size)
#define SCORE score_tile_f32
#define WEIGH weigh_tile_f32
#define TURN(head, size) (void)0
#include "attention_simd_spans.h"

#define CELL_NAME(name) name##_q8_0
#define CELL_BLOCK QUERN_QK, sizeof(quern_block_q8_0)
#define TILE_KEYS unpack_keys_q8_0
#define TILE_VALUES unpack_values_q8_0
#define SCORE score_tile_f32
#define WEIGH weigh_tile_f32
#define TURN transform_head
#include "attention_simd_spans.h"

#define CELL_NAME(name) name##_q4_0
#define CELL_BLOCK QUERN_QK, sizeof(quern_block_q4_0)
#define TILE_KEYS unpack_keys_q4_0
#define TILE_VALUES unpack_values_q4_0
#define SCORE score_tile_f32
#define WEIGH weigh_tile_f32
#define TURN transform_head
#include "attention_simd_spans.h"
