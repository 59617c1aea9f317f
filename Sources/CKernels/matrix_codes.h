// Unpacking of the types whose weights are points of a codebook, or of a few levels: to signed bytes, exactly, with a scale for each
// sixteen of them. What the blocks mean: ggml's dequantizers (MIT), which define the formats. Plain C that is compiled for each
// instruction set, inside its target region.
//
// Points hold a level in two or three bits per value. They are spread to a byte per value within a 64-bit word, and levels
// become values, eight of them at a time; the loops over words are for the compiler to make vectors of.
#ifndef QUERN_MATRIX_CODES_H
#define QUERN_MATRIX_CODES_H

#include "matrix_internal.h"
#include "quantize_codebooks.h"

#define EACH_BYTE(value) ((uint64_t)(value) * 0x0101010101010101u)

static const int8_t nonlinear_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
/// Twice the values of four-bit floats; the scales are halved.
static const int8_t small_float_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

// MARK: Words of eight values

/// Eight levels of two bits to bytes.
static uint64_t spread_twos(uint64_t point) {
    point = (point | point << 24) & 0x000000ff000000ffu;
    point = (point | point << 12) & 0x000f000f000f000fu;
    return (point | point << 6) & EACH_BYTE(3);
}

/// Four levels of three bits in each half to bytes.
static uint64_t spread_threes(uint64_t both) {
    return (both & 0x0000000700000007u) | (both & 0x0000003800000038u) << 5 | (both & 0x000001c0000001c0u) << 10 |
           (both & 0x00000e0000000e00u) << 15;
}

/// Levels 0, 1, 2 to 8, 25, 43.
static uint64_t values_of_iq2(uint64_t levels) { return EACH_BYTE(8) + 17 * levels + (levels >> 1 & EACH_BYTE(1)); }

/// Levels 0...7 to 4, 12, 20, 28, 36, 44, 52, 62.
static uint64_t values_of_iq3_xxs(uint64_t levels) {
    return EACH_BYTE(4) + 8 * levels + 2 * (levels & levels >> 1 & levels >> 2 & EACH_BYTE(1));
}

/// Levels 0...7 to 1, 3, ... 15.
static uint64_t values_of_iq3_s(uint64_t levels) { return EACH_BYTE(1) + 2 * levels; }

/// Levels 0, 1, 2 to eight times -1, 0 and 1, shifted by an eighth.
static uint64_t values_of_iq1(uint64_t levels, uint64_t down) {
    return (8 * levels + EACH_BYTE(0x80 - 7 - 2 * down)) ^ EACH_BYTE(0x80);
}

/// Turns the sign of each value, none of them zero, whose bit is set.
static uint64_t with_signs(uint64_t values, uint64_t signs) {
    uint64_t bits = EACH_BYTE(signs) & 0x8040201008040201u;
    uint64_t ones = (((bits + EACH_BYTE(0x7f)) | bits) & EACH_BYTE(0x80)) >> 7;
    return (values ^ ones * 255) + ones;
}

/// Seven signs, and an eighth that makes their number even.
static unsigned even_signs(unsigned seven) {
    seven &= 127;
    return seven | (unsigned)(__builtin_popcount(seven) & 1) << 7;
}

static void put(quern_codes *out, size_t word, uint64_t values) { memcpy(out->q + 8 * word, &values, 8); }

static void put_scales(quern_codes *out, size_t group, float scale) { out->scale[2 * group] = out->scale[2 * group + 1] = scale; }

// MARK: Codebooks

/// The points of 256 columns and the signs of each eight values; collected first, so that what follows is the same for all.
typedef struct words {
    uint64_t points[32];
    uint64_t signs[32];
} words;

/// Three bits at a time: the points of the first and the last four of eight values.
static uint64_t pair(uint16_t first, uint16_t second) { return first | (uint64_t)second << 32; }

static void unpack_iq2(const words *w, quern_codes *out) {
    for (size_t k = 0; k < 32; k++) put(out, k, with_signs(values_of_iq2(spread_twos(w->points[k])), w->signs[k]));
}

static void unpack_iq2_xxs(const quern_block_iq2_xxs *b, quern_codes *out) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ2_XXS);
    words w;
    for (size_t j = 0; j < 8; j++) {
        uint32_t word = quern_load32(b->qs + 8 * j + 4);
        put_scales(out, j, quern_half_to_float(b->d) * (0.5f + (float)(word >> 28)) * 0.25f);
        for (size_t k = 0; k < 4; k++) {
            w.points[4 * j + k] = points[b->qs[8 * j + k]];
            w.signs[4 * j + k] = even_signs(word >> 7 * k);
        }
    }
    unpack_iq2(&w, out);
}

/// A scale for each 16 columns from four bits.
static void put_half_scales(quern_codes *out, quern_half d, const uint8_t scales[8]) {
    float common = quern_half_to_float(d);
    for (size_t j = 0; j < 16; j++) out->scale[j] = common * (0.5f + (float)(scales[j / 2] >> j % 2 * 4 & 15)) * 0.25f;
}

static void unpack_iq2_xs(const quern_block_iq2_xs *b, quern_codes *out) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ2_XS);
    words w;
    put_half_scales(out, b->d, b->scales);
    for (size_t k = 0; k < 32; k++) {
        unsigned word = quern_load16(b->qs + 2 * k);
        w.points[k] = points[word & 511];
        w.signs[k] = even_signs(word >> 9);
    }
    unpack_iq2(&w, out);
}

static void unpack_iq2_s(const quern_block_iq2_s *b, quern_codes *out) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ2_S);
    words w;
    put_half_scales(out, b->d, b->scales);
    for (size_t k = 0; k < 32; k++) {
        w.points[k] = points[b->qs[k] | (unsigned)(b->qh[k / 4] >> 2 * (k % 4) & 3) << 8];
        w.signs[k] = b->qs[32 + k];
    }
    unpack_iq2(&w, out);
}

static void unpack_iq3_xxs(const quern_block_iq3_xxs *b, quern_codes *out) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ3_XXS);
    words w;
    for (size_t j = 0; j < 8; j++) {
        uint32_t word = quern_load32(b->qs + 64 + 4 * j);
        put_scales(out, j, quern_half_to_float(b->d) * (0.5f + (float)(word >> 28)) * 0.5f);
        for (size_t k = 0; k < 4; k++) {
            const uint8_t *q = b->qs + 8 * j + 2 * k;
            w.points[4 * j + k] = pair(points[q[0]], points[q[1]]);
            w.signs[4 * j + k] = even_signs(word >> 7 * k);
        }
    }
    for (size_t k = 0; k < 32; k++) put(out, k, with_signs(values_of_iq3_xxs(spread_threes(w.points[k])), w.signs[k]));
}

static void unpack_iq3_s(const quern_block_iq3_s *b, quern_codes *out) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ3_S);
    words w;
    for (size_t j = 0; j < 8; j++)
        put_scales(out, j, quern_half_to_float(b->d) * (float)(1 + 2 * (b->scales[j / 2] >> j % 2 * 4 & 15)));
    for (size_t k = 0; k < 32; k++) {
        unsigned high = b->qh[k / 4] >> k % 4 * 2;
        w.points[k] = pair(points[b->qs[2 * k] | (high & 1) << 8], points[b->qs[2 * k + 1] | (high & 2) << 7]);
        w.signs[k] = b->signs[k];
    }
    for (size_t k = 0; k < 32; k++) put(out, k, with_signs(values_of_iq3_s(spread_threes(w.points[k])), w.signs[k]));
}

/// `signs` say here which eight values are shifted down.
static void unpack_iq1(const words *w, quern_codes *out) {
    for (size_t k = 0; k < 32; k++) put(out, k, values_of_iq1(spread_twos(w->points[k]), w->signs[k]));
}

static void unpack_iq1_s(const quern_block_iq1_s *b, quern_codes *out) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ1);
    words w;
    for (size_t j = 0; j < 8; j++) {
        unsigned high = quern_load16(b->qh + 2 * j);
        put_scales(out, j, quern_half_to_float(b->d) * (float)(2 * (high >> 12 & 7) + 1) * 0.125f);
        for (size_t k = 0; k < 4; k++) {
            w.points[4 * j + k] = points[b->qs[4 * j + k] | (high >> 3 * k & 7) << 8];
            w.signs[4 * j + k] = high >> 15;
        }
    }
    unpack_iq1(&w, out);
}

static void unpack_iq1_m(const quern_block_iq1_m *b, quern_codes *out) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ1);
    unsigned common = 0;
    for (size_t j = 0; j < 4; j++) common |= (unsigned)quern_load16(b->scales + 2 * j) >> 12 << 4 * j;
    float d = quern_half_to_float((uint16_t)common);
    for (size_t j = 0; j < 16; j++)
        out->scale[j] = d * (float)(2 * (quern_load16(b->scales + j / 4 * 2) >> j % 4 * 3 & 7) + 1) * 0.125f;
    words w;
    for (size_t k = 0; k < 32; k++) {
        unsigned high = b->qh[k / 2] >> k % 2 * 4;
        w.points[k] = points[b->qs[k] | (high & 7) << 8];
        w.signs[k] = high >> 3 & 1;
    }
    unpack_iq1(&w, out);
}

// MARK: Levels

/// Values of four bits: the low halves of `count` bytes, then the high halves.
static void look_up(const int8_t values[16], const uint8_t *qs, size_t count, int8_t *q) {
    for (size_t i = 0; i < count; i++) {
        q[i] = values[qs[i] & 15];
        q[i + count] = values[qs[i] >> 4];
    }
}

static void unpack_iq4_nl(const quern_block_iq4_nl *b, size_t groups, quern_codes *out) {
    for (size_t j = 0; j < groups; j++, b++) {
        put_scales(out, j, quern_half_to_float(b->d));
        look_up(nonlinear_values, b->qs, 16, out->q + 32 * j);
    }
}

static void unpack_iq4_xs(const quern_block_iq4_xs *b, quern_codes *out) {
    for (size_t j = 0; j < 8; j++) {
        int low = b->scales_l[j / 2] >> j % 2 * 4 & 15, high = b->scales_h[j / 4] >> j % 4 * 2 & 3;
        put_scales(out, j, quern_half_to_float(b->d) * (float)((low | high << 4) - 32));
        look_up(nonlinear_values, b->qs + 16 * j, 16, out->q + 32 * j);
    }
}

static void unpack_mxfp4(const quern_block_mxfp4 *b, size_t groups, quern_codes *out) {
    for (size_t j = 0; j < groups; j++, b++) {
        put_scales(out, j, quern_half_power(b->e));
        look_up(small_float_values, b->qs, 16, out->q + 32 * j);
    }
}

/// Half of a float of four bits exponent and three bits mantissa (UE4M3).
static float half_small_scale(uint8_t code) {
    if (code == 0 || code == 0x7f) return 0;
    int exponent = code >> 3 & 15, mantissa = code & 7;
    if (exponent == 0) return (float)mantissa * 0x1p-10f;
    return (1.0f + (float)mantissa / 8.0f) * quern_float_from_bits((uint32_t)(exponent - 8 + 127) << 23);
}

static void unpack_nvfp4(const quern_block_nvfp4 *b, size_t groups, quern_codes *out) {
    for (size_t j = 0; j < 2 * groups; j++) {
        const quern_block_nvfp4 *block = b + j / 4;
        out->scale[j] = half_small_scale(block->d[j % 4]);
        look_up(small_float_values, block->qs + 8 * (j % 4), 8, out->q + 16 * j);
    }
}

static void unpack_tq1_0(const quern_block_tq1_0 *b, quern_codes *out) {
    static const uint8_t powers[5] = {1, 3, 9, 27, 81};
    for (size_t j = 0; j < 8; j++) put_scales(out, j, quern_half_to_float(b->d));
    for (size_t n = 0; n < 5; n++) {
#define TRIT(byte) (int8_t)(((uint8_t)((byte) * powers[n]) * 3 >> 8) - 1)
        for (size_t i = 0; i < 32; i++) out->q[32 * n + i] = TRIT(b->qs[i]);
        for (size_t i = 0; i < 16; i++) out->q[160 + 16 * n + i] = TRIT(b->qs[32 + i]);
        for (size_t i = 0; i < 4 && n < 4; i++) out->q[240 + 4 * n + i] = TRIT(b->qh[i]);
#undef TRIT
    }
}

static void unpack_tq2_0(const quern_block_tq2_0 *b, quern_codes *out) {
    for (size_t j = 0; j < 8; j++) {
        put_scales(out, j, quern_half_to_float(b->d));
        for (size_t i = 0; i < 32; i++) out->q[32 * j + i] = (int8_t)((b->qs[j / 4 * 32 + i] >> j % 4 * 2 & 3) - 1);
    }
}

static void unpack_q1_0(const quern_block_q1_0 *b, size_t groups, quern_codes *out) {
    for (size_t j = 0; j < groups; j++) {
        const quern_block_q1_0 *block = b + j / 4;
        put_scales(out, j, quern_half_to_float(block->d));
        for (size_t k = 0; k < 4; k++)
            put(out, 4 * j + k, with_signs(EACH_BYTE(1), (uint8_t)~block->qs[j % 4 * 4 + k]));
    }
}

static void unpack_q2_0(const quern_block_q2_0 *b, size_t groups, quern_codes *out) {
    for (size_t j = 0; j < groups; j++) {
        const quern_block_q2_0 *block = b + j / 2;
        put_scales(out, j, quern_half_to_float(block->d));
        for (size_t k = 0; k < 4; k++) {
            uint64_t levels = spread_twos(quern_load16(block->qs + j % 2 * 8 + 2 * k));
            put(out, 4 * j + k, (levels + EACH_BYTE(0x7f)) ^ EACH_BYTE(0x80));
        }
    }
}

// MARK: All of them

/// What `quern_unpack_codes` promises.
static void unpack_codes(quern_weight_type type, const uint8_t *p, size_t groups, quern_codes *out) {
    const void *b = p;
    if (groups < 8) memset(out, 0, sizeof *out);
    switch (type) {
    case QUERN_WEIGHT_IQ4_NL: unpack_iq4_nl(b, groups, out); break;
    case QUERN_WEIGHT_MXFP4: unpack_mxfp4(b, groups, out); break;
    case QUERN_WEIGHT_NVFP4: unpack_nvfp4(b, groups, out); break;
    case QUERN_WEIGHT_Q1_0: unpack_q1_0(b, groups, out); break;
    case QUERN_WEIGHT_Q2_0: unpack_q2_0(b, groups, out); break;
    case QUERN_WEIGHT_IQ4_XS: unpack_iq4_xs(b, out); break;
    case QUERN_WEIGHT_IQ1_S: unpack_iq1_s(b, out); break;
    case QUERN_WEIGHT_IQ1_M: unpack_iq1_m(b, out); break;
    case QUERN_WEIGHT_IQ2_XXS: unpack_iq2_xxs(b, out); break;
    case QUERN_WEIGHT_IQ2_XS: unpack_iq2_xs(b, out); break;
    case QUERN_WEIGHT_IQ2_S: unpack_iq2_s(b, out); break;
    case QUERN_WEIGHT_IQ3_XXS: unpack_iq3_xxs(b, out); break;
    case QUERN_WEIGHT_IQ3_S: unpack_iq3_s(b, out); break;
    case QUERN_WEIGHT_TQ1_0: unpack_tq1_0(b, out); break;
    case QUERN_WEIGHT_TQ2_0: unpack_tq2_0(b, out); break;
    default: break;
    }
}

#endif
