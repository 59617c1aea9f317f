// Matrix products Y = W X: W in a file's own blocks, X and Y in F32. What is computed, and how exactly: Documentation/Kernels.md.
#ifndef QUERN_MATRIX_H
#define QUERN_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "QuernBlocks.h"
#include "QuernISA.h"

/// The types of weights that can be multiplied.
typedef enum quern_weight_type {
    QUERN_WEIGHT_F32,
    QUERN_WEIGHT_F16,
    QUERN_WEIGHT_BF16,
    QUERN_WEIGHT_Q8_0,
    QUERN_WEIGHT_Q4_0,
    QUERN_WEIGHT_Q4_1,
    QUERN_WEIGHT_Q5_0,
    QUERN_WEIGHT_Q5_1,
    QUERN_WEIGHT_Q2_K,
    QUERN_WEIGHT_Q3_K,
    QUERN_WEIGHT_Q4_K,
    QUERN_WEIGHT_Q5_K,
    QUERN_WEIGHT_Q6_K,
    QUERN_WEIGHT_IQ4_NL,
    QUERN_WEIGHT_IQ4_XS,
    QUERN_WEIGHT_MXFP4,
    QUERN_WEIGHT_NVFP4,
    QUERN_WEIGHT_IQ1_S,
    QUERN_WEIGHT_IQ1_M,
    QUERN_WEIGHT_IQ2_XXS,
    QUERN_WEIGHT_IQ2_XS,
    QUERN_WEIGHT_IQ2_S,
    QUERN_WEIGHT_IQ3_XXS,
    QUERN_WEIGHT_IQ3_S,
    QUERN_WEIGHT_TQ1_0,
    QUERN_WEIGHT_TQ2_0,
    QUERN_WEIGHT_Q1_0,
    QUERN_WEIGHT_Q2_0,
    QUERN_WEIGHT_COUNT
} quern_weight_type;

/// A matrix of `rows` by `columns` as it lies in a file; `data` may have any alignment.
typedef struct quern_weights {
    const uint8_t *data;
    size_t row_bytes;
    size_t rows;
    size_t columns;
    quern_weight_type type;
} quern_weights;

/// 256 activations of one token, rounded to eight bits with a scale per 32; those past the last column are zero.
///
/// Groups of 32 lie in the order 0, 2, 1, 3, 4, 6, 5, 7 (`quern_place`): 64 neighbouring bytes of a K type hold one nibble of group
/// 2j and one of 2j+1 in each byte, so that their low halves, as they come out of a register, meet groups 0 and 2.
typedef struct quern_activations {
    int8_t q[256];   ///< x / d to the nearest integer, ties to even, -127...127
    float d[8];      ///< largest magnitude of 32 / 127; NaN where one of them is not finite
    float s32[8];    ///< d times the sum of q over each 32
    float s16[16];   ///< d times the sum of q over each 16
} quern_activations;

/// Where group `j` (0 to 7) of 32 activations lies among the eight of a block.
static inline size_t quern_place(size_t j) { return (j & 4) | (j & 1) << 1 | (j >> 1 & 1); }

/// The right-hand side of a product, in the forms that the chosen path reads.
typedef struct quern_inputs {
    const float *x;                    ///< (tokens, stride)
    size_t stride;                     ///< floats from one token to the next
    const quern_activations *rounded;  ///< (tokens, ceil(columns / 256)), for the row path of quantized types
    const void *packed_integers;       ///< groups packed by `pack_integers`
    const void *packed_floats;         ///< groups packed by `pack_floats`
    size_t tokens;
    size_t columns;
} quern_inputs;

/// Where a product goes: y[token * stride + row].
typedef struct quern_outputs {
    float *y;
    size_t stride;
} quern_outputs;

/// The matrix kernels of one instruction set.
///
/// Few tokens: the row path takes a dot product per row and token on the blocks as they lie in the file. Many tokens: the panel
/// path unpacks some rows once and uses them for all tokens; activations are packed in groups of tokens first. A product is
/// split by rows and nothing else, so its bits do not depend on the number of threads.
typedef struct quern_matrix_kernels {
    /// Rounds the activations of one token; the same bits in every table.
    void (*round)(const float *x, size_t columns, quern_activations *rounded);
    /// Rows `first ..< first + count` for all tokens.
    void (*rows)(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y);

    /// The number of tokens from which on the panel path is the faster one for a type; null where there is no such path.
    size_t (*panel_tokens)(quern_weight_type type);
    /// Rows at whose multiples a share of the panel path should start.
    size_t panel_rows;
    /// Bytes of scratch memory, aligned to 64, that one thread needs for `panels`.
    size_t panel_scratch_bytes;
    /// Tokens in a packed group, and the bytes of one for that many columns.
    size_t integer_group, float_group;
    size_t (*integer_group_bytes)(size_t columns);
    size_t (*float_group_bytes)(size_t columns);
    /// Packs one group; `rounded` is scratch for ceil(columns / 256) blocks per token of it.
    void (*pack_integers)(const quern_inputs *x, size_t group, quern_activations *rounded, void *packed);
    void (*pack_floats)(const quern_inputs *x, size_t group, void *packed);
    /// Rows `first ..< first + count` for all tokens.
    void (*panels)(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y, void *scratch);
} quern_matrix_kernels;

/// The kernels for an instruction set that the machine has.
const quern_matrix_kernels *quern_matrix_kernels_for(quern_isa isa);

/// Expands a row to F32; exact: each value is the one that the format defines, in its order of operations.
void quern_expand_row(quern_weight_type type, const uint8_t *row, size_t columns, float *values);

#endif
