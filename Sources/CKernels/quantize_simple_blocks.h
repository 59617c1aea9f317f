// The simple types, LANES blocks at a time: what is found of a block lies in a lane, its values are rounded side by side.
//
// What has an order within a block (signs of zeros, ties between extremes), and scales too small to be inverted, are left to the
// code that takes one block.

#if LANES > 1

/// Smallest and largest value of LANES blocks; zeros may have either sign.
LANE_CODE void ranges_of(const float *x, F *low, F *high) {
    F lows[LANES], highs[LANES];
    for (int b = 0; b < LANES; b++) {
        lows[b] = highs[b] = load_floats(x + 32 * b);
        for (int i = LANES; i < 32; i += LANES) {
            F here = load_floats(x + 32 * b + i);
            lows[b] = smaller(here, lows[b]);
            highs[b] = larger(here, highs[b]);
        }
    }
    FOLD(lows, smaller)
    FOLD(highs, larger)
    *low = lows[0];
    *high = highs[0];
}

/// Largest magnitude of LANES blocks.
LANE_CODE F sizes_of(const float *x) {
    F sizes[LANES];
    for (int b = 0; b < LANES; b++) {
        sizes[b] = magnitude(load_floats(x + 32 * b));
        for (int i = LANES; i < 32; i += LANES) sizes[b] = larger(magnitude(load_floats(x + 32 * b + i)), sizes[b]);
    }
    FOLD(sizes, larger)
    return sizes[0];
}

/// Rounds the values of a block of Q8_0, halves away from zero.
LANE_CODE void write_rounded_q8_0(const float *x, float inverse, int8_t *bytes) {
    for (int i = 0; i < 32; i += LANES) {
        // Cut off first; what was cut off is exact.
        F value = load_floats(x + i) * inverse;
        I level = __builtin_convertvector(value, I);
        F rest = value - to_float(level);
        B out = __builtin_convertvector(level - (rest >= 0.5f) + (rest <= -0.5f), B);
        memcpy(bytes + i, &out, sizeof out);
    }
}

/// How LANES blocks are rounded: `(x - origin) * inverse + bias`, cut off and at most `highest`.
typedef struct {
    float origin[LANES], inverse[LANES];
    quern_half scale[LANES], minimum[LANES];
    uint32_t odd;  ///< bits of the blocks that are left to others
} Rounding;

LANE_CODE void note_scales(Rounding *r, F scale, I odd) {
    F inverse = pick(scale != 0, 1.0f / scale, (F){0});
    const float largest = 3.4028234e38f;
    float scales[LANES];
    memcpy(r->inverse, &inverse, sizeof inverse);
    memcpy(scales, &scale, sizeof scale);
    halves_of(scales, r->scale, LANES);
    r->odd = lanes_of(odd | (magnitude(inverse) > largest) | (magnitude(scale) > largest));
}

/// Scales of Q4_0 and Q5_0: the value with the largest magnitude becomes `-half`.
LANE_CODE void plan_signed(const float *x, float half, Rounding *r) {
    F low, high;
    ranges_of(x, &low, &high);
    memset(r->origin, 0, sizeof r->origin);
    note_scales(r, pick(high > -low, high, low) / -half, high == -low);
}

/// Scales and minimums of Q4_1 and Q5_1.
LANE_CODE void plan_range(const float *x, float highest, Rounding *r) {
    F low, high;
    ranges_of(x, &low, &high);
    memcpy(r->origin, &low, sizeof low);
    halves_of(r->origin, r->minimum, LANES);
    note_scales(r, (high - low) / highest, (low == 0) | (high == 0));
}

/// Rounds the values of block `b` and writes two integers to each byte; returns their fifth bits, value i in bit i.
LANE_CODE uint32_t write_rounded(const float *x, const Rounding *r, int b, float bias, int32_t highest, uint8_t *nibbles) {
    F origin = splat(r->origin[b]), inverse = splat(r->inverse[b]);
    I levels[32 / LANES];
    uint32_t fifth = 0;
    for (int i = 0; i < 32 / LANES; i++) {
        levels[i] = __builtin_convertvector((load_floats(x + LANES * i) - origin) * inverse + bias, I);
        levels[i] = pick_int(levels[i] > highest, (I){0} + highest, levels[i]);
        if (highest > 15) fifth |= lanes_of(levels[i] > 15) << LANES * i;
    }
    for (int i = 0; i < 16 / LANES; i++) {
        B bytes = __builtin_convertvector((levels[i] & 15) | (levels[i + 16 / LANES] & 15) << 4, B);
        memcpy(nibbles + LANES * i, &bytes, sizeof bytes);
    }
    return fifth;
}

#endif

static void quantize_q8_0(const float *x, quern_block_q8_0 *y, size_t blocks) {
    size_t done = 0;
#if LANES > 1
    for (; done + LANES <= blocks; done += LANES) {
        Rounding r;
        note_scales(&r, sizes_of(x + 32 * done) / 127.0f, (I){0});
        for (int b = 0; b < LANES; b++) {
            const float *values = x + 32 * (done + b);
            quern_block_q8_0 *block = y + done + b;
            block->d = r.scale[b];
            write_rounded_q8_0(values, r.inverse[b], block->qs);
            if (r.odd >> b & 1) write_one_q8_0(values, block);
        }
    }
#endif
    for (; done < blocks; done++) write_one_q8_0(x + 32 * done, y + done);
}

static void quantize_q4_0_plain(const float *x, quern_block_q4_0 *y, size_t blocks) {
    size_t done = 0;
#if LANES > 1
    for (; done + LANES <= blocks; done += LANES) {
        Rounding r;
        plan_signed(x + 32 * done, 8, &r);
        for (int b = 0; b < LANES; b++) {
            const float *values = x + 32 * (done + b);
            quern_block_q4_0 *block = y + done + b;
            block->d = r.scale[b];
            write_rounded(values, &r, b, 8.5f, 15, block->qs);
            if (r.odd >> b & 1) write_one_q4_0(values, block);
        }
    }
#endif
    for (; done < blocks; done++) write_one_q4_0(x + 32 * done, y + done);
}

static void quantize_q5_0_plain(const float *x, quern_block_q5_0 *y, size_t blocks) {
    size_t done = 0;
#if LANES > 1
    for (; done + LANES <= blocks; done += LANES) {
        Rounding r;
        plan_signed(x + 32 * done, 16, &r);
        for (int b = 0; b < LANES; b++) {
            const float *values = x + 32 * (done + b);
            quern_block_q5_0 *block = y + done + b;
            block->d = r.scale[b];
            uint32_t fifth = write_rounded(values, &r, b, 16.5f, 31, block->qs);
            memcpy(block->qh, &fifth, sizeof fifth);
            if (r.odd >> b & 1) write_one_q5_0(values, block);
        }
    }
#endif
    for (; done < blocks; done++) write_one_q5_0(x + 32 * done, y + done);
}

static void quantize_q4_1_plain(const float *x, quern_block_q4_1 *y, size_t blocks) {
    size_t done = 0;
#if LANES > 1
    for (; done + LANES <= blocks; done += LANES) {
        Rounding r;
        plan_range(x + 32 * done, 15, &r);
        for (int b = 0; b < LANES; b++) {
            const float *values = x + 32 * (done + b);
            quern_block_q4_1 *block = y + done + b;
            block->d = r.scale[b];
            block->m = r.minimum[b];
            write_rounded(values, &r, b, 0.5f, 15, block->qs);
            if (r.odd >> b & 1) write_one_q4_1(values, block);
        }
    }
#endif
    for (; done < blocks; done++) write_one_q4_1(x + 32 * done, y + done);
}

static void quantize_q5_1_plain(const float *x, quern_block_q5_1 *y, size_t blocks) {
    size_t done = 0;
#if LANES > 1
    for (; done + LANES <= blocks; done += LANES) {
        Rounding r;
        plan_range(x + 32 * done, 31, &r);
        for (int b = 0; b < LANES; b++) {
            const float *values = x + 32 * (done + b);
            quern_block_q5_1 *block = y + done + b;
            block->d = r.scale[b];
            block->m = r.minimum[b];
            uint32_t fifth = write_rounded(values, &r, b, 0.5f, 31, block->qs);
            memcpy(block->qh, &fifth, sizeof fifth);
            if (r.odd >> b & 1) write_one_q5_1(values, block);
        }
    }
#endif
    for (; done < blocks; done++) write_one_q5_1(x + 32 * done, y + done);
}
