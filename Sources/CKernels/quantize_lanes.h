// Lanes: LANES blocks side by side, one per lane, each lane doing exactly what scalar code would do with its block.
//
// LANES is 16, 8 or 1, set by the file that includes this. A comparison gives a mask of all ones or all zeros per lane. Nothing
// here may be contracted to a fused multiply-add or reordered: the result is written to files.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef float F __attribute__((vector_size(4 * LANES)));
typedef int32_t I __attribute__((vector_size(4 * LANES)));
typedef uint8_t B __attribute__((vector_size(LANES)));

#define LANE_CODE static inline __attribute__((always_inline))

/// `a` where the mask is set, else `b`.
LANE_CODE F pick(I mask, F a, F b) { return (F)(((I)a & mask) | ((I)b & ~mask)); }
LANE_CODE I pick_int(I mask, I a, I b) { return (a & mask) | (b & ~mask); }

/// x - 0 keeps every value, the sign of zero included.
LANE_CODE F splat(float value) { return value - (F){0}; }
LANE_CODE F magnitude(F value) { return (F)((I)value & 0x7fffffff); }
LANE_CODE F to_float(I value) { return __builtin_convertvector(value, F); }
LANE_CODE F square_root(F value) { return __builtin_elementwise_sqrt(value); }
LANE_CODE bool any(I mask) { return __builtin_reduce_or(mask) != 0; }

/// Bit `lane` of the result is the mask of that lane.
LANE_CODE uint32_t lanes_of(I mask) {
#if LANES == 16
    return (uint32_t)_mm512_movepi32_mask((__m512i)mask);
#elif LANES == 8
    return (uint32_t)_mm256_movemask_ps((__m256)mask);
#else
    return (uint32_t)mask[0] & 1;
#endif
}

/// The larger and the smaller of two values; `b` where they are equal.
LANE_CODE F larger(F a, F b) {
#if LANES == 16
    return (F)_mm512_max_ps((__m512)a, (__m512)b);
#elif LANES == 8
    return (F)_mm256_max_ps((__m256)a, (__m256)b);
#else
    return pick(a > b, a, b);
#endif
}

LANE_CODE F smaller(F a, F b) {
#if LANES == 16
    return (F)_mm512_min_ps((__m512)a, (__m512)b);
#elif LANES == 8
    return (F)_mm256_min_ps((__m256)a, (__m256)b);
#else
    return pick(a < b, a, b);
#endif
}

/// 1.5 * 2^23: added to a value below 2^22 it leaves the nearest integer, ties to even, in the low bits.
#define ROUNDING_BIAS 12582912.0f

/// The nearest integer as ggml finds it, whatever the value: past 2^22 the low 23 bits of the sum, less 2^22.
LANE_CODE I nearest(F value) { return ((I)(value + ROUNDING_BIAS) & 0x007fffff) - 0x00400000; }

LANE_CODE I clamp_int(I value, int32_t low, int32_t high) {
    value = pick_int(value < low, (I){0} + low, value);
    return pick_int(value > high, (I){0} + high, value);
}

/// The nearest integer, ties to even, of a value below 2^22.
LANE_CODE F whole(F value) {
#if LANES == 16
    return (F)_mm512_roundscale_ps((__m512)value, 0);
#elif LANES == 8
    return (F)_mm256_round_ps((__m256)value, 0);
#else
    return (value + ROUNDING_BIAS) - ROUNDING_BIAS;
#endif
}

/// The nearest integer, held between `low` and `high`, as a float. `wild` values may be past 2^22 or NaN. The bounds are
/// integers, so that it does not matter whether values are rounded or held first.
LANE_CODE F nearest_clamped(F value, float low, float high, bool wild) {
    if (wild) return to_float(clamp_int(nearest(value), (int32_t)low, (int32_t)high));
    return whole(smaller(splat(high), larger(splat(low), value)));
}

#if LANES == 16
#define KEEP(d, p) (((p) & (d)) ? 16 + (p) - (d) : (p))
#define SWAP(d, p) (((p) & (d)) ? 16 + (p) : (p) + (d))
#define EACH(f, d) \
    f(d, 0), f(d, 1), f(d, 2), f(d, 3), f(d, 4), f(d, 5), f(d, 6), f(d, 7), f(d, 8), f(d, 9), f(d, 10), f(d, 11), f(d, 12), \
        f(d, 13), f(d, 14), f(d, 15)
#elif LANES == 8
#define KEEP(d, p) (((p) & (d)) ? 8 + (p) - (d) : (p))
#define SWAP(d, p) (((p) & (d)) ? 8 + (p) : (p) + (d))
#define EACH(f, d) f(d, 0), f(d, 1), f(d, 2), f(d, 3), f(d, 4), f(d, 5), f(d, 6), f(d, 7)
#endif

#if LANES > 1
/// One step of a transposition: exchanges the off-diagonal squares of side `d`.
#define TRANSPOSE_STEP(tile, d) \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < LANES; i++) { \
        if (i & (d)) continue; \
        F a = tile[i], b = tile[i + (d)]; \
        tile[i] = __builtin_shufflevector(a, b, EACH(KEEP, d)); \
        tile[i + (d)] = __builtin_shufflevector(a, b, EACH(SWAP, d)); \
    }
#endif

#if LANES > 1
/// One step on the way from LANES vectors to one: lanes with bit `d` of their number go on with what vector `i + d` has.
#define FOLD_STEP(vectors, d, operation) \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < (d); i++) { \
        F a = vectors[i], b = vectors[i + (d)]; \
        vectors[i] = operation(__builtin_shufflevector(a, b, EACH(KEEP, d)), __builtin_shufflevector(a, b, EACH(SWAP, d))); \
    }

/// Leaves in lane `i` of `vectors[0]` what the operation makes of all of `vectors[i]`.
#if LANES == 16
#define FOLD(vectors, operation) \
    FOLD_STEP(vectors, 8, operation) FOLD_STEP(vectors, 4, operation) FOLD_STEP(vectors, 2, operation) \
    FOLD_STEP(vectors, 1, operation)
#else
#define FOLD(vectors, operation) \
    FOLD_STEP(vectors, 4, operation) FOLD_STEP(vectors, 2, operation) FOLD_STEP(vectors, 1, operation)
#endif
#endif

/// Reads LANES values from each of LANES places; value `j` of all of them goes to `tile[j]`.
LANE_CODE void load_tile(const float *const places[LANES], size_t offset, F tile[LANES]) {
#pragma clang loop unroll(full)
    for (int lane = 0; lane < LANES; lane++) memcpy(&tile[lane], places[lane] + offset, sizeof(F));
#if LANES == 16
    TRANSPOSE_STEP(tile, 8)
#endif
#if LANES >= 8
    TRANSPOSE_STEP(tile, 4)
    TRANSPOSE_STEP(tile, 2)
    TRANSPOSE_STEP(tile, 1)
#endif
}

/// Reads `count` values (a multiple of 16) from each of LANES places.
LANE_CODE void load_lanes(const float *const places[LANES], size_t count, F *values) {
    for (size_t j = 0; j < count; j += LANES) load_tile(places, j, values + j);
}

/// The number of each lane.
LANE_CODE I lane_numbers(void) {
    I numbers;
    for (int lane = 0; lane < LANES; lane++) numbers[lane] = lane;
    return numbers;
}

/// LANES floats from an address that need not be aligned.
LANE_CODE F load_floats(const float *values) {
    F result;
    memcpy(&result, values, sizeof result);
    return result;
}
