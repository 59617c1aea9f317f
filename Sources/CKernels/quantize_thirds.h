// IQ1_S and IQ1_M: values of -1, 0 and 1, shifted a little up or down, from a codebook of groups of eight.
//
// Sorted values fall into three runs, so all ways to cut them are tried. Ways to cut ride side by side, one per lane, and are
// compared in ggml's order: what is better than the best so far becomes the best.

/// What the three levels stand for when shifted up and down, in repeating tables.
static const float thirds_up[16] = {
    -0.875f, 0.125f, 1.125f, 0, -0.875f, 0.125f, 1.125f, 0, -0.875f, 0.125f, 1.125f, 0, -0.875f, 0.125f, 1.125f, 0};
static const float thirds_down[16] = {
    -1.125f, -0.125f, 0.875f, 0, -1.125f, -0.125f, 0.875f, 0, -1.125f, -0.125f, 0.875f, 0, -1.125f, -0.125f, 0.875f, 0};

/// Sub-blocks in their sorted order.
typedef struct {
    uint8_t at[32];  ///< by rank, the position of the value
} Sorted;

/// Ranks values from the smallest; equal ones keep their order.
LANE_CODE Sorted sort_values(const float *x, const int count) {
    Sorted sorted;
    for (int i = 0; i < count; i++) {
        int32_t rank = 0;
        for (int j = 0; j < count; j++) rank += x[j] < x[i] || (x[j] == x[i] && j < i);
        sorted.at[rank] = (uint8_t)i;
    }
    return sorted;
}

/// The best way to cut: values up to rank `low` get the lowest level, those from rank `high` on the highest. `shift` numbers the
/// signs of the shifts; below zero there is none.
typedef struct {
    float score, scale;
    int low, high, shift;
} Cut;

/// Sums over the values below each rank: of weight * x and of weights. Sub-blocks of 16 have sums for each half.
typedef struct {
    float x[2][33 + LANES], w[2][33 + LANES];
} Prefix;

LANE_CODE Prefix sum_up(const float *x, const float *w, const Sorted *sorted, const int size) {
    Prefix p = {{{0}}, {{0}}};
    for (int j = 0; j < size; j++) {
        int i = sorted->at[j], half = size == 32 ? 0 : i / 8;
        p.x[half][j + 1] = p.x[half][j] + w[i] * x[i];
        p.w[half][j + 1] = p.w[half][j] + w[i];
        p.x[1 - half][j + 1] = p.x[1 - half][j];
        p.w[1 - half][j + 1] = p.w[1 - half][j];
    }
    return p;
}

/// Products and squares of LANES ways to cut a sub-block of 32, for either shift of all its values.
LANE_CODE void cut_32(const Prefix *p, int low, int high, F *products, F *squares) {
    const float *sum_x = p->x[0], *sum_w = p->w[0];
    F x_here = load_floats(sum_x + high), w_here = load_floats(sum_w + high);
    for (int k = 0; k < 2; k++) {
        const float *q = k == 0 ? thirds_up : thirds_down;
        products[k] = sum_x[low] * q[0] + (x_here - sum_x[low]) * q[1] + (sum_x[32] - x_here) * q[2];
        squares[k] = sum_w[low] * q[0] * q[0] + (w_here - sum_w[low]) * q[1] * q[1] + (sum_w[32] - w_here) * q[2] * q[2];
    }
}

/// The same for a sub-block of 16, whose halves shift each for itself. Sums over three runs collapse, since levels are a step
/// apart, to the total less what lies below either cut; this is how ggml rounds them.
LANE_CODE void cut_16(const Prefix *p, int low, int high, F *products, F *squares) {
    F product[2][2], square[2][2];
    for (int half = 0; half < 2; half++)
        for (int k = 0; k < 2; k++) {
            const float *q = k == 0 ? thirds_up : thirds_down, *sum_x = p->x[half], *sum_w = p->w[half];
            const float lower = q[0] * q[0] - q[1] * q[1], upper = q[1] * q[1] - q[2] * q[2];
            product[half][k] = sum_x[16] * q[2] - (sum_x[low] + load_floats(sum_x + high));
            square[half][k] = sum_w[16] * q[2] * q[2] + sum_w[low] * lower + load_floats(sum_w + high) * upper;
        }
    for (int k = 0; k < 4; k++) {
        products[k] = product[0][k / 2] + product[1][k % 2];
        squares[k] = square[0][k / 2] + square[1][k % 2];
    }
}

LANE_CODE void cut(const Prefix *p, const int size, int low, int high, F *products, F *squares) {
    if (size == 32) cut_32(p, low, high, products, squares);
    else cut_16(p, low, high, products, squares);
}

/// Compares LANES ways to cut, from `high` on. Only lanes of `open` count. In ggml's order, the shifts of one way follow each
/// other.
LANE_CODE void compare_cuts(const F *products, const F *squares, const int shifts, uint32_t *open, int low, int high, Cut *best) {
    for (;;) {
        uint32_t better[4], all = 0;
        for (int k = 0; k < shifts; k++) {
            better[k] = open[k] & lanes_of((squares[k] > 0) & (products[k] * products[k] > best->score * squares[k]));
            all |= better[k];
        }
        if (!all) return;
        int lane = __builtin_ctz(all), shift = 0;
        while (!(better[shift] >> lane & 1)) shift++;
        float product = products[shift][lane];
        best->scale = product / squares[shift][lane];
        best->score = best->scale * product;
        best->low = low;
        best->high = high + lane;
        best->shift = shift;
        for (int k = 0; k < shifts; k++) open[k] &= ~0u << lane << (k <= shift);
    }
}

/// A score below which no way to cut need be compared, from the highest one: many ways beat all before them, few come near the
/// best. A ten-thousandth is far more than rounding can tell apart, as long as nothing underflows: every level is at least an
/// eighth, so squares stay within a factor of 81 of each other, and the total weight bounds them.
LANE_CODE float worth_comparing(float highest, float total) {
    bool safe = highest > 1e-15f && highest < 1e15f && total > 1e-15f && total < 1e15f;
    return safe ? highest * 0.9999f : -3.402823466e38f;
}

/// Tries all ways to cut a sub-block, with all shifts.
LANE_CODE Cut best_cut(const Prefix *p, const int size) {
    enum { CHUNKS = 33 * ((33 + LANES - 1) / LANES) };
    const int shifts = size == 32 ? 2 : 4;
    F products[4], squares[4], scores[CHUNKS][4], highest = {0};
    int chunk = 0;
    for (int low = 0; low <= size; low++)
        for (int high = low; high <= size; high += LANES, chunk++) {
            I valid = lane_numbers() <= size - high;
            cut(p, size, low, high, products, squares);
            for (int k = 0; k < shifts; k++) {
                F score = pick(valid & (squares[k] > 0), products[k] * products[k] / squares[k], splat(-1));
                highest = pick(score > highest, score, highest);
                scores[chunk][k] = score;
            }
        }
    float most = 0;
    for (int lane = 0; lane < LANES; lane++) most = highest[lane] > most ? highest[lane] : most;
    const float least = worth_comparing(most, p->w[0][size] + p->w[1][size]);
    Cut best = {.score = -3.402823466e38f, .shift = -1};
    chunk = 0;
    for (int low = 0; low <= size; low++)
        for (int high = low; high <= size; high += LANES, chunk++) {
            uint32_t open[4], all = 0, valid = lanes_of(lane_numbers() <= size - high);
            for (int k = 0; k < shifts; k++) {
                // Without a least score, scores may be infinite or no numbers.
                open[k] = least > 0 ? lanes_of(scores[chunk][k] >= least) : valid;
                all |= open[k];
            }
            if (!all) continue;
            cut(p, size, low, high, products, squares);
            compare_cuts(products, squares, shifts, open, low, high, &best);
        }
    return best;
}

/// A sub-block's groups: packed points, what their levels stand for, and the scale.
typedef struct {
    float scale;
    int shift;
    int32_t points[4];
    bool failed;
} Thirds;

/// What the levels of group `k` stand for; sub-blocks of 16 shift their halves each for itself.
LANE_CODE const float *third_levels(int shift, const int size, int k) {
    bool down = size == 32 ? shift == 1 : k == 0 ? shift >= 2 : shift % 2 == 1;
    return down ? thirds_down : thirds_up;
}

/// Searches one sub-block. Where there is nothing to scale, the scale is zero, and so are shift and points.
LANE_CODE Thirds search_thirds(
    const quern_codebook *book, const float *x, const float *w, const int size, float least) {
    Thirds t = {.scale = 0};
    float largest = 0;
    for (int i = 0; i < size; i++) largest = fabsf(x[i]) > largest ? fabsf(x[i]) : largest;
    if (largest < least) return t;
    Sorted sorted = sort_values(x, size);
    Prefix sums = sum_up(x, w, &sorted, size);
    Cut cut = best_cut(&sums, size);
    if (cut.shift < 0) return t;
    bool turned = cut.scale < 0;
    t.scale = turned ? -cut.scale : cut.scale;
    t.shift = turned ? (size == 32 ? 1 : 3) - cut.shift : cut.shift;
    for (int j = 0; j < size; j++) {
        int level = j < cut.low ? 0 : j < cut.high ? 1 : 2, i = sorted.at[j];
        t.points[i / 8] |= (turned ? 2 - level : level) << 2 * (i % 8);
    }
    bool strayed = false;
    for (int k = 0; k < size / 8; k++) {
        int32_t place = book->places[t.points[k]];
        if (place >= 0) continue;
        strayed = true;
        t.points[k] = best_near(book, 8, 2, place, x + 8 * k, w + 8 * k, t.scale, third_levels(t.shift, size, k));
        t.failed |= t.points[k] < 0;
        t.points[k] &= 0xffff;
    }
    float product = 0, square = 0;
    for (int i = 0; i < size && strayed; i++) {
        float q = third_levels(t.shift, size, i / 8)[t.points[i / 8] >> 2 * (i % 8) & 3];
        product += w[i] * q * x[i];
        square += w[i] * q * q;
    }
    if (product > 0 && square > 0) t.scale = product / square;
    t.failed |= !(t.scale >= 0);
    return t;
}

/// Importance times the root of `spread` + x*x, or without importance x*x.
LANE_CODE void weigh_thirds(const float *x, const float *importance, float spread, float *weights) {
    for (int i = 0; i < 256; i += LANES) {
        F value = load_floats(x + i), square = value * value;
        F weight = importance ? load_floats(importance + i) * square_root(spread + square) : square;
        memcpy(weights + i, &weight, sizeof weight);
    }
}

LANE_CODE int third_scale(float scale, float inverse) {
    return clamped(nearest_integer(0.5f * (inverse * scale - 1.0f)), 0, 7);
}

static void write_iq1_s(const quern_codebook *book, const float *x, const float *weights, quern_block_iq1_s *y) {
    Thirds found[8];
    float largest = 0;
    bool failed = false;
    memset(y, 0, sizeof *y);
    for (int j = 0; j < 8; j++) {
        found[j] = search_thirds(book, x + 32 * j, weights + 32 * j, 32, 1e-12f);
        failed |= found[j].failed;
        largest = largest > found[j].scale ? largest : found[j].scale;
    }
    if (failed) y->d = NO_SCALE;
    if (failed) return;
    float d = largest / 15, inverse = 1 / d;
    if (largest != 0) y->d = half_of(d * 1.125f);
    for (int j = 0; j < 8; j++) {
        uint16_t high = 0;
        for (int k = 0; k < 4; k++) {
            uint16_t index = (uint16_t)book->places[found[j].points[k]];
            y->qs[4 * j + k] = (uint8_t)index;
            high |= (uint16_t)(index >> 8 << 3 * k);
        }
        if (largest != 0) high |= (uint16_t)((third_scale(found[j].scale, inverse) | found[j].shift << 3) << 12);
        memcpy(y->qh + 2 * j, &high, sizeof high);
    }
}

/// The common scale that fits what the sub-blocks' scales and points say best.
LANE_CODE float fit_common_scale(const Thirds *found, const float *x, const float *weights, const int *scales, float scale) {
    float product = 0, square = 0;
    for (int i = 0; i < 256; i++) {
        const Thirds *t = &found[i / 16];
        int half = i / 8 % 2;
        float q = third_levels(t->shift, 16, half)[t->points[half] >> 2 * (i % 8) & 3] * (float)(2 * scales[i / 16] + 1);
        product += weights[i] * q * x[i];
        square += weights[i] * q * q;
    }
    return square > 0 ? product / square : scale;
}

/// The common scale of IQ1_M lies in four pieces above the sub-blocks' scales.
LANE_CODE void pack_iq1_m_scales(quern_block_iq1_m *y, const int scales[16], quern_half common) {
    for (int j = 0; j < 4; j++) {
        uint16_t word = (uint16_t)((common >> 4 * j & 15) << 12);
        for (int i = 0; i < 4; i++) word |= (uint16_t)(scales[4 * j + i] << 3 * i);
        memcpy(y->scales + 2 * j, &word, sizeof word);
    }
}

static void write_iq1_m(const quern_codebook *book, const float *x, const float *weights, quern_block_iq1_m *y) {
    Thirds found[16];
    int scales[16] = {0};
    float largest = 0;
    bool failed = false;
    memset(y, 0, sizeof *y);
    for (int j = 0; j < 16; j++) {
        found[j] = search_thirds(book, x + 16 * j, weights + 16 * j, 16, 1e-7f);
        failed |= found[j].failed;
        largest = largest > found[j].scale ? largest : found[j].scale;
    }
    if (failed) pack_iq1_m_scales(y, scales, NO_SCALE);
    if (failed) return;
    for (int j = 0; j < 16; j++) {
        int32_t first = book->places[found[j].points[0]], second = book->places[found[j].points[1]];
        y->qs[2 * j] = (uint8_t)first;
        y->qs[2 * j + 1] = (uint8_t)second;
        y->qh[j] = (uint8_t)(first >> 8 | second >> 8 << 4);
    }
    if (largest == 0) return;
    float d = largest / 15, inverse = 1 / d;
    for (int j = 0; j < 16; j++) {
        scales[j] = third_scale(found[j].scale, inverse);
        y->qh[j] |= (uint8_t)((found[j].shift & 2) << 2 | (found[j].shift & 1) << 7);
    }
    pack_iq1_m_scales(y, scales, half_of(fit_common_scale(found, x, weights, scales, d) * 1.1125f));
}

#define THIRDS_QUANTIZER(TYPE) \
    static bool quantize_##TYPE(const float *x, void *y, size_t rows, size_t columns, const float *importance) { \
        const quern_codebook *book = quern_codebook_for(QUERN_BOOK_IQ1); \
        size_t row_blocks = columns / 256, blocks = rows * row_blocks; \
        if (!book) return false; \
        for (size_t first = 0; first < blocks; first += LANES) { \
            size_t count = blocks - first < LANES ? blocks - first : LANES; \
            F sums = square_sums(x + 256 * first, count); \
            for (size_t lane = 0; lane < count; lane++) { \
                const float *values = x + 256 * (first + lane); \
                const float *w = importance ? importance + (first + lane) % row_blocks * 256 : NULL; \
                float weights[256]; \
                weigh_thirds(values, w, 2 * sums[lane] / 256, weights); \
                write_##TYPE(book, values, weights, (quern_block_##TYPE *)y + first + lane); \
            } \
        } \
        return true; \
    }

THIRDS_QUANTIZER(iq1_s)
THIRDS_QUANTIZER(iq1_m)
