// IQ4_NL and IQ4_XS: levels that lie closer together near zero.

/// What the sixteen levels stand for: kvalues_iq4nl of ggml (MIT), part of the format.
static const float nonlinear_levels[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// The borders between levels, in the order in which halving asks for them: after -4.5 two, four, eight. Values at a border
/// belong to the upper level. ggml compares distances to both levels instead; around these borders both differences are exact.
static const float nonlinear_borders[3][16] = {
    {-57, 45.5f, -57, 45.5f, -57, 45.5f, -57, 45.5f, -57, 45.5f, -57, 45.5f, -57, 45.5f, -57, 45.5f},
    {-93.5f, -28.5f, 19, 79, -93.5f, -28.5f, 19, 79, -93.5f, -28.5f, 19, 79, -93.5f, -28.5f, 19, 79},
    {-115.5f, -74, -42, -16, 7, 31.5f, 61, 101, -115.5f, -74, -42, -16, 7, 31.5f, 61, 101},
};

/// The borders and levels as tables.
typedef struct { Palette borders[3], low, high; } Nonlinear;

LANE_CODE Nonlinear nonlinear_tables(void) {
    Nonlinear n;
    for (int i = 0; i < 3; i++) n.borders[i] = palette_of(nonlinear_borders[i]);
    float upper[16];
    for (int i = 0; i < 16; i++) upper[i] = nonlinear_levels[8 + i % 8];
    n.low = palette_of(nonlinear_levels);
    n.high = palette_of(upper);
    return n;
}

/// The level nearest to each value; the highest for NaN.
LANE_CODE I nearest_level(const Nonlinear *n, F value) {
    I level = 1 + (value < -4.5f);
    for (int i = 0; i < 3; i++) level = level + level + 1 + (value < look_up(&n->borders[i], level));
    return level;
}

LANE_CODE F nonlinear_value(const Nonlinear *n, I level) {
#if LANES == 16
    return look_up(&n->low, level);
#else
    return pick(level > 7, look_up(&n->high, level), look_up(&n->low, level));
#endif
}

/// The best scale of 32 values per lane: the extreme becomes the lowest level, or a value up to seven steps from it.
LANE_CODE F search_nonlinear(const Nonlinear *n, const F *x, const F *w) {
    F largest, extreme = extreme_of(x, 32, &largest);
    I empty = largest < SMALLEST_BLOCK;
    extreme = pick(empty, splat(1), extreme);
    F scale = {0}, best = {0};
    for (int step = -8; step <= 7; step++) {
        // The first candidate is the plain one; ggml tries it before the others, and again among them.
        bool plain = step == -8;
        F grain = plain ? 1.0f / (-extreme / nonlinear_levels[0]) : ((float)step + nonlinear_levels[0]) / extreme;
        F product = {0}, square = {0};
        for (int i = 0; i < 32; i++) {
            F level = nonlinear_value(n, nearest_level(n, grain * x[i])), weighted = w[i] * level;
            product += weighted * x[i];
            square += weighted * level;
        }
        I better = square > 0;
        if (!plain) better &= product * product > best * square;
        scale = pick(better, product / square, scale);
        best = pick(better, scale * product, best);
    }
    return pick(empty, (F){0}, scale);
}

/// Weights: importance times the root of `spread` + x*x, or without importance x*x.
LANE_CODE F nonlinear_weight(F x, F importance, bool weighted, F spread) {
    F square = x * x;
    return weighted ? importance * square_root(spread + square) : square;
}

/// Levels of 32 values at a grain, two to a byte.
LANE_CODE void write_nonlinear(const Nonlinear *n, const float *x, float grain, uint8_t *bytes) {
    uint8_t levels[32];
    for (int i = 0; i < 32; i += LANES) {
        I level = nearest_level(n, grain * load_floats(x + i));
        for (int lane = 0; lane < LANES; lane++) levels[i + lane] = (uint8_t)level[lane];
    }
    pack_nibbles(levels, bytes);
}

static void quantize_iq4_nl(const float *x, void *y, size_t rows, size_t columns, const float *importance) {
    Nonlinear n = nonlinear_tables();
    size_t row_blocks = columns / 32, blocks = rows * row_blocks;
    for (size_t first = 0; first < blocks; first += LANES) {
        size_t count = blocks - first < LANES ? blocks - first : LANES;
        const float *places[LANES], *weights[LANES];
        for (size_t lane = 0; lane < LANES; lane++) {
            size_t block = first + (lane < count ? lane : count - 1);
            places[lane] = x + 32 * block;
            weights[lane] = importance ? importance + block % row_blocks * 32 : NULL;
        }
        F values[32], w[32] = {{0}}, sum = {0};
        load_lanes(places, 32, values);
        if (importance) load_lanes(weights, 32, w);
        for (int i = 0; i < 32; i++) sum += values[i] * values[i];
        for (int i = 0; i < 32; i++) w[i] = nonlinear_weight(values[i], w[i], importance != NULL, sum * (2.0f / 32));
        F scales = search_nonlinear(&n, values, w);
        for (size_t lane = 0; lane < count; lane++) {
            quern_block_iq4_nl *block = (quern_block_iq4_nl *)y + first + lane;
            float scale = scales[lane];
            block->d = half_of(scale);
            write_nonlinear(&n, places[lane], scale != 0 ? 1 / scale : 0, block->qs);
        }
    }
}

static void write_iq4_xs(const Nonlinear *n, const float *x, const float scales[8], quern_block_iq4_xs *y) {
    float largest = 0, extreme = 0;
    for (int j = 0; j < 8; j++)
        if (fabsf(scales[j]) > largest) {
            largest = fabsf(scales[j]);
            extreme = scales[j];
        }
    memset(y, 0, sizeof *y);
    float d = -extreme / 32, inverse = d != 0 ? 1 / d : 0;
    uint32_t high = 0;
    y->d = half_of(d);
    for (int j = 0; j < 8; j++) {
        int scale = clamped(nearest_integer(inverse * scales[j]), -32, 31);
        float step = d * (float)scale;
        write_nonlinear(n, x + 32 * j, step != 0 ? 1 / step : 0, y->qs + 16 * j);
        y->scales_l[j / 2] |= (uint8_t)(((scale + 32) & 15) << 4 * (j % 2));
        high |= (uint32_t)(scale + 32) >> 4 << 2 * j;
    }
    y->scales_h[0] = (uint8_t)high;
    y->scales_h[1] = (uint8_t)(high >> 8);
}

static void quantize_iq4_xs(const float *x, void *y, size_t rows, size_t columns, const float *importance) {
    Nonlinear n = nonlinear_tables();
    size_t blocks = rows * (columns / 256);
    Batch b;
    for (size_t first = 0; first < blocks; first += LANES) {
        fill_batch(&b, x, importance, columns, first, blocks);
        F sum = {0}, scales[8];
        for (int i = 0; i < 256; i++) sum += b.values[i] * b.values[i];
        memset(b.weights, 0, sizeof b.weights);
        if (importance) load_lanes(b.importance, 256, b.weights);
        for (int i = 0; i < 256; i++)
            b.weights[i] = nonlinear_weight(b.values[i], b.weights[i], importance != NULL, sum * (2.0f / 256));
        for (int j = 0; j < 8; j++) scales[j] = search_nonlinear(&n, b.values + 32 * j, b.weights + 32 * j);
        for (size_t lane = 0; lane < b.count; lane++) {
            float own[8];
            for (int j = 0; j < 8; j++) own[j] = scales[j][lane];
            write_iq4_xs(&n, b.x[lane], own, (quern_block_iq4_xs *)y + first + lane);
        }
    }
}
