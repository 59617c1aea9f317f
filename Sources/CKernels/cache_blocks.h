// Keys and values in blocks of 32 numbers with a common factor, Q8_0 and Q4_0. Every table uses it, so every table stores and reads
// the same bits; WIDEN_HALF reads a factor, and `unpack_bytes` and `unpack_nibbles` multiply sixteen codes with sixteen factors,
// which is exact. Layout: QuernAttention.h. The rounding of a block is ggml's.

#include <math.h>

#include "QuernAttention.h"
#include "QuernBlocks.h"
#include "vector_half.h"

/// Walsh-Hadamard transform over the largest power of two that divides `size`, segment by segment; its own inverse.
static void transform_head(float *x, int32_t size) {
    const int32_t segment = size & -size;
    const float norm = 1 / sqrtf((float)segment);
    for (int32_t half = 1; half < segment; half *= 2)
        for (int32_t start = 0; start < size; start += 2 * half)
            for (int32_t i = start; i < start + half; i++) {
                float a = x[i], b = x[i + half];
                x[i] = a + b;
                x[i + half] = a - b;
            }
    for (int32_t i = 0; i < size; i++) x[i] *= norm;
}

/// Zero; none where one of the numbers is infinite or none, so that a factor with this added hides nothing that is broken.
static float zero_if_finite(const float *x, int32_t count) {
    float zero = 0;
    for (int32_t i = 0; i < count; i++) zero += x[i] * 0;
    return zero;
}

/// Rounds up to 32 numbers to codes from -127 to 127; what is missing counts as zero.
static quern_half round_to_q8_0(const float *x, int32_t count, int8_t *codes) {
    float largest = 0;
    for (int32_t i = 0; i < count; i++) largest = fmaxf(largest, fabsf(x[i]));
    const float factor = largest / 127, inverse = factor > 0 ? 1 / factor : 0;
    for (int32_t i = 0; i < QUERN_QK; i++)
        codes[i] = i < count ? (int8_t)fmaxf(-127, fminf(127, roundf(x[i] * inverse))) : 0;
    return quern_narrow_to_half(factor + zero_if_finite(x, count));
}

/// Rounds up to 32 numbers to codes from 0 to 15 that stand for -8 to 7: the number furthest from zero becomes -8.
static quern_half round_to_q4_0(const float *x, int32_t count, int8_t *codes) {
    float largest = 0;
    for (int32_t i = 0; i < count; i++)
        if (fabsf(x[i]) > fabsf(largest)) largest = x[i];
    const float factor = largest / -8, inverse = factor != 0 ? 1 / factor : 0;
    for (int32_t i = 0; i < QUERN_QK; i++) {
        // Two statements, so that no table fuses them.
        const float scaled = i < count ? x[i] * inverse : 0;
        codes[i] = (int8_t)fmaxf(0, fminf(15, scaled + 8.5f));
    }
    return quern_narrow_to_half(factor + zero_if_finite(x, count));
}

/// Bytes from one block of 16 positions to the next.
#define KEY_BLOCK_Q8_0 (QUERN_KEY_LANES * (int64_t)sizeof(quern_block_q8_0))
#define KEY_BLOCK_Q4_0 (QUERN_KEY_LANES * (int64_t)sizeof(quern_block_q4_0))

static inline int32_t block_count(int32_t size) { return (size + QUERN_QK - 1) / QUERN_QK; }
static inline int32_t part_of_block(int32_t size, int32_t block) {
    return size - block * QUERN_QK < QUERN_QK ? size - block * QUERN_QK : QUERN_QK;
}

static void store_key_q8_0(void *keys, int64_t position, const float *x, int32_t key_size) {
    uint8_t *group = (uint8_t *)keys + position / QUERN_KEY_LANES * block_count(key_size) * KEY_BLOCK_Q8_0;
    const int32_t lane = position % QUERN_KEY_LANES;
    float head[QUERN_HEAD_SIZE_MAX];
    int8_t codes[QUERN_QK];
    memcpy(head, x, sizeof(float) * (size_t)key_size);
    transform_head(head, key_size);
    for (int32_t b = 0; b < block_count(key_size); b++, group += KEY_BLOCK_Q8_0) {
        ((quern_half *)group)[lane] = round_to_q8_0(head + b * QUERN_QK, part_of_block(key_size, b), codes);
        int8_t *cells = (int8_t *)(group + 2 * QUERN_KEY_LANES) + lane;
        for (int32_t d = 0; d < QUERN_QK; d++) cells[d * QUERN_KEY_LANES] = codes[d];
    }
}

static void store_key_q4_0(void *keys, int64_t position, const float *x, int32_t key_size) {
    uint8_t *group = (uint8_t *)keys + position / QUERN_KEY_LANES * block_count(key_size) * KEY_BLOCK_Q4_0;
    const int32_t lane = position % QUERN_KEY_LANES;
    float head[QUERN_HEAD_SIZE_MAX];
    int8_t codes[QUERN_QK];
    memcpy(head, x, sizeof(float) * (size_t)key_size);
    transform_head(head, key_size);
    for (int32_t b = 0; b < block_count(key_size); b++, group += KEY_BLOCK_Q4_0) {
        ((quern_half *)group)[lane] = round_to_q4_0(head + b * QUERN_QK, part_of_block(key_size, b), codes);
        uint8_t *cells = group + 2 * QUERN_KEY_LANES + lane;
        for (int32_t d = 0; d < QUERN_QK / 2; d++) cells[d * QUERN_KEY_LANES] = (uint8_t)(codes[d] | codes[d + 16] << 4);
    }
}

/// The keys of the 16 positions of a group as floats, component by component; `out` has room for whole blocks.
static void unpack_key_group_q8_0(const uint8_t *group, int32_t key_size, float *restrict out) {
    for (int32_t b = 0; b < block_count(key_size); b++, group += KEY_BLOCK_Q8_0) {
        float factors[QUERN_KEY_LANES];
        for (int32_t lane = 0; lane < QUERN_KEY_LANES; lane++) factors[lane] = WIDEN_HALF((const quern_half *)group + lane);
        const int8_t *cells = (const int8_t *)(group + 2 * QUERN_KEY_LANES);
        for (int32_t d = 0; d < part_of_block(key_size, b); d++, out += QUERN_KEY_LANES, cells += QUERN_KEY_LANES)
            unpack_bytes(out, factors, cells);
    }
}

static void unpack_key_group_q4_0(const uint8_t *group, int32_t key_size, float *restrict out) {
    for (int32_t b = 0; b < block_count(key_size); b++, group += KEY_BLOCK_Q4_0, out += QUERN_QK * QUERN_KEY_LANES) {
        float factors[QUERN_KEY_LANES];
        for (int32_t lane = 0; lane < QUERN_KEY_LANES; lane++) factors[lane] = WIDEN_HALF((const quern_half *)group + lane);
        float spare[QUERN_KEY_LANES];
        const int32_t count = part_of_block(key_size, b);
        for (int32_t d = 0; d < QUERN_QK / 2 && d < count; d++) {
            float *low = out + d * QUERN_KEY_LANES, *high = low + QUERN_QK / 2 * QUERN_KEY_LANES;
            unpack_nibbles(low, d + QUERN_QK / 2 < count ? high : spare, factors, group + (2 + d) * QUERN_KEY_LANES);
        }
    }
}

static void store_value_q8_0(void *values, int64_t position, const float *x, int32_t value_size) {
    quern_block_q8_0 *blocks = (quern_block_q8_0 *)values + position * block_count(value_size);
    float head[QUERN_HEAD_SIZE_MAX];
    memcpy(head, x, sizeof(float) * (size_t)value_size);
    transform_head(head, value_size);
    for (int32_t b = 0; b < block_count(value_size); b++)
        blocks[b].d = round_to_q8_0(head + b * QUERN_QK, part_of_block(value_size, b), blocks[b].qs);
}

static void store_value_q4_0(void *values, int64_t position, const float *x, int32_t value_size) {
    quern_block_q4_0 *blocks = (quern_block_q4_0 *)values + position * block_count(value_size);
    float head[QUERN_HEAD_SIZE_MAX];
    int8_t codes[QUERN_QK];
    memcpy(head, x, sizeof(float) * (size_t)value_size);
    transform_head(head, value_size);
    for (int32_t b = 0; b < block_count(value_size); b++) {
        blocks[b].d = round_to_q4_0(head + b * QUERN_QK, part_of_block(value_size, b), codes);
        for (int32_t i = 0; i < QUERN_QK / 2; i++) blocks[b].qs[i] = (uint8_t)(codes[i] | codes[i + 16] << 4);
    }
}

/// A value's block as floats, still transformed.
static inline void unpack_block_q8_0(const quern_block_q8_0 *block, float *out) {
    float factors[QUERN_KEY_LANES];
    for (int32_t i = 0; i < QUERN_KEY_LANES; i++) factors[i] = WIDEN_HALF(&block->d);
    unpack_bytes(out, factors, block->qs);
    unpack_bytes(out + QUERN_KEY_LANES, factors, block->qs + QUERN_KEY_LANES);
}

static inline void unpack_block_q4_0(const quern_block_q4_0 *block, float *out) {
    float factors[QUERN_KEY_LANES];
    for (int32_t i = 0; i < QUERN_KEY_LANES; i++) factors[i] = WIDEN_HALF(&block->d);
    unpack_nibbles(out, out + QUERN_QK / 2, factors, block->qs);
}

#define BLOCK_TYPE(type)                                                                                              \
    static void load_key_##type(const void *keys, int64_t position, float *x, int32_t key_size) {                     \
        float group[QUERN_HEAD_SIZE_MAX * QUERN_KEY_LANES];                                                           \
        const int64_t bytes = block_count(key_size) * (int64_t)sizeof(quern_block_##type) * QUERN_KEY_LANES;          \
        unpack_key_group_##type((const uint8_t *)keys + position / QUERN_KEY_LANES * bytes, key_size, group);         \
        for (int32_t d = 0; d < key_size; d++) x[d] = group[d * QUERN_KEY_LANES + position % QUERN_KEY_LANES];        \
        transform_head(x, key_size);                                                                                  \
    }                                                                                                                 \
    static inline void unpack_value_##type(const void *values, int64_t position, int32_t size, float *restrict out) {  \
        const quern_block_##type *block = (const quern_block_##type *)values + position * block_count(size);          \
        for (; size >= QUERN_QK; size -= QUERN_QK, out += QUERN_QK) unpack_block_##type(block++, out);                \
        if (size == 0) return;                                                                                        \
        float whole[QUERN_QK];                                                                                        \
        unpack_block_##type(block, whole);                                                                            \
        memcpy(out, whole, sizeof(float) * (size_t)size);                                                             \
    }                                                                                                                 \
    static void load_value_##type(const void *values, int64_t position, float *x, int32_t value_size) {               \
        unpack_value_##type(values, position, value_size, x);                                                         \
        transform_head(x, value_size);                                                                                \
    }                                                                                                                 \
    /* The keys or values of `count` positions from `base`, a multiple of 16, as floats in the cells' order. */       \
    static inline const float *unpack_keys_##type(                                                                    \
        const quern_attention *job, int64_t base, int32_t count, float *restrict out) {                               \
        const int64_t bytes = block_count(job->key_size) * (int64_t)sizeof(quern_block_##type) * QUERN_KEY_LANES;     \
        const uint8_t *groups = (const uint8_t *)job->keys + base / QUERN_KEY_LANES * bytes;                          \
        for (int32_t p = 0; p < count; p += QUERN_KEY_LANES, groups += bytes) {                                       \
            for (int64_t line = 0; line < bytes; line += 64)                                                          \
                __builtin_prefetch(groups + QUERN_ATTENTION_TILE / QUERN_KEY_LANES * bytes + line);                   \
            unpack_key_group_##type(groups, job->key_size, out + p * job->key_size);                                  \
        }                                                                                                             \
        return out;                                                                                                   \
    }                                                                                                                 \
    static inline const float *unpack_values_##type(                                                                  \
        const quern_attention *job, int64_t base, int32_t count, float *restrict out) {                               \
        const int64_t bytes = block_count(job->value_size) * (int64_t)sizeof(quern_block_##type);                     \
        for (int32_t p = 0; p < count; p++) {                                                                         \
            __builtin_prefetch((const uint8_t *)job->values + (base + p + QUERN_ATTENTION_TILE) * bytes);             \
            unpack_value_##type(job->values, base + p, job->value_size, out + p * job->value_size);                   \
        }                                                                                                             \
        return out;                                                                                                   \
    }

BLOCK_TYPE(q8_0)
BLOCK_TYPE(q4_0)

#undef BLOCK_TYPE
#undef KEY_BLOCK_Q8_0
#undef KEY_BLOCK_Q4_0
