// The searches: given the values of one block per lane, the scale (and minimum) that quantizes them best.
//
// These are ggml's make_qx_quants, make_q3_quants, make_qkx2/3_quants and make_qp_quants; the order of every sum and the shape of
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

typedef struct { F level, square, product; } Sums;

/// One candidate: rounds to `levels` and sums w*l, w*l*l, w*l*x.
LANE_CODE Sums try_grain(
    const F *x, const F *w, F *levels, int count, F grain, F origin, float highest, bool wild) {
    Sums sums = {{0}, {0}, {0}};
    for (int i = 0; i < count; i++) {
        F level = nearest_clamped(grain * (x[i] - origin), 0, highest, wild);
        F weighted = w[i] * level;
        levels[i] = level;
        sums.level += weighted;
        sums.square += weighted * level;
        sums.product += weighted * x[i];
    }
    return sums;
}

/// The weighted error of `scale * level + minimum`.
LANE_CODE F error_of(const F *x, const F *w, const F *levels, int count, F scale, F minimum, bool absolute) {
    F sum = {0};
    for (int i = 0; i < count; i++) {
        F difference = scale * levels[i] + minimum - x[i];
        difference = absolute ? magnitude(difference) : difference * difference;
        sum += w[i] * difference;
    }
    return sum;
}

/// Whether some lane's candidate could leave the range in which rounding by bias is exact.
LANE_CODE bool is_wild(F grain, F origin, F low, F high) {
    F below = magnitude(low - origin), above = magnitude(high - origin);
    F reach = magnitude(grain) * pick(below > above, below, above);
    return any(~(reach < 4000000.0f));
}

/// Scale and minimum of blocks of `count` values with weights `w` (make_qkx2_quants, make_qkx3_quants).
LANE_CODE Found search_scale_and_minimum(const F *x, const F *w, const int count, const Ladder ladder) {
    F low = x[0], high = x[0], sum_w = w[0], sum_x = sum_w * x[0];
    for (int i = 1; i < count; i++) {
        low = pick(x[i] < low, x[i], low);
        high = pick(x[i] > high, x[i], high);
        sum_w += w[i];
        sum_x += w[i] * x[i];
    }
    F minimum = pick(low > 0, (F){0}, low);
    I empty = high <= minimum;
    // Empty lanes go through the motions with a harmless range.
    high = pick(empty, minimum + 1.0f, high);

    F levels[32];
    F grain = ladder.highest / (high - minimum);
    Found found = {.scale = 1.0f / grain, .minimum = minimum, .grain = grain, .origin = minimum, .empty = empty};
    if (is_wild(grain, minimum, low, high)) {
        try_grain(x, w, levels, count, grain, minimum, ladder.highest, true);
    } else {
        try_grain(x, w, levels, count, grain, minimum, ladder.highest, false);
    }
    F best = error_of(x, w, levels, count, found.scale, minimum, ladder.absolute);
    for (int step = 0; step <= ladder.steps; step++) {
        // The minimum improves as the search goes on, and later candidates are formed from the improved one.
        F origin = found.minimum;
        grain = (ladder.first + ladder.step * (float)step + ladder.highest) / (high - origin);
        Sums sums = is_wild(grain, origin, low, high)
                        ? try_grain(x, w, levels, count, grain, origin, ladder.highest, true)
                        : try_grain(x, w, levels, count, grain, origin, ladder.highest, false);
        F determinant = sum_w * sums.square - sums.level * sums.level;
        F scale = (sum_w * sums.product - sum_x * sums.level) / determinant;
        F bottom = (sums.square * sum_x - sums.level * sums.product) / determinant;
        I above = bottom > 0;
        bottom = pick(above, (F){0}, bottom);
        scale = pick(above, sums.product / sums.square, scale);
        F error = error_of(x, w, levels, count, scale, bottom, ladder.absolute);
        I better = (determinant > 0) & (error < best) & ~empty;
        best = pick(better, error, best);
        found.scale = pick(better, scale, found.scale);
        found.minimum = pick(better, bottom, found.minimum);
        found.grain = pick(better, grain, found.grain);
        found.origin = pick(better, origin, found.origin);
    }
    found.scale = pick(empty, (F){0}, found.scale);
    found.minimum = -found.minimum;
    return found;
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
    F best = {0};
    for (int step = -10; step <= 9; step++) {
        if (step == 0) continue;
        // The first candidate is the plain one; ggml tries it before the ladder.
        bool plain = step == -10;
        F grain = plain ? -half / extreme : -(half + 0.1f * (float)step) / extreme;
        F product = {0}, square = {0};
        for (int i = 0; i < count; i++) {
            F level = nearest_clamped(grain * x[i], -half, half - 1, wild);
            product += weighted[i] * level;
            square += weight[i] * level * level;
        }
        F scale = product / square;
        if (plain) {
            scale = pick(square != 0, scale, (F){0});
            found.scale = scale;
            found.grain = grain;
            best = scale * product;
        } else {
            I better = (square > 0) & (product * product > best * square);
            found.scale = pick(better, scale, found.scale);
            found.grain = pick(better, grain, found.grain);
            best = pick(better, scale * product, best);
        }
    }
    found.scale = pick(empty, (F){0}, found.scale);
    return found;
}

/// Sub-blocks whose descents run interleaved: each step waits for the one before it, and the waiting is long.
#define DESCENTS 4

/// Scales of DESCENTS sub-blocks of 16 signed integers, refined one integer at a time (make_q3_quants). `levels` receives the
/// integers, 0 to 2 * half - 1.
LANE_CODE void search_scales_by_descent(const F *x, I *levels, F *scales, const float half) {
    I empty[DESCENTS];
    F chosen[16 * DESCENTS], product[DESCENTS], square[DESCENTS];
    for (int d = 0; d < DESCENTS; d++) {
        F largest, extreme = extreme_of(x + 16 * d, 16, &largest);
        empty[d] = largest < SMALLEST_BLOCK;
        F grain = -half / pick(empty[d], splat(1), extreme);
        product[d] = square[d] = (F){0};
        for (int i = 16 * d; i < 16 * d + 16; i++) {
            chosen[i] = nearest_clamped(grain * x[i], -half, half - 1, false);
            F weight = x[i] * x[i];
            product[d] += weight * x[i] * chosen[i];
            square[d] += weight * chosen[i] * chosen[i];
        }
    }
    for (int attempt = 0; attempt < 5; attempt++) {
        // A lane in which nothing changed stays as it is in further attempts, so all lanes may go on together.
        I changed = {0};
        for (int i = 0; i < 16; i++) {
#pragma clang loop unroll(full)
            for (int d = 0; d < DESCENTS; d++) {
                F value = x[16 * d + i], old = chosen[16 * d + i], weight = value * value;
                F rest = product[d] - weight * value * old;
                F rest_square = square[d] - weight * old * old;
                F level = nearest_clamped(value * rest_square / rest, -half, half - 1, true);
                F with = rest + weight * value * level;
                F with_square = rest_square + weight * level * level;
                I better = (rest > 0) & (level != old) & (with_square > 0)
                           & (with * with * square[d] > product[d] * product[d] * with_square);
                chosen[16 * d + i] = pick(better, level, old);
                product[d] = pick(better, with, product[d]);
                square[d] = pick(better, with_square, square[d]);
                changed |= better;
            }
        }
        if (!any(changed)) break;
    }
    for (int d = 0; d < DESCENTS; d++) {
        for (int i = 16 * d; i < 16 * d + 16; i++)
            levels[i] = pick_int(empty[d], (I){0}, __builtin_convertvector(chosen[i], I) + (int32_t)half);
        scales[d] = pick(~empty[d] & (square[d] > 0), product[d] / square[d], (F){0});
    }
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
