// Quantizers and their inverses: rows of F32 to the blocks of GGUF's tensor types and back.
//
// Every table gives the same bytes: those of ggml's reference quantizers, which are plain IEEE arithmetic in source order. The
// instruction sets differ only in how many blocks ride side by side.
#ifndef QUERN_QUANTIZE_H
#define QUERN_QUANTIZE_H

#include <stddef.h>
#include <stdint.h>

#include "QuernBlocks.h"
#include "QuernISA.h"

/// Types by GGUF's numbers that the tables below know.
enum {
    QUERN_TYPE_F32 = 0,
    QUERN_TYPE_F16 = 1,
    QUERN_TYPE_Q4_0 = 2,
    QUERN_TYPE_Q4_1 = 3,
    QUERN_TYPE_Q5_0 = 6,
    QUERN_TYPE_Q5_1 = 7,
    QUERN_TYPE_Q8_0 = 8,
    QUERN_TYPE_Q2_K = 10,
    QUERN_TYPE_Q3_K = 11,
    QUERN_TYPE_Q4_K = 12,
    QUERN_TYPE_Q5_K = 13,
    QUERN_TYPE_Q6_K = 14,
    QUERN_TYPE_IQ2_XXS = 16,
    QUERN_TYPE_IQ2_XS = 17,
    QUERN_TYPE_IQ3_XXS = 18,
    QUERN_TYPE_IQ1_S = 19,
    QUERN_TYPE_IQ4_NL = 20,
    QUERN_TYPE_IQ3_S = 21,
    QUERN_TYPE_IQ2_S = 22,
    QUERN_TYPE_IQ4_XS = 23,
    QUERN_TYPE_IQ1_M = 29,
    QUERN_TYPE_BF16 = 30,
    QUERN_TYPE_TQ1_0 = 34,
    QUERN_TYPE_TQ2_0 = 35,
    QUERN_TYPE_MXFP4 = 39,
    QUERN_TYPE_NVFP4 = 40,
    QUERN_TYPE_Q1_0 = 41,
    QUERN_TYPE_Q2_0 = 42,
};

/// What one instruction set offers. All pointers to blocks and floats may be unaligned to anything but their own type.
typedef struct quern_quantize_table {
    const char *name;

    /// Quantizes `rows` rows of `columns` finite values that follow each other at `values`. `columns` is a multiple of the
    /// type's block size. `importance` is null, or holds one weight per column that all rows share.
    /// Returns false for a type that is not in the list above, for IQ2_XXS, IQ2_XS and IQ1_S without importance, and where
    /// there is no memory for a codebook.
    bool (*quantize)(
        uint32_t type, const float *values, void *blocks, size_t rows, size_t columns, const float *importance);

    /// The inverse: `count` values from the blocks of one or more whole rows.
    bool (*dequantize)(uint32_t type, const void *blocks, float *values, size_t count);

    /// Index of the first value that is NaN or infinite, or -1.
    ptrdiff_t (*first_not_finite)(const float *values, size_t count);
} quern_quantize_table;

/// The table of one instruction set, or null where the machine lacks it.
const quern_quantize_table *quern_quantize_table_for(quern_isa isa);

/// The index of the first block whose scale or minimum overflowed half precision (for F16 and BF16: the first value that did),
/// or -1. Such blocks must not be written: nothing reads back from them but infinities.
ptrdiff_t quern_first_overflowed_block(uint32_t type, const void *blocks, size_t count);

#endif
