// The simple types: blocks of 32 with a scale, and with a minimum in Q4_1 and Q5_1.
//
// Without importance there is no search: one pass finds the extremes, a second rounds. Both run along the block, and what has
// an order (the first of several equal extremes, zeros of either sign) is decided by index.

/// The first value whose magnitude is the largest; +0 for a block of zeros of either sign.
LANE_CODE float first_extreme(const float *x) {
    uint32_t largest = 0;
    int32_t first = QUERN_QK - 1;
    for (int i = 0; i < QUERN_QK; i++) {
        uint32_t size = bits_of(x[i]) & 0x7fffffff;
        largest = size > largest ? size : largest;
    }
    for (int i = 0; i < QUERN_QK; i++) {
        int32_t here = (bits_of(x[i]) & 0x7fffffff) == largest ? i : QUERN_QK - 1;
        first = here < first ? here : first;
    }
    return largest ? x[first] : 0;
}

/// An integer with the order of the floats; it sets -0 below 0, which floats do not.
LANE_CODE int32_t order_of(float value) {
    int32_t bits = (int32_t)bits_of(value);
    return bits ^ ((bits >> 31) & 0x7fffffff);
}

/// Smallest and largest value; the first of equal ones, so that a zero has the sign that a scan from the left would find.
LANE_CODE void first_range(const float *x, float *low, float *high) {
    int32_t least = INT32_MAX, most = INT32_MIN, first_least = QUERN_QK - 1, first_most = QUERN_QK - 1;
    for (int i = 0; i < QUERN_QK; i++) {
        int32_t order = order_of(x[i]);
        least = order < least ? order : least;
        most = order > most ? order : most;
    }
    float smallest = float_of((uint32_t)(least ^ ((least >> 31) & 0x7fffffff)));
    float largest = float_of((uint32_t)(most ^ ((most >> 31) & 0x7fffffff)));
    for (int i = 0; i < QUERN_QK; i++) {
        int32_t low_here = x[i] == smallest ? i : QUERN_QK - 1, high_here = x[i] == largest ? i : QUERN_QK - 1;
        first_least = low_here < first_least ? low_here : first_least;
        first_most = high_here < first_most ? high_here : first_most;
    }
    *low = x[first_least];
    *high = x[first_most];
}

/// The low byte of a truncated value: what ggml's casts give for every value, also when a scale too small to invert made it
/// infinite.
LANE_CODE uint8_t truncated_byte(float value) {
    return value > -2147483648.0f && value < 2147483648.0f ? (uint8_t)(int32_t)value : 0;
}

LANE_CODE void pack_nibbles(const uint8_t *levels, uint8_t *bytes) {
    for (int i = 0; i < 16; i++) bytes[i] = (uint8_t)((levels[i] & 15) | (levels[i + 16] & 15) << 4);
}

/// The fifth bits, value i in bit i.
LANE_CODE void pack_fifth_bits(const uint8_t *levels, uint8_t *bytes) {
    uint32_t bits = 0;
    for (int i = 0; i < 32; i++) bits |= (uint32_t)(levels[i] >> 4 & 1) << i;
    memcpy(bytes, &bits, sizeof bits);
}

/// Rounds a block without minimum to `levels` from 0 to 2 * half - 1 and returns the scale.
LANE_CODE float round_block(const float *x, uint8_t *levels, int half) {
    float scale = first_extreme(x) / (float)-half;
    float inverse = scale != 0 ? 1.0f / scale : 0.0f;
    for (int i = 0; i < 32; i++) {
        int8_t level = (int8_t)truncated_byte(x[i] * inverse + ((float)half + 0.5f));
        levels[i] = (uint8_t)(level < 2 * half - 1 ? level : 2 * half - 1);
    }
    return scale;
}

/// The same with a minimum. Q4_1 limits its integers, Q5_1 keeps a byte of whatever came out.
LANE_CODE float round_block_with_minimum(const float *x, uint8_t *levels, int highest, bool limits, float *minimum) {
    float low, high;
    first_range(x, &low, &high);
    float scale = (high - low) / (float)highest;
    float inverse = scale != 0 ? 1.0f / scale : 0.0f;
    for (int i = 0; i < 32; i++) {
        uint8_t level = truncated_byte((x[i] - low) * inverse + 0.5f);
        levels[i] = limits && (int8_t)level > highest ? (uint8_t)highest : level;
    }
    *minimum = low;
    return scale;
}

static void write_one_q8_0(const float *x, quern_block_q8_0 *y) {
    uint32_t largest = 0;
    for (int i = 0; i < 32; i++) {
        uint32_t size = bits_of(x[i]) & 0x7fffffff;
        largest = size > largest ? size : largest;
    }
    float scale = float_of(largest) / 127.0f;
    float inverse = scale != 0 ? 1.0f / scale : 0.0f;
    y->d = half_of(scale);
    if (inverse > 3.4028234e38f) {
        memset(y->qs, 0, sizeof y->qs);
        return;
    }
    for (int i = 0; i < 32; i++) {
        // Halves away from zero: truncate, then look at what was cut off, which is exact.
        float value = x[i] * inverse;
        int32_t whole = (int32_t)value;
        float rest = value - (float)whole;
        y->qs[i] = (int8_t)(whole + (rest >= 0.5f) - (rest <= -0.5f));
    }
}

static void write_one_q4_0(const float *x, quern_block_q4_0 *y) {
    uint8_t levels[32];
    y->d = half_of(round_block(x, levels, 8));
    pack_nibbles(levels, y->qs);
}

static void write_one_q5_0(const float *x, quern_block_q5_0 *y) {
    uint8_t levels[32];
    y->d = half_of(round_block(x, levels, 16));
    pack_nibbles(levels, y->qs);
    pack_fifth_bits(levels, y->qh);
}

static void write_one_q4_1(const float *x, quern_block_q4_1 *y) {
    uint8_t levels[32];
    float minimum;
    y->d = half_of(round_block_with_minimum(x, levels, 15, true, &minimum));
    y->m = half_of(minimum);
    pack_nibbles(levels, y->qs);
}

static void write_one_q5_1(const float *x, quern_block_q5_1 *y) {
    uint8_t levels[32];
    float minimum;
    y->d = half_of(round_block_with_minimum(x, levels, 31, false, &minimum));
    y->m = half_of(minimum);
    pack_nibbles(levels, y->qs);
    pack_fifth_bits(levels, y->qh);
}

/// Blocks of 32, ABREAST in each lane, with their weights: importance times the root of the row's mean square + x*x.
typedef struct { F values[32 * ABREAST], weights[32 * ABREAST]; } SmallBatch;

/// Writes one block of a weighted type: `s` holds one sub-block.
typedef void (*WriteWeighted)(const float *x, void *y, size_t block, const Found *found, size_t lane);

/// The mean squares of `rows` rows (at most LANES), each summed from its first column to its last.
LANE_CODE F mean_squares(const float *values, size_t rows, size_t columns) {
    const float *places[LANES];
    for (size_t lane = 0; lane < LANES; lane++) places[lane] = values + columns * (lane < rows ? lane : rows - 1);
    F sum = {0}, tile[32];
    for (size_t j = 0; j < columns; j += 32) {
        const float *here[LANES];
        for (int lane = 0; lane < LANES; lane++) here[lane] = places[lane] + j;
        load_lanes(here, 32, tile);
        for (int i = 0; i < 32; i++) sum += tile[i] * tile[i];
    }
    return sum / (float)columns;
}

/// Quantizes rows whose values have weights; `half` is 0 for the types with a minimum, whose largest integer is `highest`.
LANE_CODE void quantize_weighted(
    const float *values, void *y, size_t rows, size_t columns, const float *importance, float half, float highest,
    WriteWeighted write) {
    size_t row_blocks = columns / 32;
    for (size_t row = 0; row < rows; row += LANES) {
        size_t taken = rows - row < LANES ? rows - row : LANES, blocks = taken * row_blocks;
        const float *first_value = values + columns * row;
        F spreads = mean_squares(first_value, taken, columns);
        for (size_t first = 0; first < blocks; first += LANES * ABREAST) {
            size_t count = blocks - first < LANES * ABREAST ? blocks - first : LANES * ABREAST;
            SmallBatch b;
            Found found[ABREAST];
            for (size_t p = 0; p < ABREAST; p++) {
                const float *x[LANES], *w[LANES];
                F spread;
                for (size_t lane = 0; lane < LANES; lane++) {
                    size_t place = LANES * p + lane, block = first + (place < count ? place : count - 1);
                    x[lane] = first_value + 32 * block;
                    w[lane] = importance + block % row_blocks * 32;
                    spread[lane] = spreads[block / row_blocks];
                }
                F *value = b.values + 32 * p, *weight = b.weights + 32 * p;
                load_lanes(x, 32, value);
                load_lanes(w, 32, weight);
                for (int i = 0; i < 32; i++) weight[i] *= square_root(spread + value[i] * value[i]);
                if (half > 0) found[p] = search_scale(value, weight, 32, half, false);
            }
            if (half == 0) search_scales_and_minimums(b.values, b.weights, found, 32, fine_ladder(highest));
            for (size_t place = 0; place < count; place++)
                write(
                    first_value + 32 * (first + place), y, row * row_blocks + first + place, &found[place / LANES],
                    place % LANES);
        }
    }
}

LANE_CODE void levels_with_minimum(const float *x, uint8_t *levels, const Found *found, size_t lane, int highest) {
    round_with_minimum(x, levels, 32, 0, 0, highest, found, lane);
}

static void write_q4_0(const float *x, void *blocks, size_t block, const Found *found, size_t lane) {
    quern_block_q4_0 *y = (quern_block_q4_0 *)blocks + block;
    uint8_t levels[32];
    round_as_searched(x, levels, 32, found->grain[lane], found->empty[lane] != 0, 8);
    y->d = half_of(found->scale[lane]);
    pack_nibbles(levels, y->qs);
}

static void write_q5_0(const float *x, void *blocks, size_t block, const Found *found, size_t lane) {
    quern_block_q5_0 *y = (quern_block_q5_0 *)blocks + block;
    uint8_t levels[32];
    round_as_searched(x, levels, 32, found->grain[lane], found->empty[lane] != 0, 16);
    y->d = half_of(found->scale[lane]);
    pack_nibbles(levels, y->qs);
    pack_fifth_bits(levels, y->qh);
}

static void write_q4_1(const float *x, void *blocks, size_t block, const Found *found, size_t lane) {
    quern_block_q4_1 *y = (quern_block_q4_1 *)blocks + block;
    uint8_t levels[32];
    levels_with_minimum(x, levels, found, lane, 15);
    y->d = half_of(found->scale[lane]);
    y->m = half_of(-found->minimum[lane]);
    pack_nibbles(levels, y->qs);
}

static void write_q5_1(const float *x, void *blocks, size_t block, const Found *found, size_t lane) {
    quern_block_q5_1 *y = (quern_block_q5_1 *)blocks + block;
    uint8_t levels[32];
    levels_with_minimum(x, levels, found, lane, 31);
    y->d = half_of(found->scale[lane]);
    y->m = half_of(-found->minimum[lane]);
    pack_nibbles(levels, y->qs);
    pack_fifth_bits(levels, y->qh);
}
