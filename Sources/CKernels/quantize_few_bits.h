// Q1_0, Q2_0, TQ1_0 and TQ2_0: signs, and multiples of the largest magnitude. No search.

/// Nearest integers, halves away from zero, of values from -1 to 1 and a little beyond, plus one. Where the scale is too small to
/// be inverted there are none; ggml's casts then leave `lost`.
LANE_CODE void round_to_trits(const float *x, uint8_t *levels, const int count, float inverse, uint8_t lost) {
    if (isinf(inverse)) {
        memset(levels, lost, (size_t)count);
        return;
    }
    for (int i = 0; i < count; i++) {
        float value = x[i] * inverse;
        levels[i] = (uint8_t)(1 + (value >= 0.5f) - (value <= -0.5f));
    }
}

LANE_CODE float inverse_or_zero(float value) { return value > 0 ? 1.0f / value : 0.0f; }

/// Trits as a fraction of 243 in 256ths, rounded up, the first trit weighing most; multiplying by three then brings them up one
/// by one.
LANE_CODE uint8_t pack_trits(const uint8_t *levels, int count, int stride) {
    unsigned value = 0;
    for (int n = 0; n < 5; n++) value = 3 * value + (n < count ? levels[stride * n] : 0);
    return (uint8_t)((value * 256 + 242) / 243);
}

static void quantize_tq1_0(const float *x, quern_block_tq1_0 *y, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, x += 256, y++) {
        uint8_t levels[256];
        float largest = largest_magnitude(x, 256);
        round_to_trits(x, levels, 256, inverse_or_zero(largest), 1);
        for (int i = 0; i < 32; i++) y->qs[i] = pack_trits(levels + i, 5, 32);
        for (int i = 0; i < 16; i++) y->qs[32 + i] = pack_trits(levels + 160 + i, 5, 16);
        for (int i = 0; i < 4; i++) y->qh[i] = pack_trits(levels + 240 + i, 4, 4);
        y->d = half_of(largest);
    }
}

static void quantize_tq2_0(const float *x, quern_block_tq2_0 *y, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, x += 256, y++) {
        uint8_t levels[256];
        float largest = largest_magnitude(x, 256);
        round_to_trits(x, levels, 256, inverse_or_zero(largest), 1);
        pack_crumbs(levels, y->qs);
        y->d = half_of(largest);
    }
}

static void quantize_q1_0(const float *x, quern_block_q1_0 *y, size_t blocks) {
    for (size_t first = 0; first < blocks; first += LANES) {
        size_t count = blocks - first < LANES ? blocks - first : LANES;
        const float *places[LANES];
        for (size_t lane = 0; lane < LANES; lane++) places[lane] = x + 128 * (first + (lane < count ? lane : count - 1));
        F sum = {0}, tile[16];
        for (size_t j = 0; j < 128; j += 16) {
            const float *here[LANES];
            for (int lane = 0; lane < LANES; lane++) here[lane] = places[lane] + j;
            load_lanes(here, 16, tile);
            for (int i = 0; i < 16; i++) sum += magnitude(tile[i]);
        }
        for (size_t lane = 0; lane < count; lane++) {
            quern_block_q1_0 *block = y + first + lane;
            block->d = half_of(sum[lane] / 128);
            const float *values = places[lane];
#if LANES > 1
            for (int j = 0; j < 128; j += LANES) {
                uint32_t bits = lanes_of(load_floats(values + j) >= 0);
                memcpy(block->qs + j / 8, &bits, LANES / 8);
            }
#else
            memset(block->qs, 0, sizeof block->qs);
            for (int j = 0; j < 128; j++) block->qs[j / 8] |= (uint8_t)((values[j] >= 0) << j % 8);
#endif
        }
    }
}

static void quantize_q2_0(const float *x, quern_block_q2_0 *y, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, x += 64, y++) {
        uint8_t levels[64];
        float largest = largest_magnitude(x, 64);
        round_to_trits(x, levels, 64, inverse_or_zero(largest), 0);
        for (int i = 0; i < 16; i++) {
            const uint8_t *q = levels + 4 * i;
            y->qs[i] = (uint8_t)(q[0] | q[1] << 2 | q[2] << 4 | q[3] << 6);
        }
        y->d = half_of(largest);
    }
}

/// Trit `n` of a byte, less one.
LANE_CODE float trit_of(uint8_t byte, int n) {
    static const uint8_t powers[5] = {1, 3, 9, 27, 81};
    uint8_t rest = (uint8_t)(byte * powers[n]);
    return (float)((rest * 3 >> 8) - 1);
}

static void dequantize_tq1_0(const quern_block_tq1_0 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 256) {
        float scale = float_of_half(y->d);
        for (int n = 0; n < 5; n++) {
            for (int i = 0; i < 32; i++) x[32 * n + i] = trit_of(y->qs[i], n) * scale;
            for (int i = 0; i < 16; i++) x[160 + 16 * n + i] = trit_of(y->qs[32 + i], n) * scale;
            for (int i = 0; i < 4 && n < 4; i++) x[240 + 4 * n + i] = trit_of(y->qh[i], n) * scale;
        }
    }
}

static void dequantize_tq2_0(const quern_block_tq2_0 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 256) {
        float scale = float_of_half(y->d);
        for (int i = 0; i < 256; i++) x[i] = (float)((y->qs[i / 128 * 32 + i % 32] >> (i % 128 / 32 * 2) & 3) - 1) * scale;
    }
}

static void dequantize_q1_0(const quern_block_q1_0 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 128) {
        float scale = float_of_half(y->d);
        for (int i = 0; i < 128; i++) x[i] = y->qs[i / 8] >> i % 8 & 1 ? scale : -scale;
    }
}

static void dequantize_q2_0(const quern_block_q2_0 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 64) {
        float scale = float_of_half(y->d);
        for (int i = 0; i < 64; i++) x[i] = (float)((y->qs[i / 4] >> (2 * (i % 4)) & 3) - 1) * scale;
    }
}
