// Half precision, bfloat16 and single values, by their bits, so that no instruction set is needed and all give the same.
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if LANES > 1
#include <immintrin.h>
#endif

#include "QuernQuantize.h"

static inline uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/// Nearest half, ties to even; past the range infinity, and NaN the one quiet NaN of its sign (as ggml writes it).
static inline quern_half half_of(float value) {
    uint32_t bits = bits_of(value), sign = bits & 0x80000000, twice = bits + bits;
    // Scaling up and down again turns what overflows into infinity; adding a power of two 13 bits above the value then rounds
    // its mantissa to half's ten bits, or fewer for subnormal results.
    float rounded = (fabsf(value) * 0x1p+112f) * 0x1p-110f;
    uint32_t exponent = twice & 0xff000000;
    exponent = exponent < 0x71000000 ? 0x71000000 : exponent;
    rounded = float_of((exponent >> 1) + 0x07800000) + rounded;
    uint32_t result = bits_of(rounded);
    uint32_t magnitude = ((result >> 13) & 0x7c00) + (result & 0x0fff);
    return (quern_half)((sign >> 16) | (twice > 0xff000000 ? 0x7e00 : magnitude));
}

static inline float float_of_half(quern_half half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = (uint32_t)(half & 0x7fff) << 13;
    // 2^112 moves half's exponent bias to that of single precision, and makes subnormal halves normal on the way.
    uint32_t normal = bits_of(float_of(magnitude) * 0x1p112f);
    // A signalling NaN becomes a quiet one, as processors have it.
    uint32_t special = magnitude | 0x7f800000 | (magnitude > 0x0f800000 ? 0x00400000 : 0);
    return float_of(sign | (magnitude >= 0x0f800000 ? special : normal));
}

/// Nearest bfloat16, ties to even; NaN stays NaN.
static inline uint16_t bfloat_of(float value) {
    uint32_t bits = bits_of(value);
    uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    return (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? (bits >> 16) | 64 : rounded);
}

/// The nearest integer as ggml finds it; see `nearest` of quantize_lanes.h.
static inline int32_t nearest_integer(float value) {
    return (int32_t)(bits_of(value + 12582912.0f) & 0x007fffff) - 0x00400000;
}

static inline int32_t clamped(int32_t value, int32_t low, int32_t high) {
    value = value < low ? low : value;
    return value > high ? high : value;
}

static void halves_of(const float *values, quern_half *halves, size_t count) {
    for (size_t i = 0; i < count; i++) halves[i] = half_of(values[i]);
}

static void bfloats_of(const float *values, uint16_t *results, size_t count) {
    for (size_t i = 0; i < count; i++) results[i] = bfloat_of(values[i]);
}

static void floats_of_halves(const quern_half *halves, float *values, size_t count) {
    size_t i = 0;
#if LANES == 16
    for (; i + 16 <= count; i += 16)
        _mm512_storeu_ps(values + i, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)(halves + i))));
#elif LANES == 8
    for (; i + 8 <= count; i += 8)
        _mm256_storeu_ps(values + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(halves + i))));
#endif
    for (; i < count; i++) values[i] = float_of_half(halves[i]);
}

static void floats_of_bfloats(const uint16_t *bfloats, float *values, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] = float_of((uint32_t)bfloats[i] << 16);
}

static ptrdiff_t first_not_finite(const float *values, size_t count) {
    enum { STRETCH = 1024 };
    for (size_t start = 0; start < count; start += STRETCH) {
        size_t end = count - start < STRETCH ? count : start + STRETCH;
        uint32_t largest = 0;
        for (size_t i = start; i < end; i++) {
            uint32_t size = bits_of(values[i]) & 0x7fffffff;
            largest = size > largest ? size : largest;
        }
        if (largest < 0x7f800000) continue;
        for (size_t i = start; i < end; i++)
            if ((bits_of(values[i]) & 0x7fffffff) >= 0x7f800000) return (ptrdiff_t)i;
    }
    return -1;
}
