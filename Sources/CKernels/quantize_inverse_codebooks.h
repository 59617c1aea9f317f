// Back from blocks with codebooks to values. The order of the multiplications is ggml's.

/// What the levels of the IQ2, IQ3_XXS and IQ3_S codebooks stand for in their blocks.
static const float values_of_iq2[4] = {8, 25, 43, 0};
static const float values_of_iq3_xxs[8] = {4, 12, 20, 28, 36, 44, 52, 62};
static const float values_of_iq3_s[8] = {1, 3, 5, 7, 9, 11, 13, 15};

/// Eight values from points with levels of two bits.
LANE_CODE void expand_eight(uint16_t point, uint8_t signs, float scale, float *x) {
    for (int i = 0; i < 8; i++) x[i] = scale * values_of_iq2[point >> 2 * i & 3] * (signs >> i & 1 ? -1.0f : 1.0f);
}

/// Four values from points with levels of three bits; `signs` starts with theirs.
LANE_CODE void expand_four(uint16_t point, unsigned signs, float scale, const float *values, float *x) {
    for (int i = 0; i < 4; i++) x[i] = scale * values[point >> 3 * i & 7] * (signs >> i & 1 ? -1.0f : 1.0f);
}

/// Seven signs, and an eighth that makes their number even.
LANE_CODE uint8_t even_signs(unsigned seven) {
    seven &= 127;
    return (uint8_t)(seven | (unsigned)(__builtin_popcount(seven) & 1) << 7);
}

static void dequantize_iq2_xxs(const quern_block_iq2_xxs *y, float *x, size_t blocks) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ2_XXS);
    for (size_t b = 0; b < blocks; b++, y++)
        for (int j = 0; j < 8; j++) {
            uint32_t word;
            memcpy(&word, y->qs + 8 * j + 4, sizeof word);
            float scale = float_of_half(y->d) * (0.5f + (float)(word >> 28)) * 0.25f;
            for (int k = 0; k < 4; k++, x += 8) expand_eight(points[y->qs[8 * j + k]], even_signs(word >> 7 * k), scale, x);
        }
}

static void dequantize_iq2_xs(const quern_block_iq2_xs *y, float *x, size_t blocks) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ2_XS);
    for (size_t b = 0; b < blocks; b++, y++)
        for (int k = 0; k < 32; k++, x += 8) {
            unsigned word = y->qs[2 * k] | (unsigned)y->qs[2 * k + 1] << 8;
            float scale = float_of_half(y->d) * (0.5f + (float)(y->scales[k / 4] >> (k / 2 % 2 * 4) & 15)) * 0.25f;
            expand_eight(points[word & 511], even_signs(word >> 9), scale, x);
        }
}

static void dequantize_iq2_s(const quern_block_iq2_s *y, float *x, size_t blocks) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ2_S);
    for (size_t b = 0; b < blocks; b++, y++)
        for (int k = 0; k < 32; k++, x += 8) {
            unsigned index = y->qs[k] | (unsigned)(y->qh[k / 4] >> 2 * (k % 4) & 3) << 8;
            float scale = float_of_half(y->d) * (0.5f + (float)(y->scales[k / 4] >> (k / 2 % 2 * 4) & 15)) * 0.25f;
            expand_eight(points[index], y->qs[32 + k], scale, x);
        }
}

static void dequantize_iq3_xxs(const quern_block_iq3_xxs *y, float *x, size_t blocks) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ3_XXS);
    for (size_t b = 0; b < blocks; b++, y++)
        for (int j = 0; j < 8; j++) {
            uint32_t word;
            memcpy(&word, y->qs + 64 + 4 * j, sizeof word);
            float scale = float_of_half(y->d) * (0.5f + (float)(word >> 28)) * 0.5f;
            for (int k = 0; k < 8; k++, x += 4)
                expand_four(points[y->qs[8 * j + k]], (unsigned)even_signs(word >> k / 2 * 7) >> k % 2 * 4, scale, values_of_iq3_xxs, x);
        }
}

static void dequantize_iq3_s(const quern_block_iq3_s *y, float *x, size_t blocks) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ3_S);
    for (size_t b = 0; b < blocks; b++, y++)
        for (int k = 0; k < 64; k++, x += 4) {
            unsigned index = y->qs[k] | (unsigned)(y->qh[k / 8] >> k % 8 & 1) << 8;
            float scale = float_of_half(y->d) * (float)(1 + 2 * (y->scales[k / 16] >> (k / 8 % 2 * 4) & 15));
            expand_four(points[index], (unsigned)y->signs[k / 2] >> k % 2 * 4, scale, values_of_iq3_s, x);
        }
}

/// Eight values of -1, 0 and 1 with their shift.
LANE_CODE void expand_thirds(uint16_t point, float scale, float shift, float *x) {
    for (int i = 0; i < 8; i++) x[i] = scale * ((float)((int)(point >> 2 * i & 3) - 1) + shift);
}

static void dequantize_iq1_s(const quern_block_iq1_s *y, float *x, size_t blocks) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ1);
    for (size_t b = 0; b < blocks; b++, y++)
        for (int j = 0; j < 8; j++) {
            unsigned high = y->qh[2 * j] | (unsigned)y->qh[2 * j + 1] << 8;
            float scale = float_of_half(y->d) * (float)(2 * (high >> 12 & 7) + 1), shift = high & 0x8000 ? -0.125f : 0.125f;
            for (int k = 0; k < 4; k++, x += 8)
                expand_thirds(points[y->qs[4 * j + k] | (high >> 3 * k & 7) << 8], scale, shift, x);
        }
}

static void dequantize_iq1_m(const quern_block_iq1_m *y, float *x, size_t blocks) {
    const uint16_t *points = quern_codebook_points(QUERN_BOOK_IQ1);
    for (size_t b = 0; b < blocks; b++, y++) {
        unsigned words[4], common = 0;
        for (int j = 0; j < 4; j++) {
            words[j] = y->scales[2 * j] | (unsigned)y->scales[2 * j + 1] << 8;
            common |= words[j] >> 12 << 4 * j;
        }
        float d = float_of_half((quern_half)common);
        for (int k = 0; k < 32; k++, x += 8) {
            unsigned high = y->qh[k / 2] >> k % 2 * 4;
            float scale = d * (float)(2 * (words[k / 8] >> k / 2 % 4 * 3 & 7) + 1);
            expand_thirds(points[y->qs[k] | (high & 7) << 8], scale, high & 8 ? -0.125f : 0.125f, x);
        }
    }
}

static void dequantize_iq4_nl(const quern_block_iq4_nl *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 32) {
        float scale = float_of_half(y->d);
        for (int i = 0; i < 16; i++) {
            x[i] = scale * nonlinear_levels[y->qs[i] & 15];
            x[i + 16] = scale * nonlinear_levels[y->qs[i] >> 4];
        }
    }
}

static void dequantize_iq4_xs(const quern_block_iq4_xs *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++)
        for (int j = 0; j < 8; j++, x += 32) {
            int scale = (y->scales_l[j / 2] >> (4 * (j % 2)) & 15) | (y->scales_h[j / 4] >> (2 * (j % 4)) & 3) << 4;
            float step = float_of_half(y->d) * (float)(scale - 32);
            for (int i = 0; i < 16; i++) {
                x[i] = step * nonlinear_levels[y->qs[16 * j + i] & 15];
                x[i + 16] = step * nonlinear_levels[y->qs[16 * j + i] >> 4];
            }
        }
}
