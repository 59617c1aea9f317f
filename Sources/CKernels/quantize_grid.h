// The search of the IQ2 and IQ3 types: the scale of a sub-block, and the points of a codebook that stand for its values.
//
// Candidate scales ride side by side, one per lane. A candidate rounds every value to its level; groups of values whose levels
// are no point of the codebook move to the best point near them. The best candidate's scale is then refined once more.

/// How a type searches its sub-blocks.
typedef struct {
    int size;           ///< values of a sub-block
    int values, bits;   ///< values of a point, and bits of a level
    int highest;        ///< the highest level
    int reach;          ///< candidates on either side of the plain one
    float step;         ///< what a candidate adds to the value of the highest level
    enum {
        STRAYED_POINTS,     ///< the last rounding concerns points that the best candidate had to move
        ALL_IF_ANY_STRAYED, ///< all points, if one of them had to move
        ALL_POINTS,
    } last;
} GridShape;

/// Where a search ended: the scale, and packed points of the sub-block's groups. `strayed` has a bit for each group that was moved.
typedef struct {
    float scale;
    int32_t points[8];
    uint32_t strayed;
    bool failed;  ///< no finite error: the values or weights are too large for single precision
} GridFound;

/// Packed levels of one group for a grain per lane.
LANE_CODE I round_group(const GridShape s, const float *x, F grain) {
    I packed = {0};
    for (int i = 0; i < s.values; i++)
        packed |= clamp_int(nearest(0.5f * (grain * x[i] - 1.0f)), 0, s.highest) << (s.bits * i);
    return packed;
}

LANE_CODE I level_value(const GridShape s, I packed, int i) {
    return 2 * (packed >> (s.bits * i) & ((1 << s.bits) - 1)) + 1;
}

/// The same for one grain.
LANE_CODE int32_t round_one_group(const GridShape s, const float *x, float grain) {
    int32_t packed = 0;
    for (int i = 0; i < s.values; i++)
        packed |= clamped(nearest_integer(0.5f * (grain * x[i] - 1.0f)), 0, s.highest) << (s.bits * i);
    return packed;
}

LANE_CODE const float *grid_levels(const GridShape s) { return s.bits == 2 ? levels_of_two_bits : levels_of_three_bits; }

/// Tries LANES candidates, the first of them number `first`, and keeps the best in `found`; `best` is its score.
LANE_CODE void try_candidates(
    const GridShape s, const quern_codebook *book, const float *x, const float *w, const float *roots, float range, int first,
    float *best, GridFound *found) {
    const int groups = s.size / s.values, count = s.reach - first + 1 < LANES ? s.reach - first + 1 : LANES;
    F grain = ((float)(2 * s.highest + 1) + to_float(lane_numbers() + first) * s.step) / range;
    F scale = 1.0f / grain, product = {0}, square = {0};
    float scales[LANES];
    memcpy(scales, &scale, sizeof scale);
    int32_t points[8][LANES];
    uint32_t strayed[LANES] = {0};
    // Whether a point is in the codebook is a toss-up, so those that are not are listed without a branch.
    int strays[8 * LANES], strays_count = 0;
    for (int k = 0; k < groups; k++) {
        I packed = round_group(s, x + s.values * k, grain);
        memcpy(points[k], &packed, sizeof packed);
        for (int lane = 0; lane < count; lane++) {
            strays[strays_count] = k * LANES + lane;
            strays_count += book->places[points[k][lane]] < 0;
        }
    }
    for (int i = 0; i < strays_count; i++) {
        int k = strays[i] / LANES, lane = strays[i] % LANES;
        int32_t place = book->places[points[k][lane]];
        int32_t point =
            best_near(book, s.values, s.bits, place, x + s.values * k, roots + s.values * k, scales[lane], grid_levels(s));
        found->failed |= point < 0;
        points[k][lane] = point & 0xffff;
        strayed[lane] |= 1u << k;
    }
    for (int k = 0; k < groups; k++) {
        I packed;
        memcpy(&packed, points[k], sizeof packed);
        for (int i = 0; i < s.values; i++) {
            F level = to_float(level_value(s, packed, i));
            float weight = w[s.values * k + i];
            product += weight * x[s.values * k + i] * level;
            square += weight * level * level;
        }
    }
    for (int lane = 0; lane < count; lane++) {
        if (!(square[lane] > 0 && product[lane] * product[lane] > *best * square[lane])) continue;
        found->scale = product[lane] / square[lane];
        *best = found->scale * product[lane];
        found->strayed = strayed[lane];
        for (int k = 0; k < groups; k++) found->points[k] = points[k][lane];
    }
}

/// Rounds once more with the scale that was found, and fits the scale to the points that result.
LANE_CODE void refine(
    const GridShape s, const quern_codebook *book, const float *x, const float *w, const float *roots, GridFound *found) {
    const int groups = s.size / s.values;
    if (!(found->scale > 0) || (s.last != ALL_POINTS && found->strayed == 0)) return;
    float grain = 1 / found->scale;
    for (int k = 0; k < groups; k++) {
        if (s.last == STRAYED_POINTS && !(found->strayed >> k & 1)) continue;
        int32_t packed = round_one_group(s, x + s.values * k, grain), place = book->places[packed];
        if (place < 0) {
            packed = best_near(
                book, s.values, s.bits, place, x + s.values * k, roots + s.values * k, found->scale, grid_levels(s));
            found->failed |= packed < 0;
        }
        found->points[k] = packed & 0xffff;
    }
    float product = 0, square = 0;
    for (int i = 0; i < s.size; i++) {
        int level = found->points[i / s.values] >> (s.bits * (i % s.values)) & ((1 << s.bits) - 1);
        float value = (float)(2 * level + 1);
        product += w[i] * x[i] * value;
        square += w[i] * value * value;
    }
    if (square > 0) found->scale = product / square;
}

/// Searches one sub-block. The highest level stands for `range` in the plain candidate; `scale` and `strayed` are where the search
/// starts from, should no candidate have a score.
LANE_CODE GridFound search_grid(
    const GridShape s, const quern_codebook *book, const float *x, const float *w, const float *roots, float range, float scale,
    uint32_t strayed) {
    GridFound found = {.scale = scale, .strayed = strayed};
    float best = 0;
    for (int first = -s.reach; first <= s.reach; first += LANES)
        try_candidates(s, book, x, w, roots, range, first, &best, &found);
    refine(s, book, x, w, roots, &found);
    // Infinite sums leave no number for a scale; a scale below zero turns around together with the signs.
    found.failed |= isnan(found.scale);
    return found;
}
