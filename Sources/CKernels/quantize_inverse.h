// Back from blocks to values. The order of the multiplications is ggml's, so that values are equal to the last bit.

static void dequantize_q4_0(const quern_block_q4_0 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 32) {
        float scale = float_of_half(y->d);
        for (int i = 0; i < 16; i++) {
            x[i] = (float)((y->qs[i] & 15) - 8) * scale;
            x[i + 16] = (float)((y->qs[i] >> 4) - 8) * scale;
        }
    }
}

static void dequantize_q4_1(const quern_block_q4_1 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 32) {
        float scale = float_of_half(y->d), minimum = float_of_half(y->m);
        for (int i = 0; i < 16; i++) {
            x[i] = (float)(y->qs[i] & 15) * scale + minimum;
            x[i + 16] = (float)(y->qs[i] >> 4) * scale + minimum;
        }
    }
}

/// The 32 five-bit integers of Q5_0 and Q5_1.
LANE_CODE void unpack_five_bits(const uint8_t *high, const uint8_t *low, int32_t *levels) {
    uint32_t bits;
    memcpy(&bits, high, sizeof bits);
    for (int i = 0; i < 16; i++) {
        levels[i] = (low[i] & 15) | (int32_t)(bits >> i & 1) << 4;
        levels[i + 16] = (low[i] >> 4) | (int32_t)(bits >> (i + 16) & 1) << 4;
    }
}

static void dequantize_q5_0(const quern_block_q5_0 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 32) {
        int32_t levels[32];
        float scale = float_of_half(y->d);
        unpack_five_bits(y->qh, y->qs, levels);
        for (int i = 0; i < 32; i++) x[i] = (float)(levels[i] - 16) * scale;
    }
}

static void dequantize_q5_1(const quern_block_q5_1 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 32) {
        int32_t levels[32];
        float scale = float_of_half(y->d), minimum = float_of_half(y->m);
        unpack_five_bits(y->qh, y->qs, levels);
        for (int i = 0; i < 32; i++) x[i] = (float)levels[i] * scale + minimum;
    }
}

static void dequantize_q8_0(const quern_block_q8_0 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 32) {
        float scale = float_of_half(y->d);
        for (int i = 0; i < 32; i++) x[i] = (float)y->qs[i] * scale;
    }
}

static void dequantize_q2_K(const quern_block_q2_K *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 256) {
        float common = float_of_half(y->d), common_minimum = float_of_half(y->dmin);
        for (int j = 0; j < 16; j++) {
            float scale = common * (float)(y->scales[j] & 15), minimum = common_minimum * (float)(y->scales[j] >> 4);
            const uint8_t *q = y->qs + 32 * (j / 8) + 16 * (j % 2);
            for (int i = 0; i < 16; i++) x[16 * j + i] = scale * (float)(q[i] >> (j % 8 / 2 * 2) & 3) - minimum;
        }
    }
}

/// Scale `j` of a Q3_K block, 0 to 63.
LANE_CODE int32_t q3_K_scale(const quern_block_q3_K *y, int j) {
    int32_t low = j < 8 ? y->scales[j] & 15 : y->scales[j - 8] >> 4;
    return low | (y->scales[8 + j % 4] >> (2 * (j / 4)) & 3) << 4;
}

static void dequantize_q3_K(const quern_block_q3_K *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 256) {
        float common = float_of_half(y->d);
        for (int j = 0; j < 16; j++) {
            float scale = common * (float)(q3_K_scale(y, j) - 32);
            const uint8_t *q = y->qs + 32 * (j / 8) + 16 * (j % 2), *high = y->hmask + 16 * (j % 2);
            for (int i = 0; i < 16; i++) {
                int32_t level = (q[i] >> (j % 8 / 2 * 2) & 3) | (high[i] >> (j / 2) & 1) << 2;
                x[16 * j + i] = scale * (float)(level - 4);
            }
        }
    }
}

static void dequantize_q4_K(const quern_block_q4_K *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 256) {
        float common = float_of_half(y->d), common_minimum = float_of_half(y->dmin);
        for (int j = 0; j < 8; j++) {
            int32_t scale, minimum;
            unpack_six_bits(y->scales, j, &scale, &minimum);
            float d = common * (float)scale, m = common_minimum * (float)minimum;
            const uint8_t *q = y->qs + 32 * (j / 2);
            for (int i = 0; i < 32; i++) x[32 * j + i] = d * (float)(q[i] >> (4 * (j % 2)) & 15) - m;
        }
    }
}

static void dequantize_q5_K(const quern_block_q5_K *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 256) {
        float common = float_of_half(y->d), common_minimum = float_of_half(y->dmin);
        for (int j = 0; j < 8; j++) {
            int32_t scale, minimum;
            unpack_six_bits(y->scales, j, &scale, &minimum);
            float d = common * (float)scale, m = common_minimum * (float)minimum;
            const uint8_t *q = y->qs + 32 * (j / 2);
            for (int i = 0; i < 32; i++)
                x[32 * j + i] = d * (float)((q[i] >> (4 * (j % 2)) & 15) | (y->qh[i] >> j & 1) << 4) - m;
        }
    }
}

static void dequantize_q6_K(const quern_block_q6_K *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 256) {
        float common = float_of_half(y->d);
        for (int j = 0; j < 16; j++) {
            // Sub-block j lies in half j/8, in quarter j%8/2 of it: quarters 0 and 1 in low nibbles, 2 and 3 in high ones.
            int half = j / 8, quarter = j % 8 / 2, start = 16 * (j % 2);
            const uint8_t *low = y->ql + 64 * half + 32 * (quarter % 2) + start, *high = y->qh + 32 * half + start;
            float scale = common * (float)y->scales[j];
            for (int i = 0; i < 16; i++) {
                int32_t level = (low[i] >> (4 * (quarter / 2)) & 15) | (high[i] >> (2 * quarter) & 3) << 4;
                x[16 * j + i] = scale * (float)(level - 32);
            }
        }
    }
}
