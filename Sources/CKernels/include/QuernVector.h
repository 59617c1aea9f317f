// Kernels on vectors of activations and on the KV cache: everything of a forward pass but the matrix products.
//
// They compute activations, never bytes of files, so they may fuse multiply and add; the instruction sets agree within rounding
// and each one gives the same bits for the same row, however rows are batched or split between threads.
#ifndef QUERN_VECTOR_H
#define QUERN_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "QuernBlocks.h"
#include "QuernISA.h"

/// Positions whose keys lie side by side in the cache: component `d` of position `p` of a head is cell
/// `(p / 16 * head_size + d) * 16 + p % 16`. Scores of neighbouring positions are then neighbouring lanes, and no sum has to be
/// taken across lanes. Values lie row by row: component `d` of position `p` is cell `p * head_size + d`.
#define QUERN_KEY_LANES 16
/// Positions that one step of the streaming softmax covers. A cache holds a whole number of such tiles.
#define QUERN_ATTENTION_TILE 64
/// Query rows (tokens times query heads per KV head) that one call of `attend` takes at most.
#define QUERN_ATTENTION_ROWS 48
/// Components of a head at most.
#define QUERN_HEAD_SIZE_MAX 512
/// Floats of scratch that `attend` needs for any job.
#define QUERN_ATTENTION_SCRATCH (QUERN_ATTENTION_ROWS * (2 * QUERN_HEAD_SIZE_MAX + QUERN_ATTENTION_TILE + 2))

/// Attention of a few tokens of one sequence, for the query heads that share one KV head.
///
/// Row `t * group + g` is query head `g` of token `t`, whose position is `first + t`. It sees positions 0 through its own, or the
/// last `window` of these where `window` is above zero; keys and values up to `first + tokens - 1` are in the cache. Where `visible`
/// is above zero, every row sees positions 0 to `visible - 1` instead, those after its own too: an encoder's attention.
typedef struct quern_attention {
    const float *queries;     ///< head g of token t at `queries + t * query_stride + g * key_size`
    const void *keys;         ///< this KV head's keys, in the cells of the cache
    const void *values;       ///< this KV head's values
    float *out;               ///< head g of token t at `out + t * out_stride + g * value_size`
    ptrdiff_t query_stride;   ///< floats from one token's queries to the next one's
    ptrdiff_t out_stride;
    int32_t tokens, group;    ///< tokens * group <= QUERN_ATTENTION_ROWS
    int32_t key_size, value_size;
    int32_t first;
    int32_t window;
    int32_t visible;          ///< zero for a decoder; excludes a window
    float scale;              ///< multiplies the products of queries and keys
    float soft_cap;           ///< where above zero, scaled products s become soft_cap * tanh(s / soft_cap)
    float *scratch;           ///< QUERN_ATTENTION_SCRATCH floats of the calling thread
} quern_attention;

/// How a KV cache stores a number.
typedef enum quern_cell {
    QUERN_CELL_F16 = 0,
    QUERN_CELL_F32 = 1,
    QUERN_CELL_COUNT = 2,
} quern_cell;

/// What depends on the type of the cache's cells. Positions count from the start of a head's keys or values.
typedef struct quern_cache_table {
    size_t cell_size;
    void (*store_key)(void *keys, int64_t position, const float *x, int32_t key_size);
    void (*load_key)(const void *keys, int64_t position, float *x, int32_t key_size);
    void (*store_value)(void *values, int64_t position, const float *x, int32_t value_size);
    void (*attend)(const quern_attention *job);
} quern_cache_table;

typedef struct quern_vector_table {
    quern_isa isa;
    /// out = x / sqrt(mean(x^2) + epsilon) * weight (Zhang and Sennrich 2019); `out` may be `x`.
    void (*rms_norm)(float *out, const float *x, const float *weight, int64_t n, float epsilon);
    /// Rotates n components whose pairs are neighbours: x[i] = x[i] * cosines[i] + x[i ^ 1] * sines[i].
    void (*rotate_neighbours)(float *x, const float *cosines, const float *sines, int64_t n);
    /// Rotates n components whose pairs are n / 2 apart: x[i] = x[i] * cosines[i] + x[(i + n / 2) % n] * sines[i].
    void (*rotate_halves)(float *x, const float *cosines, const float *sines, int64_t n);
    /// x += y
    void (*add)(float *x, const float *y, int64_t n);
    /// x += y * factor
    void (*add_scaled)(float *x, const float *y, float factor, int64_t n);
    /// x *= factor
    void (*scale)(float *x, float factor, int64_t n);
    /// x = cap * tanh(x / cap)
    void (*soft_cap)(float *x, float cap, int64_t n);
    /// out = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias (Ba et al. 2016); `out` may be `x`.
    void (*layer_norm)(float *out, const float *x, const float *weight, const float *bias, int64_t n, float epsilon);
    /// x = x * Phi(x), where Phi is the normal distribution's function (Hendrycks and Gimpel 2016), to 2e-7 of x.
    void (*gelu)(float *x, int64_t n);
    /// gate = gate / (1 + exp(-gate)) * up
    void (*silu_multiply)(float *gate, const float *up, int64_t n);
    /// gate = gelu(gate) * up, by the approximation with tanh (Hendrycks and Gimpel 2016).
    void (*gelu_multiply)(float *gate, const float *up, int64_t n);
    /// Whether no element is infinite or not a number.
    bool (*all_finite)(const float *x, int64_t n);
    quern_cache_table cache[QUERN_CELL_COUNT];
} quern_vector_table;

/// The kernels for `isa`, which the machine must have.
const quern_vector_table *quern_vector_kernels(quern_isa isa);

#endif
