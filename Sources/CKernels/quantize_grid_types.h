// IQ2_XXS, IQ2_XS, IQ2_S, IQ3_XXS and IQ3_S: magnitudes from a codebook, signs beside them.

/// One super-block on its way: magnitudes, their weights, the weights' roots, and a bit per negative value for each eight.
typedef struct {
    float x[256], weights[256], roots[256];
    uint8_t signs[32];
} Unsigned;

/// Sums of squares of up to LANES super-blocks, one per lane, each from the first value to the last.
LANE_CODE F square_sums(const float *values, size_t count) {
    const float *places[LANES];
    for (size_t lane = 0; lane < LANES; lane++) places[lane] = values + 256 * (lane < count ? lane : count - 1);
    F sum = {0}, tile[16];
    for (size_t j = 0; j < 256; j += 16) {
        const float *here[LANES];
        for (int lane = 0; lane < LANES; lane++) here[lane] = places[lane] + j;
        load_lanes(here, 16, tile);
        for (int i = 0; i < 16; i++) sum += tile[i] * tile[i];
    }
    return sum;
}

/// Turns signs around so that an even number of the eight is negative: the value that matters least pays for it.
LANE_CODE uint8_t make_even(const float *values, const float *weights, float *x, uint8_t signs) {
    float costs[8];
    for (int i = 0; i < 8; i++) costs[i] = weights[i] * values[i] * values[i];
    int cheapest = 0;
    for (int i = 1; i < 8; i++) cheapest = costs[i] < costs[cheapest] ? i : cheapest;
    x[cheapest] = -x[cheapest];
    return signs ^ (uint8_t)(1 << cheapest);
}

/// Splits a super-block into magnitudes and signs. Weights are importance times the root of `spread` + x*x; without importance
/// they are `plain` + x*x.
LANE_CODE void take_signs(
    const float *values, const float *importance, float spread, float plain, bool even, Unsigned *u) {
    for (int i = 0; i < 256; i += LANES) {
        F x = load_floats(values + i), square = x * x;
        F weight = importance ? load_floats(importance + i) * square_root(spread + square) : plain + square;
        F root = square_root(weight);
        x = pick(x >= 0, x, -x);
        memcpy(u->x + i, &x, sizeof x);
        memcpy(u->weights + i, &weight, sizeof weight);
        memcpy(u->roots + i, &root, sizeof root);
    }
    for (int k = 0; k < 32; k++) {
        uint8_t signs = 0;
        for (int i = 0; i < 8; i++) signs |= (uint8_t)((values[8 * k + i] < 0) << i);
        if (even && __builtin_popcount(signs) % 2 == 1)
            signs = make_even(values + 8 * k, u->weights + 8 * k, u->x + 8 * k, signs);
        u->signs[k] = signs;
    }
}

LANE_CODE float largest_of(const float *x, int count) {
    F most = load_floats(x);
    for (int i = LANES; i < count; i += LANES) {
        F here = load_floats(x + i);
        most = pick(here > most, here, most);
    }
    return __builtin_reduce_max(most);
}

/// What a search left for a super-block: scales of its sub-blocks, points of its groups.
typedef struct {
    float scales[16], largest;
    uint16_t indices[64];
    bool failed;
} GridResult;

/// Files what was found for sub-block `sub`. Signs turn around with a scale below zero.
LANE_CODE void keep(const GridShape s, const quern_codebook *book, GridFound found, int sub, Unsigned *u, GridResult *r) {
    if (found.scale < 0) {
        found.scale = -found.scale;
        for (int k = 0; k < s.size / 8; k++) u->signs[s.size / 8 * sub + k] ^= 0xff;
    }
    const int groups = s.size / s.values;
    for (int k = 0; k < groups && !found.failed; k++)
        r->indices[groups * sub + k] = (uint16_t)book->places[found.points[k]];
    r->failed |= found.failed;
    r->scales[sub] = found.scale;
    r->largest = r->largest > found.scale ? r->largest : found.scale;
}

/// Searches all sub-blocks from the largest value of each; those below `least` are left at zero, and their signs with them.
LANE_CODE GridResult search_all_grids(const GridShape s, const quern_codebook *book, Unsigned *u, float least, uint32_t strayed) {
    GridResult r = {.largest = 0};
    for (int sub = 0; sub < 256 / s.size; sub++) {
        const int start = s.size * sub;
        float largest = largest_of(u->x + start, s.size);
        if (least > 0 ? largest < least : largest == 0) {
            memset(u->signs + start / 8, 0, (size_t)s.size / 8);
            continue;
        }
        GridFound found = search_grid(
            s, book, u->x + start, u->weights + start, u->roots + start, largest, largest / (float)(2 * s.highest + 1), strayed);
        keep(s, book, found, sub, u, &r);
    }
    return r;
}

/// The four-bit scale of a sub-block.
LANE_CODE uint32_t small_scale(const GridResult *r, int sub, float inverse, int highest) {
    return (uint32_t)clamped(nearest_integer(0.5f * (inverse * r->scales[sub] - 1.0f)), 0, highest);
}

/// What stands for a block that nothing finite could be found for; see quern_first_overflowed_block.
#define NO_SCALE 0x7c00

static void write_iq2_xxs(const GridResult *r, const Unsigned *u, quern_block_iq2_xxs *y) {
    memset(y, 0, sizeof *y);
    if (r->failed) y->d = NO_SCALE;
    if (r->failed || r->largest == 0) return;
    float d = r->largest / 31, inverse = 1 / d;
    y->d = half_of(d);
    for (int sub = 0; sub < 8; sub++) {
        uint32_t words[2] = {0, small_scale(r, sub, inverse, 15) << 28};
        for (int k = 0; k < 4; k++) {
            words[0] |= (uint32_t)r->indices[4 * sub + k] << 8 * k;
            words[1] |= (uint32_t)(u->signs[4 * sub + k] & 127) << 7 * k;
        }
        memcpy(y->qs + 8 * sub, words, sizeof words);
    }
}

/// The four-bit scales of sixteen sub-blocks.
LANE_CODE void pack_small_scales(const GridResult *r, float inverse, uint8_t *bytes) {
    for (int j = 0; j < 8; j++)
        bytes[j] = (uint8_t)(small_scale(r, 2 * j, inverse, 15) | small_scale(r, 2 * j + 1, inverse, 15) << 4);
}

static void write_iq2_xs(const GridResult *r, const Unsigned *u, quern_block_iq2_xs *y) {
    memset(y, 0, sizeof *y);
    if (r->failed) y->d = NO_SCALE;
    if (r->failed || r->largest == 0) return;
    float d = r->largest / 31;
    y->d = half_of(d);
    for (int k = 0; k < 32; k++) {
        uint16_t word = (uint16_t)(r->indices[k] | (u->signs[k] & 127) << 9);
        memcpy(y->qs + 2 * k, &word, sizeof word);
    }
    pack_small_scales(r, 1 / d, y->scales);
}

static void write_iq2_s(const GridResult *r, const Unsigned *u, quern_block_iq2_s *y) {
    memset(y, 0, sizeof *y);
    if (r->failed) y->d = NO_SCALE;
    if (r->failed) return;
    for (int k = 0; k < 32; k++) {
        y->qs[k] = (uint8_t)r->indices[k];
        y->qs[32 + k] = u->signs[k];
        y->qh[k / 4] |= (uint8_t)(r->indices[k] >> 8 << 2 * (k % 4));
    }
    if (r->largest == 0) return;
    float d = r->largest / 31;
    y->d = half_of(d * 0.9875f);
    pack_small_scales(r, 1 / d, y->scales);
}

static void write_iq3_xxs(const GridResult *r, const Unsigned *u, quern_block_iq3_xxs *y) {
    memset(y, 0, sizeof *y);
    if (r->failed) y->d = NO_SCALE;
    if (r->failed || r->largest == 0) return;
    float d = r->largest / 31, inverse = 1 / d;
    y->d = half_of(d * 1.0125f);
    for (int k = 0; k < 64; k++) y->qs[k] = (uint8_t)r->indices[k];
    for (int sub = 0; sub < 8; sub++) {
        uint32_t word = small_scale(r, sub, inverse, 15) << 28;
        for (int k = 0; k < 4; k++) word |= (uint32_t)(u->signs[4 * sub + k] & 127) << 7 * k;
        memcpy(y->qs + 64 + 4 * sub, &word, sizeof word);
    }
}

/// ggml does not step over the bytes of a sub-block of zeros: low bits and signs of those behind it move up, high bits and scales
/// stay. They decode to other values then, but equal bytes are what is promised.
static void write_iq3_s(const GridResult *r, const Unsigned *u, quern_block_iq3_s *y) {
    memset(y, 0, sizeof *y);
    if (r->failed) y->d = NO_SCALE;
    if (r->failed) return;
    for (int sub = 0, place = 0; sub < 8; sub++) {
        if (largest_of(u->x + 32 * sub, 32) == 0) continue;
        for (int k = 0; k < 8; k++) {
            y->qs[8 * place + k] = (uint8_t)r->indices[8 * sub + k];
            y->qh[sub] |= (uint8_t)(r->indices[8 * sub + k] >> 8 << k);
        }
        memcpy(y->signs + 4 * place, u->signs + 4 * sub, 4);
        place++;
    }
    if (r->largest == 0) return;
    float d = r->largest / 31, inverse = 1 / d;
    y->d = half_of(d * 1.033f);
    for (int j = 0; j < 4; j++)
        y->scales[j] = (uint8_t)(small_scale(r, 2 * j, inverse, 15) | small_scale(r, 2 * j + 1, inverse, 15) << 4);
}

/// Searches LANES sub-blocks of IQ2_XXS from the scale that would quantize them without a codebook, on levels up to 4.
static GridResult search_iq2_xxs(const GridShape s, const quern_codebook *book, Unsigned *u) {
    GridResult r = {.largest = 0};
    for (int first = 0; first < 8; first += LANES) {
        const float *x[LANES], *w[LANES];
        F values[32], weights[32];
        I unused[32];
        for (int lane = 0; lane < LANES; lane++) {
            x[lane] = u->x + 32 * (first + lane % 8);
            w[lane] = u->weights + 32 * (first + lane % 8);
        }
        load_lanes(x, 32, values);
        load_lanes(w, 32, weights);
        F scales = search_common_scale(values, weights, unused, 32, 4);
        for (int lane = 0; lane < LANES && lane < 8; lane++) {
            int sub = first + lane, start = 32 * sub;
            float range = scales[lane] * 3;
            if (largest_of(u->x + start, 32) < SMALLEST_BLOCK || range <= 0) {
                memset(u->signs + 4 * sub, 0, 4);
                continue;
            }
            GridFound found =
                search_grid(s, book, u->x + start, u->weights + start, u->roots + start, range, scales[lane], 0);
            keep(s, book, found, sub, u, &r);
        }
    }
    return r;
}

#define GRID_QUANTIZER(TYPE, BOOK, ...) \
    static bool quantize_##TYPE(const float *x, void *y, size_t rows, size_t columns, const float *importance) { \
        const quern_codebook *book = quern_codebook_for(BOOK); \
        size_t row_blocks = columns / 256, blocks = rows * row_blocks; \
        if (!book) return false; \
        for (size_t first = 0; first < blocks; first += LANES) { \
            size_t count = blocks - first < LANES ? blocks - first : LANES; \
            F sums = square_sums(x + 256 * first, count); \
            for (size_t lane = 0; lane < count; lane++) { \
                const float *values = x + 256 * (first + lane); \
                const float *w = importance ? importance + (first + lane) % row_blocks * 256 : NULL; \
                Unsigned u; \
                GridResult found; \
                float sum = sums[lane]; \
                __VA_ARGS__ \
                write_##TYPE(&found, &u, (quern_block_##TYPE *)y + first + lane); \
            } \
        } \
        return true; \
    }

GRID_QUANTIZER(iq2_xxs, QUERN_BOOK_IQ2_XXS, {
    take_signs(values, w, sum / 256, 0, true, &u);
    found = search_iq2_xxs((GridShape){32, 8, 2, 2, 6, 0.1f, ALL_POINTS}, book, &u);
})
GRID_QUANTIZER(iq2_xs, QUERN_BOOK_IQ2_XS, {
    take_signs(values, w, sum / 256, 0, true, &u);
    found = search_all_grids((GridShape){16, 8, 2, 2, 9, 0.1f, STRAYED_POINTS}, book, &u, SMALLEST_BLOCK, 0);
})
GRID_QUANTIZER(iq2_s, QUERN_BOOK_IQ2_S, {
    float spread = 2 * sum / 256;
    take_signs(values, w, spread, 0.25f * spread, false, &u);
    found = search_all_grids((GridShape){16, 8, 2, 2, 9, 0.1f, STRAYED_POINTS}, book, &u, 1e-8f, 0);
})
GRID_QUANTIZER(iq3_xxs, QUERN_BOOK_IQ3_XXS, {
    take_signs(values, w, 2 * sum / 256, 0, true, &u);
    found = search_all_grids((GridShape){32, 4, 3, 7, 15, 0.2f, STRAYED_POINTS}, book, &u, 1e-8f, 0);
})
GRID_QUANTIZER(iq3_s, QUERN_BOOK_IQ3_S, {
    take_signs(values, w, 2 * sum / 256, 0, false, &u);
    found = search_all_grids((GridShape){32, 4, 3, 7, 9, 0.2f, ALL_IF_ANY_STRAYED}, book, &u, 0, 0xff);
})
