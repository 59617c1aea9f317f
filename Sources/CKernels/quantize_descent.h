// The search of Q3_K without importance: ggml's make_q3_quants, one integer after the other.

/// Sub-blocks whose descents run interleaved, since each step waits for the one before it.
#define DESCENTS 4

/// DESCENTS sub-blocks of 16 values: their integers, and what each of them adds to the sums of w*x*l and w*l*l.
typedef struct {
    const F *x;
    F weight[16 * DESCENTS], weighted[16 * DESCENTS];
    F level[16 * DESCENTS], share[16 * DESCENTS], square_share[16 * DESCENTS];
    F product[DESCENTS], square[DESCENTS];
} Descent;

LANE_CODE void set_level(Descent *s, int i, F level) {
    s->level[i] = level;
    s->share[i] = s->weighted[i] * level;
    s->square_share[i] = s->weight[i] * level * level;
}

/// Starts from the integers that the largest value suggests; returns where there is nothing to search.
LANE_CODE I start_descent(Descent *s, int d, const float half) {
    const F *x = s->x + 16 * d;
    F largest, extreme = extreme_of(x, 16, &largest), product = {0}, square = {0};
    I empty = largest < SMALLEST_BLOCK;
    F grain = -half / pick(empty, splat(1), extreme);
    for (int i = 0; i < 16; i++) {
        F weight = x[i] * x[i];
        s->weight[16 * d + i] = weight;
        s->weighted[16 * d + i] = weight * x[i];
        set_level(s, 16 * d + i, nearest_clamped(grain * x[i], -half, half - 1, false));
        product += s->share[16 * d + i];
        square += s->square_share[16 * d + i];
    }
    s->product[d] = product;
    s->square[d] = square;
    return empty;
}

/// Gives value `i` of sub-block `d` the integer that fits the others best, where that is an improvement. Returns where it changed.
LANE_CODE I improve_level(Descent *s, int d, int i, const float half) {
    F old = s->level[i], product = s->product[d], square = s->square[d];
    F rest = product - s->share[i], rest_square = square - s->square_share[i], wanted = s->x[i] * rest_square;
    // What is wanted lies nearer to the integer that is there than half a step, in every lane, or beyond the highest one: nothing
    // changes. The slack is far more than the rounding of either side.
    F off = wanted - old * rest, slack = 0.4999f * rest;
    I moves = (rest > 0) & ~((off > -slack) & (off < pick(old > half - 1.5f, 1000.0f * rest, slack)));
    if (!any(moves)) return (I){0};
    F level = nearest_clamped(wanted / rest, -half, half - 1, true);
    F with = rest + s->weighted[i] * level, with_square = rest_square + s->weight[i] * level * level;
    I better = (rest > 0) & (level != old) & (with_square > 0) & (with * with * square > product * product * with_square);
    set_level(s, i, pick(better, level, old));
    s->product[d] = pick(better, with, product);
    s->square[d] = pick(better, with_square, square);
    return better;
}

/// Scales of DESCENTS sub-blocks of 16 signed integers, refined one integer at a time (make_q3_quants). `levels` receives the
/// integers, 0 to 2 * half - 1.
LANE_CODE void search_scales_by_descent(const F *x, I *levels, F *scales, const float half) {
    Descent s = {.x = x};
    I empty[DESCENTS];
    for (int d = 0; d < DESCENTS; d++) empty[d] = start_descent(&s, d, half);
    for (int attempt = 0; attempt < 5; attempt++) {
        // A lane in which nothing changed stays as it is in further attempts, so all lanes may go on together.
        I changed = {0};
        for (int i = 0; i < 16; i++) {
#pragma clang loop unroll(full)
            for (int d = 0; d < DESCENTS; d++) changed |= improve_level(&s, d, 16 * d + i, half);
        }
        if (!any(changed)) break;
    }
    for (int d = 0; d < DESCENTS; d++) {
        for (int i = 16 * d; i < 16 * d + 16; i++)
            levels[i] = pick_int(empty[d], (I){0}, __builtin_convertvector(s.level[i], I) + (int32_t)half);
        scales[d] = pick(~empty[d] & (s.square[d] > 0), s.product[d] / s.square[d], (F){0});
    }
}
