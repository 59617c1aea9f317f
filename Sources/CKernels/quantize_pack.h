// The second half of quantizing a K super-block: scales and minimums to their bits, values to integers with the scales that were
// really stored, integers to their places. One block at a time; the loops vectorise along the block.

/// The scales of a super-block as integers, with their common scale and minimum.
typedef struct {
    uint8_t scale[16], minimum[16];
    float common_scale, common_minimum;
} Quantized;

/// Integers of a sub-block of `count` values: `(x + minimum) / scale`, or the search's own where the stored scale is zero.
LANE_CODE void round_with_minimum(
    const float *x, uint8_t *levels, int count, float scale, float minimum, int highest, const Found *found, size_t lane) {
    if (scale != 0) {
        for (int i = 0; i < count; i++) levels[i] = (uint8_t)clamped(nearest_integer((x[i] + minimum) / scale), 0, highest);
    } else if (found->empty[lane]) {
        memset(levels, 0, (size_t)count);
    } else {
        float grain = found->grain[lane], origin = found->origin[lane];
        for (int i = 0; i < count; i++) levels[i] = (uint8_t)clamped(nearest_integer(grain * (x[i] - origin)), 0, highest);
    }
}

/// The same for signed integers from -half to half - 1, stored with `half` added. Returns false for a stored scale of zero.
LANE_CODE bool round_signed(const float *x, uint8_t *levels, float scale, int half) {
    if (scale == 0) return false;
    for (int i = 0; i < 16; i++) levels[i] = (uint8_t)(clamped(nearest_integer(x[i] / scale), -half, half - 1) + half);
    return true;
}

/// The integers that a search of signed scales chose.
LANE_CODE void round_as_searched(const float *x, uint8_t *levels, int count, float grain, bool empty, int half) {
    for (int i = 0; i < count; i++)
        levels[i] = empty ? 0 : (uint8_t)(clamped(nearest_integer(grain * x[i]), -half, half - 1) + half);
}

/// Four two-bit integers a byte: value l, l + 32, l + 64, l + 96 of each half.
LANE_CODE void pack_crumbs(const uint8_t *levels, uint8_t *bytes) {
    for (int half = 0; half < 2; half++)
        for (int l = 0; l < 32; l++) {
            const uint8_t *q = levels + 128 * half + l;
            bytes[32 * half + l] = (uint8_t)(q[0] | q[32] << 2 | q[64] << 4 | q[96] << 6);
        }
}

/// Eight six-bit scales and minimums in twelve bytes.
LANE_CODE void pack_six_bits(const Quantized *q, uint8_t *bytes) {
    for (int j = 0; j < 8; j++) {
        uint8_t scale = q->scale[j], minimum = q->minimum[j];
        if (j < 4) {
            bytes[j] = scale;
            bytes[j + 4] = minimum;
        } else {
            bytes[j + 4] = (uint8_t)((scale & 15) | (minimum & 15) << 4);
            bytes[j - 4] |= (uint8_t)(scale >> 4 << 6);
            bytes[j] |= (uint8_t)(minimum >> 4 << 6);
        }
    }
}

/// Scale `j` of a Q4_K or Q5_K block, and its minimum.
LANE_CODE void unpack_six_bits(const uint8_t *bytes, int j, int32_t *scale, int32_t *minimum) {
    if (j < 4) {
        *scale = bytes[j] & 63;
        *minimum = bytes[j + 4] & 63;
    } else {
        *scale = (bytes[j + 4] & 15) | (bytes[j - 4] >> 6) << 4;
        *minimum = (bytes[j + 4] >> 4) | (bytes[j] >> 6) << 4;
    }
}

static void write_q2_K(const float *x, quern_block_q2_K *y, const Found *found, size_t lane, const Quantized *q) {
    uint8_t levels[256];
    y->d = half_of(q->common_scale);
    y->dmin = half_of(q->common_minimum);
    const float common_scale = float_of_half(y->d), common_minimum = float_of_half(y->dmin);
    for (int j = 0; j < 16; j++) {
        y->scales[j] = (uint8_t)(q->scale[j] | q->minimum[j] << 4);
        float scale = common_scale * (float)(y->scales[j] & 15), minimum = common_minimum * (float)(y->scales[j] >> 4);
        round_with_minimum(x + 16 * j, levels + 16 * j, 16, scale, minimum, 3, found + j, lane);
    }
    pack_crumbs(levels, y->qs);
}

/// The integers of a Q4_K or Q5_K super-block, with the scales and minimums that a reader will find.
LANE_CODE void round_super_block(
    const float *x, uint8_t *levels, const uint8_t *bytes, quern_half common_scale, quern_half common_minimum, int highest,
    const Found *found, size_t lane) {
    const float scales = float_of_half(common_scale), minimums = float_of_half(common_minimum);
    for (int j = 0; j < 8; j++) {
        int32_t scale, minimum;
        unpack_six_bits(bytes, j, &scale, &minimum);
        round_with_minimum(
            x + 32 * j, levels + 32 * j, 32, scales * (float)scale, minimums * (float)minimum, highest, found + j, lane);
    }
}

static void write_q4_K(const float *x, quern_block_q4_K *y, const Found *found, size_t lane, const Quantized *q) {
    uint8_t levels[256];
    pack_six_bits(q, y->scales);
    y->d = half_of(q->common_scale);
    y->dmin = half_of(q->common_minimum);
    round_super_block(x, levels, y->scales, y->d, y->dmin, 15, found, lane);
    for (int j = 0; j < 4; j++)
        for (int l = 0; l < 32; l++) y->qs[32 * j + l] = (uint8_t)(levels[64 * j + l] | levels[64 * j + 32 + l] << 4);
}

static void write_q5_K(const float *x, quern_block_q5_K *y, const Found *found, size_t lane, const Quantized *q) {
    uint8_t levels[256];
    pack_six_bits(q, y->scales);
    y->d = half_of(q->common_scale);
    y->dmin = half_of(q->common_minimum);
    round_super_block(x, levels, y->scales, y->d, y->dmin, 31, found, lane);
    uint8_t high[32] = {0};
    for (int j = 0; j < 4; j++)
        for (int l = 0; l < 32; l++) {
            uint8_t first = levels[64 * j + l], second = levels[64 * j + 32 + l];
            y->qs[32 * j + l] = (uint8_t)((first & 15) | (second & 15) << 4);
            high[l] |= (uint8_t)((first >> 4 | second >> 4 << 1) << (2 * j));
        }
    memcpy(y->qh, high, sizeof high);
}

/// `integers` are the scales from 0 to 63. Where a stored scale is zero, the integers are those of the search: `descended` holds
/// them, one block per lane, or is null and `found` tells grain and emptiness.
static void write_q3_K(
    const float *x, quern_block_q3_K *y, const I integers[16], float common, const Found *found, const I *descended, size_t lane) {
    uint8_t levels[256], scales[16];
    for (int j = 0; j < 16; j++) scales[j] = (uint8_t)integers[j][lane];
    for (int j = 0; j < 8; j++) y->scales[j] = (uint8_t)((scales[j] & 15) | (scales[j + 8] & 15) << 4);
    for (int j = 0; j < 4; j++)
        y->scales[8 + j] = (uint8_t)(
            scales[j] >> 4 | scales[j + 4] >> 4 << 2 | scales[j + 8] >> 4 << 4 | scales[j + 12] >> 4 << 6);
    y->d = half_of(common);
    const float stored = float_of_half(y->d);
    for (int j = 0; j < 16; j++) {
        if (round_signed(x + 16 * j, levels + 16 * j, stored * (float)((scales[j] & 63) - 32), 4)) continue;
        if (!descended) {
            round_as_searched(x + 16 * j, levels + 16 * j, 16, found[j].grain[lane], found[j].empty[lane] != 0, 4);
            continue;
        }
        for (int i = 0; i < 16; i++) levels[16 * j + i] = (uint8_t)descended[16 * j + i][lane];
    }
    uint8_t high[32] = {0};
    for (int j = 0; j < 8; j++)
        for (int l = 0; l < 32; l++) {
            high[l] |= (uint8_t)(levels[32 * j + l] >> 2 << j);
            levels[32 * j + l] &= 3;
        }
    memcpy(y->hmask, high, sizeof high);
    pack_crumbs(levels, y->qs);
}

/// What the sub-blocks of a Q6_K super-block have: stored integer, the scale that it stands for, and the search's own.
typedef struct {
    float common;
    int8_t integer[16];
    float scale[16];
} SixBits;

static void write_q6_K(const float *x, quern_block_q6_K *y, const SixBits *six, const Found *found, size_t lane) {
    uint8_t levels[256];
    y->d = half_of(six->common);
    memcpy(y->scales, six->integer, 16);
    for (int j = 0; j < 16; j++)
        if (!round_signed(x + 16 * j, levels + 16 * j, six->scale[j], 32))
            round_as_searched(x + 16 * j, levels + 16 * j, 16, found[j].grain[lane], found[j].empty[lane] != 0, 32);
    for (int half = 0; half < 2; half++) {
        const uint8_t *q = levels + 128 * half;
        for (int l = 0; l < 32; l++) {
            y->ql[64 * half + l] = (uint8_t)((q[l] & 15) | (q[l + 64] & 15) << 4);
            y->ql[64 * half + 32 + l] = (uint8_t)((q[l + 32] & 15) | (q[l + 96] & 15) << 4);
            y->qh[32 * half + l] = (uint8_t)(q[l] >> 4 | q[l + 32] >> 4 << 2 | q[l + 64] >> 4 << 4 | q[l + 96] >> 4 << 6);
        }
    }
}
