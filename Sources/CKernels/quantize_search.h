// The searches: given the values of one block per lane, the scale (and minimum) that quantizes them best.
//
// These are ggml's make_qx_quants, make_qkx2/3_quants and make_qp_quants; the order of every sum and the shape of
// every comparison is theirs, because they decide the last bit. A search does not keep the integers that it chose: they follow
// from the grain and origin of the winning candidate, and are hardly ever needed.

/// Blocks whose largest value is below this are treated as zero.
#define SMALLEST_BLOCK 1e-15f

/// Where a search ended. Integer `i` of the block is `offset + clamp(nearest(grain * (x - origin)))`; an `empty` block has zeros.
typedef struct {
    F scale, minimum;
    F grain, origin;
    I empty;
} Found;

/// How a search with a minimum steps through its candidates: `highest` is the largest integer, the first candidate divides the
/// range by `highest + first`, each following one by `step` more.
typedef struct {
    float highest, first, step;
    int steps;
    bool absolute;  ///< errors are absolute differences, not squares
} Ladder;

/// Blocks of one lane that are searched interleaved: each step of a search waits for the one before it, and the waiting is long.
#define ABREAST (LANES == 16 ? 4 : 2)

/// ABREAST blocks of `count` values each: what is known of them before the search, the candidates at hand, and their sums of w*l,
/// w*l*l and w*l*x.
typedef struct {
    const F *x, *w;
    F low[ABREAST], high[ABREAST], sum_w[ABREAST], sum_x[ABREAST];
    F grain[ABREAST], origin[ABREAST];
    F level[ABREAST], square[ABREAST], product[ABREAST];
    F levels[32 * ABREAST];
} Trial;

#define EACH_ABREAST _Pragma("clang loop unroll(full)") for (int p = 0; p < ABREAST; p++)

/// Rounds to `levels` and sums up.
LANE_CODE void try_grains(Trial *t, const int count, float highest, bool wild) {
    const F *x = t->x, *w = t->w;
    F grain[ABREAST], origin[ABREAST], level[ABREAST], square[ABREAST], product[ABREAST];
    EACH_ABREAST {
        grain[p] = t->grain[p];
        origin[p] = t->origin[p];
        level[p] = square[p] = product[p] = (F){0};
    }
    for (int i = 0; i < count; i++) EACH_ABREAST {
        F value = x[count * p + i];
        F here = nearest_clamped(grain[p] * (value - origin[p]), 0, highest, wild);
        F weighted = w[count * p + i] * here;
        t->levels[count * p + i] = here;
        level[p] += weighted;
        square[p] += weighted * here;
        product[p] += weighted * value;
    }
    EACH_ABREAST {
        t->level[p] = level[p];
        t->square[p] = square[p];
        t->product[p] = product[p];
    }
}

/// The weighted errors of `scale * level + minimum`.
LANE_CODE void errors_of(const Trial *t, const int count, const F *scales, const F *minimums, bool absolute, F *errors) {
    const F *x = t->x, *w = t->w;
    F scale[ABREAST], minimum[ABREAST], sum[ABREAST];
    EACH_ABREAST {
        scale[p] = scales[p];
        minimum[p] = minimums[p];
        sum[p] = (F){0};
    }
    for (int i = 0; i < count; i++) EACH_ABREAST {
        F difference = scale[p] * t->levels[count * p + i] + minimum[p] - x[count * p + i];
        difference = absolute ? magnitude(difference) : difference * difference;
        sum[p] += w[count * p + i] * difference;
    }
    EACH_ABREAST errors[p] = sum[p];
}

/// Tries the candidates at hand, with care where some lane's could leave the range in which rounding by bias is exact.
LANE_CODE void try_candidates_at_hand(Trial *t, const int count, float highest) {
    I wild = {0};
    EACH_ABREAST {
        F below = magnitude(t->low[p] - t->origin[p]), above = magnitude(t->high[p] - t->origin[p]);
        wild |= ~(magnitude(t->grain[p]) * larger(below, above) < 4000000.0f);
    }
    if (any(wild)) try_grains(t, count, highest, true);
    else try_grains(t, count, highest, false);
}

/// Looks at the values of block `p`; returns where there is nothing to search.
LANE_CODE I look_at_block(Trial *t, const int count, int p) {
    const F *x = t->x + count * p, *w = t->w + count * p;
    F low = x[0], high = x[0], sum_w = w[0], sum_x = w[0] * x[0];
    for (int i = 1; i < count; i++) {
        low = smaller(x[i], low);
        high = larger(x[i], high);
        sum_w += w[i];
        sum_x += w[i] * x[i];
    }
    F origin = pick(low > 0, (F){0}, low);
    I empty = high <= origin;
    // Empty lanes go through the motions with a harmless range.
    t->high[p] = pick(empty, origin + 1.0f, high);
    t->low[p] = low;
    t->origin[p] = origin;
    t->sum_w[p] = sum_w;
    t->sum_x[p] = sum_x;
    return empty;
}

/// Scale and minimum that fit the levels of block `p` best; returns where there are some.
LANE_CODE I fit_levels(const Trial *t, int p, F *scale, F *minimum) {
    F level = t->level[p], square = t->square[p], product = t->product[p];
    F determinant = t->sum_w[p] * square - level * level;
    F bottom = (square * t->sum_x[p] - level * product) / determinant;
    I above = bottom > 0;
    *scale = pick(above, product, t->sum_w[p] * product - t->sum_x[p] * level) / pick(above, square, determinant);
    *minimum = pick(above, (F){0}, bottom);
    return determinant > 0;
}

/// Scales and minimums of ABREAST blocks of `count` values with weights `w`, which follow each other (make_qkx2_quants,
/// make_qkx3_quants).
LANE_CODE void search_scales_and_minimums(const F *x, const F *w, Found *found, const int count, const Ladder ladder) {
    Trial t = {.x = x, .w = w};
    F best[ABREAST], scale[ABREAST], minimum[ABREAST], error[ABREAST];
    EACH_ABREAST {
        I empty = look_at_block(&t, count, p);
        t.grain[p] = ladder.highest / (t.high[p] - t.origin[p]);
        scale[p] = 1.0f / t.grain[p];
        found[p] = (Found){
            .scale = scale[p], .minimum = t.origin[p], .grain = t.grain[p], .origin = t.origin[p], .empty = empty};
    }
    try_candidates_at_hand(&t, count, ladder.highest);
    errors_of(&t, count, scale, t.origin, ladder.absolute, best);
    for (int step = 0; step <= ladder.steps; step++) {
        EACH_ABREAST {
            // The minimum improves as the search goes on, and later candidates are formed from the improved one.
            t.origin[p] = found[p].minimum;
            t.grain[p] = (ladder.first + ladder.step * (float)step + ladder.highest) / (t.high[p] - t.origin[p]);
        }
        try_candidates_at_hand(&t, count, ladder.highest);
        I possible[ABREAST];
        EACH_ABREAST possible[p] = fit_levels(&t, p, &scale[p], &minimum[p]) & ~found[p].empty;
        errors_of(&t, count, scale, minimum, ladder.absolute, error);
        EACH_ABREAST {
            I better = possible[p] & (error[p] < best[p]);
            best[p] = pick(better, error[p], best[p]);
            found[p].scale = pick(better, scale[p], found[p].scale);
            found[p].minimum = pick(better, minimum[p], found[p].minimum);
            found[p].grain = pick(better, t.grain[p], found[p].grain);
            found[p].origin = pick(better, t.origin[p], found[p].origin);
        }
    }
    EACH_ABREAST {
        found[p].scale = pick(found[p].empty, (F){0}, found[p].scale);
        found[p].minimum = -found[p].minimum;
    }
}

/// The value with the largest magnitude, the first of them where several have it.
LANE_CODE F extreme_of(const F *x, int count, F *size) {
    F extreme = {0}, largest = {0};
    for (int i = 0; i < count; i++) {
        F here = magnitude(x[i]);
        I more = here > largest;
        largest = pick(more, here, largest);
        extreme = pick(more, x[i], extreme);
    }
    *size = largest;
    return extreme;
}

/// Candidates for a scale that are tried side by side: as many as there are registers for their sums.
#define TRIALS (LANES == 16 ? 6 : LANES == 8 ? 3 : 1)

/// Weighted products and squares of the levels that blocks of `count` values get at `trials` grains.
LANE_CODE void try_scales(
    const F *x, const F *weight, const F *weighted, const int count, const int trials, const F *grains, float half, bool wild,
    F *products, F *squares) {
    F grain[TRIALS], product[TRIALS], square[TRIALS];
    for (int t = 0; t < trials; t++) {
        grain[t] = grains[t];
        product[t] = square[t] = (F){0};
    }
    for (int i = 0; i < count; i++)
#pragma clang loop unroll(full)
        for (int t = 0; t < trials; t++) {
            F level = nearest_clamped(grain[t] * x[i], -half, half - 1, wild);
            product[t] += weighted[i] * level;
            square[t] += weight[i] * level * level;
        }
    for (int t = 0; t < trials; t++) {
        products[t] = product[t];
        squares[t] = square[t];
    }
}

/// Scale of blocks of signed integers from -half to half - 1 (make_qx_quants); `w` null means x squared. Values are `wild` where
/// they may be infinite: the scales of sub-blocks whose sums overflowed.
LANE_CODE Found search_scale(const F *x, const F *w, const int count, const float half, const bool wild) {
    F largest, extreme = extreme_of(x, count, &largest);
    I empty = largest < SMALLEST_BLOCK;
    extreme = pick(empty, splat(1), extreme);
    F weight[32], weighted[32];
    for (int i = 0; i < count; i++) {
        weight[i] = w ? w[i] : x[i] * x[i];
        weighted[i] = weight[i] * x[i];
    }
    Found found = {.empty = empty};
    F best, grain[18], product[18], square[18];
    // The first candidate is the plain one; ggml tries it before the ladder, and the ladder steps over it.
    grain[0] = -half / extreme;
    try_scales(x, weight, weighted, count, 1, grain, half, wild, product, square);
    found.scale = pick(square[0] != 0, product[0] / square[0], (F){0});
    found.grain = grain[0];
    best = found.scale * product[0];
    for (int t = 0; t < 18; t++) grain[t] = -(half + 0.1f * (float)(t < 9 ? t - 9 : t - 8)) / extreme;
    for (int t = 0; t < 18; t += TRIALS)
        try_scales(x, weight, weighted, count, TRIALS, grain + t, half, wild, product + t, square + t);
    for (int t = 0; t < 18; t++) {
        F scale = product[t] / square[t];
        I better = (square[t] > 0) & (product[t] * product[t] > best * square[t]);
        found.scale = pick(better, scale, found.scale);
        found.grain = pick(better, grain[t], found.grain);
        best = pick(better, scale * product[t], best);
    }
    found.scale = pick(empty, (F){0}, found.scale);
    return found;
}

/// Quantizes the scales (or minimums) of a super-block to integers up to `highest` with a common scale (make_qp_quants).
/// Integers are bytes: a negative value wraps, as it does in ggml.
LANE_CODE F search_common_scale(const F *x, const F *w, I *levels, const int count, const int32_t highest) {
    F largest = {0};
    for (int i = 0; i < count; i++) largest = pick(largest > x[i], largest, x[i]);
    I empty = largest < SMALLEST_BLOCK;
    largest = pick(empty, splat(1), largest);
    F grain = (float)highest / largest, scale = 1.0f / grain, best = {0};
    for (int i = 0; i < count; i++) {
        F difference = x[i] - scale * to_float(nearest(grain * x[i]) & 255);
        best += w[i] * difference * difference;
    }
    for (int step = -4; step <= 4; step++) {
        if (step == 0) continue;
        F candidate = (0.1f * (float)step + (float)highest) / largest, candidate_scale = 1.0f / candidate, error = {0};
        for (int i = 0; i < count; i++) {
            I level = nearest(candidate * x[i]);
            level = pick_int(level > highest, (I){0} + highest, level);
            F difference = x[i] - candidate_scale * to_float(level);
            error += w[i] * difference * difference;
        }
        I better = error < best;
        best = pick(better, error, best);
        grain = pick(better, candidate, grain);
    }
    F product = {0}, square = {0};
    for (int i = 0; i < count; i++) {
        I whole = nearest(grain * x[i]);
        whole = pick_int(whole > highest, (I){0} + highest, whole);
        F level = to_float(whole);
        levels[i] = whole & 255;
        product += w[i] * x[i] * level;
        square += w[i] * level * level;
    }
    for (int attempt = 0; attempt < 5; attempt++) {
        I changed = {0};
        for (int i = 0; i < count; i++) {
            F old = to_float(levels[i]);
            F rest = product - w[i] * x[i] * old, rest_square = square - w[i] * old * old;
            I whole = nearest(x[i] * rest_square / rest);
            whole = pick_int(whole > highest, (I){0} + highest, whole);
            F level = to_float(whole);
            F with = rest + w[i] * x[i] * level, with_square = rest_square + w[i] * level * level;
            I better = (rest > 0) & (rest_square > 0) & (whole != levels[i])
                       & (with * with * square > product * product * with_square);
            levels[i] = pick_int(better, whole & 255, levels[i]);
            product = pick(better, with, product);
            square = pick(better, with_square, square);
            changed |= better;
        }
        if (!any(changed)) break;
    }
    for (int i = 0; i < count; i++) levels[i] = pick_int(empty, (I){0}, levels[i]);
    return pick(~empty & (square > 0), product / square, (F){0});
}
