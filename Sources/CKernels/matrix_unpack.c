// The unpackers that define what each quantized type means: 32 weights at a time, and whole rows in F32.
#include "matrix_internal.h"

// Expanded rows are compared with those of other programs: every operation rounds by itself.
#pragma STDC FP_CONTRACT OFF

static void set(quern_unpacked *out, float scale, float min) {
    out->scale[0] = out->scale[1] = scale;
    out->min[0] = out->min[1] = min;
}

/// Four-bit values: the low halves of 16 bytes, then the high halves.
static void nibbles(const uint8_t *qs, int bias, int8_t q[32]) {
    for (int i = 0; i < 16; i++) {
        q[i] = (int8_t)((qs[i] & 15) - bias);
        q[i + 16] = (int8_t)((qs[i] >> 4) - bias);
    }
}

/// Adds the fifth bits of 32 values.
static void fifth_bits(const uint8_t *qh, int8_t q[32]) {
    uint32_t bits = quern_load32(qh);
    for (int i = 0; i < 32; i++) q[i] = (int8_t)(q[i] + (int)(bits >> i & 1) * 16);
}

static void unpack_q8_0(const quern_block_q8_0 *b, quern_unpacked *out) {
    memcpy(out->q, b->qs, sizeof out->q);
    set(out, quern_half_to_float(b->d), 0);
}

static void unpack_q4_0(const quern_block_q4_0 *b, quern_unpacked *out) {
    nibbles(b->qs, 8, out->q);
    set(out, quern_half_to_float(b->d), 0);
}

static void unpack_q4_1(const quern_block_q4_1 *b, quern_unpacked *out) {
    nibbles(b->qs, 0, out->q);
    set(out, quern_half_to_float(b->d), -quern_half_to_float(b->m));
}

static void unpack_q5_0(const quern_block_q5_0 *b, quern_unpacked *out) {
    nibbles(b->qs, 16, out->q);
    fifth_bits(b->qh, out->q);
    set(out, quern_half_to_float(b->d), 0);
}

static void unpack_q5_1(const quern_block_q5_1 *b, quern_unpacked *out) {
    nibbles(b->qs, 0, out->q);
    fifth_bits(b->qh, out->q);
    set(out, quern_half_to_float(b->d), -quern_half_to_float(b->m));
}

// In a super-block `j` is the group of 32 columns; the K types with sixteen scales have two of them in a group.

static void unpack_q2_K(const quern_block_q2_K *b, int j, quern_unpacked *out) {
    const uint8_t *qs = b->qs + j / 4 * 32;
    float d = quern_half_to_float(b->d), dmin = quern_half_to_float(b->dmin);
    for (int i = 0; i < 32; i++) out->q[i] = (int8_t)(qs[i] >> j % 4 * 2 & 3);
    for (int h = 0; h < 2; h++) {
        uint8_t packed = b->scales[2 * j + h];
        out->scale[h] = d * (float)(packed & 15);
        out->min[h] = dmin * (float)(packed >> 4);
    }
}

static void unpack_q3_K(const quern_block_q3_K *b, int j, quern_unpacked *out) {
    const uint8_t *qs = b->qs + j / 4 * 32;
    uint8_t scales[16];
    quern_scales_q3_K(b->scales, scales);
    float d = quern_half_to_float(b->d);
    for (int i = 0; i < 32; i++) out->q[i] = (int8_t)((qs[i] >> j % 4 * 2 & 3) - (b->hmask[i] >> j & 1 ? 0 : 4));
    for (int h = 0; h < 2; h++) {
        out->scale[h] = d * (float)(scales[2 * j + h] - 32);
        out->min[h] = 0;
    }
}

static void unpack_q4_K(const quern_block_q4_K *b, int j, quern_unpacked *out) {
    const uint8_t *qs = b->qs + j / 2 * 32;
    uint8_t scale, min;
    quern_scale_min(j, b->scales, &scale, &min);
    for (int i = 0; i < 32; i++) out->q[i] = (int8_t)(qs[i] >> j % 2 * 4 & 15);
    set(out, quern_half_to_float(b->d) * (float)scale, quern_half_to_float(b->dmin) * (float)min);
}

static void unpack_q5_K(const quern_block_q5_K *b, int j, quern_unpacked *out) {
    const uint8_t *qs = b->qs + j / 2 * 32;
    uint8_t scale, min;
    quern_scale_min(j, b->scales, &scale, &min);
    for (int i = 0; i < 32; i++) out->q[i] = (int8_t)((qs[i] >> j % 2 * 4 & 15) + (b->qh[i] >> j & 1) * 16);
    set(out, quern_half_to_float(b->d) * (float)scale, quern_half_to_float(b->dmin) * (float)min);
}

static void unpack_q6_K(const quern_block_q6_K *b, int j, quern_unpacked *out) {
    const uint8_t *ql = b->ql + j / 4 * 64 + j % 2 * 32;
    const uint8_t *qh = b->qh + j / 4 * 32;
    float d = quern_half_to_float(b->d);
    for (int i = 0; i < 32; i++) {
        int low = ql[i] >> (j % 4 / 2 * 4) & 15;
        out->q[i] = (int8_t)((low | (qh[i] >> j % 4 * 2 & 3) << 4) - 32);
    }
    for (int h = 0; h < 2; h++) {
        out->scale[h] = d * (float)b->scales[2 * j + h];
        out->min[h] = 0;
    }
}

static void unpack_one(quern_weight_type type, const uint8_t *row, size_t index, quern_unpacked *out) {
#define BLOCK(t) ((const quern_block_##t *)(const void *)(row + index * sizeof(quern_block_##t)))
#define SUPERBLOCK(t) ((const quern_block_##t *)(const void *)(row + index / 8 * sizeof(quern_block_##t))), (int)(index % 8)
    switch (type) {
    case QUERN_WEIGHT_Q8_0: unpack_q8_0(BLOCK(q8_0), out); break;
    case QUERN_WEIGHT_Q4_0: unpack_q4_0(BLOCK(q4_0), out); break;
    case QUERN_WEIGHT_Q4_1: unpack_q4_1(BLOCK(q4_1), out); break;
    case QUERN_WEIGHT_Q5_0: unpack_q5_0(BLOCK(q5_0), out); break;
    case QUERN_WEIGHT_Q5_1: unpack_q5_1(BLOCK(q5_1), out); break;
    case QUERN_WEIGHT_Q2_K: unpack_q2_K(SUPERBLOCK(q2_K), out); break;
    case QUERN_WEIGHT_Q3_K: unpack_q3_K(SUPERBLOCK(q3_K), out); break;
    case QUERN_WEIGHT_Q4_K: unpack_q4_K(SUPERBLOCK(q4_K), out); break;
    case QUERN_WEIGHT_Q5_K: unpack_q5_K(SUPERBLOCK(q5_K), out); break;
    case QUERN_WEIGHT_Q6_K: unpack_q6_K(SUPERBLOCK(q6_K), out); break;
    default: memset(out, 0, sizeof *out); break;
    }
#undef BLOCK
#undef SUPERBLOCK
}

void quern_unpack(quern_weight_type type, const uint8_t *row, size_t first, size_t groups, quern_unpacked out[8]) {
    if (!quern_is_coded(type)) {
        for (size_t j = 0; j < groups; j++) unpack_one(type, row, first + j, &out[j]);
        return;
    }
    quern_codes codes;
    quern_unpack_codes(type, row + first / 8 * quern_codes_bytes(type), groups, &codes);
    for (size_t j = 0; j < groups; j++) {
        memcpy(out[j].q, codes.q + 32 * j, sizeof out[j].q);
        memcpy(out[j].scale, codes.scale + 2 * j, sizeof out[j].scale);
        out[j].min[0] = out[j].min[1] = 0;
    }
}

static void expand_floats(quern_weight_type type, const uint8_t *row, size_t columns, float *values) {
    for (size_t i = 0; i < columns; i++)
        switch (type) {
        case QUERN_WEIGHT_F16: values[i] = quern_half_to_float(quern_load16(row + 2 * i)); break;
        case QUERN_WEIGHT_BF16: values[i] = quern_float_from_bits((uint32_t)quern_load16(row + 2 * i) << 16); break;
        default: values[i] = quern_float_from_bits(quern_load32(row + 4 * i)); break;
        }
}

void quern_expand_row(quern_weight_type type, const uint8_t *row, size_t columns, float *values) {
    if (quern_is_float(type)) {
        expand_floats(type, row, columns, values);
        return;
    }
    quern_unpacked blocks[8];
    for (size_t first = 0; first < columns; first += 256) {
        size_t groups = columns - first < 256 ? (columns - first) / 32 : 8;
        quern_unpack(type, row, first / 32, groups, blocks);
        for (size_t i = 0; i < 32 * groups; i++) {
            const quern_unpacked *block = &blocks[i / 32];
            values[first + i] = block->scale[i / 16 % 2] * (float)block->q[i % 32] - block->min[i / 16 % 2];
        }
    }
}
