// MXFP4 and NVFP4: floats of four bits (E2M1) with a common scale that is a power of two, or a float of eight bits.

/// Twice what the sixteen codes stand for, as the block scales are halved: kvalues_mxfp4 of ggml (MIT), part of the format.
static const float small_floats[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

/// The code nearest to each of `count` values, the first of equally near ones. The scale is not negative, so a code of the other
/// sign is no nearer than zero, and zero comes first: only magnitudes are compared.
LANE_CODE void search_small_floats(const float *x, uint8_t *codes, const int count, float scale) {
    for (int i = 0; i < count; i += LANES) {
        F value = load_floats(x + i), size = magnitude(value), best = size;
        I code = {0};
        for (int c = 1; c < 8; c++) {
            F error = magnitude(small_floats[c] * scale - size);
            I better = error < best;
            best = pick(better, error, best);
            code = pick_int(better, (I){0} + c, code);
        }
        B bytes = __builtin_convertvector(code | ((code > 0) & (value < 0) & 8), B);
        memcpy(codes + i, &bytes, sizeof bytes);
    }
}

/// The same by borders, where no value is so large that errors round to each other: around a border both are exact, and a value
/// at it belongs to the lower code.
LANE_CODE void nearest_small_floats(const float *x, uint8_t *codes, const int count, float scale, float largest) {
    static const float borders[7] = {0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10};
    if (!(largest < 64.0f * scale)) {
        search_small_floats(x, codes, count, scale);
        return;
    }
    for (int i = 0; i < count; i += LANES) {
        F value = load_floats(x + i), size = magnitude(value);
        I code = {0};
        for (int c = 0; c < 7; c++) code -= size > borders[c] * scale;
        B bytes = __builtin_convertvector(code | ((code > 0) & (value < 0) & 8), B);
        memcpy(codes + i, &bytes, sizeof bytes);
    }
}

LANE_CODE float largest_magnitude(const float *x, int count) {
    uint32_t largest = 0;
    for (int i = 0; i < count; i++) {
        uint32_t size = bits_of(x[i]) & 0x7fffffff;
        largest = size > largest ? size : largest;
    }
    return float_of(largest);
}

/// The whole part of a logarithm to base two that was rounded to single precision first: a value so little below a power of two
/// that its logarithm rounds up counts as that power. The logarithm of 2^k * (1 - n * 2^-24) is k - n * 2^-24 / ln 2, and floats
/// just below k are ulp(k) / 2 or ulp(k) apart.
LANE_CODE int floor_of_logarithm(float value) {
    uint32_t bits = bits_of(value);
    int exponent = (int)(bits >> 23);
    uint32_t mantissa = bits & 0x7fffff;
    if (exponent == 0) {
        int shift = __builtin_clz(mantissa) - 8;
        mantissa = mantissa << shift & 0x7fffff;
        exponent = 1 - shift;
    }
    // By the width of the integer above: how many 24ths bits below it still round up to it.
    static const uint8_t reach[8] = {0, 1, 2, 5, 11, 22, 44, 88};
    int floor = exponent - 127, above = floor + 1;
    uint32_t missing = 0x800000 - mantissa;
    if (above == 0) return floor;
    // Floats thin out above each power of two; below zero, those on the far side of the integer count.
    int width = 31 - __builtin_clz((unsigned)(above > 0 ? above - (above > 1) : -above));
    return missing <= reach[width] ? above : floor;
}

/// Half of 2^(e - 127).
LANE_CODE float half_power(uint8_t e) {
    return float_of(e < 2 ? 0x00200000u << e : (uint32_t)(e - 1) << 23);
}

static void quantize_mxfp4(const float *x, quern_block_mxfp4 *y, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, x += 32, y++) {
        uint8_t codes[32];
        float largest = largest_magnitude(x, 32);
        // A byte that wraps for the smallest values, as it does in ggml.
        y->e = largest > 0 ? (uint8_t)(floor_of_logarithm(largest) - 2 + 127) : 0;
        nearest_small_floats(x, codes, 32, half_power(y->e), largest);
        pack_nibbles(codes, y->qs);
    }
}

/// A positive float of four bits exponent and three bits mantissa (UE4M3), rounded to nearest, halves up.
LANE_CODE uint8_t small_scale_of(float value) {
    if (!(value > 0)) return 0;
    value = value > 448 ? 448 : value;
    uint32_t bits = bits_of(value);
    int exponent = (int)(bits >> 23 & 255) - 127 + 7, mantissa = (int)(bits >> 20 & 7);
    if (exponent <= 0) {
        int whole = (int)(value * 512.0f + 0.5f);
        return (uint8_t)(whole > 7 ? 7 : whole);
    }
    if (exponent >= 15) return 0x7e;
    int rounded = (exponent << 3 | mantissa) + (int)(bits >> 19 & 1);
    return (uint8_t)(rounded >= 15 << 3 ? 0x7e : rounded);
}

/// Half of a UE4M3.
LANE_CODE float half_small_scale(uint8_t code) {
    if (code == 0 || code == 0x7f) return 0;
    int exponent = code >> 3 & 15, mantissa = code & 7;
    if (exponent == 0) return (float)mantissa * 0x1p-10f;
    return (1.0f + (float)mantissa / 8.0f) * float_of((uint32_t)(exponent - 8 + 127) << 23);
}

static void quantize_nvfp4(const float *x, quern_block_nvfp4 *y, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++)
        for (int j = 0; j < 4; j++, x += 16) {
            uint8_t codes[16];
            float largest = largest_magnitude(x, 16);
            y->d[j] = small_scale_of(largest / 6.0f);
            nearest_small_floats(x, codes, 16, half_small_scale(y->d[j]), largest);
            for (int i = 0; i < 8; i++) y->qs[8 * j + i] = (uint8_t)(codes[i] | codes[i + 8] << 4);
        }
}

static void dequantize_mxfp4(const quern_block_mxfp4 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++, x += 32) {
        float scale = half_power(y->e);
        for (int i = 0; i < 16; i++) {
            x[i] = small_floats[y->qs[i] & 15] * scale;
            x[i + 16] = small_floats[y->qs[i] >> 4] * scale;
        }
    }
}

static void dequantize_nvfp4(const quern_block_nvfp4 *y, float *x, size_t blocks) {
    for (size_t b = 0; b < blocks; b++, y++)
        for (int j = 0; j < 4; j++, x += 16) {
            float scale = half_small_scale(y->d[j]);
            for (int i = 0; i < 8; i++) {
                x[i] = small_floats[y->qs[8 * j + i] & 15] * scale;
                x[i + 8] = small_floats[y->qs[8 * j + i] >> 4] * scale;
            }
        }
}
