// Codebooks of the IQ types, and for each combination of levels that is not in a codebook the points that lie nearest.
#ifndef QUERN_QUANTIZE_CODEBOOKS_H
#define QUERN_QUANTIZE_CODEBOOKS_H

#include <stdint.h>

/// Points are packed as in quantize_codebook_table.h: value i has bits `bits * i` and up of a point.
typedef struct {
    /// Values of a point, and bits of the level of each.
    int values, bits;
    int count;
    const uint16_t *points;
    /// By packed levels: the number of the point with these levels or, below zero, the complement of `first << 8 | eights`: the
    /// nearest points are 8 * `eights` ones from chunk `first` on.
    const int32_t *places;
    /// Chunks of 16 packed points, nearest first, equally near ones in the codebook's order. A last chunk is filled up with the
    /// nearest point again.
    const uint16_t *near;
} quern_codebook;

enum {
    QUERN_BOOK_IQ2_XXS,
    QUERN_BOOK_IQ2_XS,
    QUERN_BOOK_IQ2_S,
    QUERN_BOOK_IQ3_XXS,
    QUERN_BOOK_IQ3_S,
    QUERN_BOOK_IQ1,
    QUERN_BOOK_COUNT,
};

#define QUERN_NEAR_CHUNK 16

/// A codebook for quantizing, made when it is first asked for, in some milliseconds; null where memory ran out.
const quern_codebook *quern_codebook_for(int book);

/// The packed points alone, which is all that reading blocks takes.
const uint16_t *quern_codebook_points(int book);

#endif
