// Attention over a KV cache: how the cache lays out keys and values, and the kernels that read and write it.
//
// No kernel ever holds a row of scores: softmax and sum stream over tiles of positions. Positions are summed in spans of fixed
// size which are joined in ascending order, so a row's bits depend on nothing but the row: not on how rows are batched, nor on
// whether one thread went through all spans or each span had a thread of its own.
#ifndef QUERN_ATTENTION_H
#define QUERN_ATTENTION_H

#include <stddef.h>
#include <stdint.h>

/// Positions whose keys lie side by side in the cache: component `d` of position `p` of a head is cell
/// `(p / 16 * head_size + d) * 16 + p % 16`. Scores of neighbouring positions are then neighbouring lanes, and no sum has to be
/// taken across lanes. Values lie row by row: component `d` of position `p` is cell `p * head_size + d`.
///
/// Quantized keys keep that order within blocks of 32 components: of 16 positions first the 16 half-precision factors, then the
/// codes of each component; Q4_0 has components `d` and `d + 16` in the low and the high half of a byte. Quantized values are
/// rows of the blocks of `QuernBlocks.h`. Both are stored after a Walsh-Hadamard transform of the head, which spreads
/// outliers over all components (QuaRot; Ashkboos et al. 2024); queries are transformed alike, outputs transformed back.
#define QUERN_KEY_LANES 16
/// Positions that one step of the streaming softmax covers. A cache holds a whole number of such tiles.
#define QUERN_ATTENTION_TILE 64
/// Positions that are summed by themselves before they are joined with those before them: whole tiles.
#define QUERN_ATTENTION_SPAN 1024
/// Query rows (tokens times query heads per KV head) that one call of `attend` takes at most.
#define QUERN_ATTENTION_ROWS 48
/// Components of a head at most.
#define QUERN_HEAD_SIZE_MAX 512
/// Floats of scratch that `attend` needs for any job: queries, sums and joined sums of all rows with their scores, and a tile of
/// keys and values unpacked from their blocks.
enum {
    QUERN_ATTENTION_SCRATCH = QUERN_ATTENTION_ROWS * (3 * QUERN_HEAD_SIZE_MAX + QUERN_ATTENTION_TILE + 4) +
                              2 * QUERN_ATTENTION_TILE * QUERN_HEAD_SIZE_MAX
};

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
    float *partials;          ///< null for the whole of it; else what `span` alone gives, row r at `partials + r * partial_stride`
    ptrdiff_t partial_stride;
    int32_t span;             ///< of QUERN_ATTENTION_SPAN positions, counted from position 0
} quern_attention;

/// How a KV cache stores numbers.
typedef enum quern_cell {
    QUERN_CELL_F16 = 0,
    QUERN_CELL_F32 = 1,
    QUERN_CELL_Q8_0 = 2,
    QUERN_CELL_Q4_0 = 3,
    QUERN_CELL_COUNT = 4,
} quern_cell;

/// What depends on the type of the cache's cells. Positions count from the start of a head's keys or values.
typedef struct quern_cache_table {
    /// Components that share a block, and its bytes; a head's last block may be padded.
    int32_t block_size, block_bytes;
    void (*store_key)(void *keys, int64_t position, const float *x, int32_t key_size);
    void (*load_key)(const void *keys, int64_t position, float *x, int32_t key_size);
    void (*store_value)(void *values, int64_t position, const float *x, int32_t value_size);
    void (*load_value)(const void *values, int64_t position, float *x, int32_t value_size);
    void (*attend)(const quern_attention *job);
} quern_cache_table;

/// Floats of what one span gives for one row: the sum of weighted values, the highest score, the sum of weights.
static inline int32_t quern_partial_floats(int32_t value_size) { return value_size + 2; }

/// Bytes of one position's key or value of `size` components.
static inline int64_t quern_cache_row_bytes(const quern_cache_table *table, int32_t size) {
    return (int64_t)((size + table->block_size - 1) / table->block_size) * table->block_bytes;
}

#endif
