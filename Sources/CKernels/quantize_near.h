// The best point of a codebook for a few values at a given scale.

/// What the levels of two and of three bits stand for, in repeating tables.
static const float levels_of_two_bits[16] = {1, 3, 5, 0, 1, 3, 5, 0, 1, 3, 5, 0, 1, 3, 5, 0};
static const float levels_of_three_bits[16] = {1, 3, 5, 7, 9, 11, 13, 15, 1, 3, 5, 7, 9, 11, 13, 15};

/// w * (scale * level - x)^2 for every level.
LANE_CODE Palette errors_of_levels(const float levels[16], float scale, float x, float w) {
    Palette result;
#if LANES > 1
    F difference = scale * load_floats(levels) - x;
    result.entries = w * difference * difference;
#else
    for (int i = 0; i < 8; i++) {
        float difference = scale * levels[i] - x;
        result.entries[i] = w * difference * difference;
    }
#endif
    return result;
}

/// The point with the least weighted squared error among those near `place`, the first of equal ones, packed; -1 where no error
/// is a finite number. Errors are sums from the first value to the last, as everywhere in ggml: every term is one of a few, so
/// it is looked up, and LANES points are summed side by side.
LANE_CODE int32_t best_near(
    const quern_codebook *book, const int values, const int bits, int32_t place, const float *x, const float *w, float scale,
    const float levels[16]) {
    Palette terms[8];
    for (int i = 0; i < values; i++) terms[i] = errors_of_levels(levels, scale, x[i], w[i]);
    const uint16_t *near = book->near + (size_t)(~place >> 8) * QUERN_NEAR_CHUNK;
    int count = (~place & 255) * 8;
    const float beyond = 3.402823466e38f;
    F best = splat(beyond);
    I where = {0};
    for (int first = 0; first < count; first += LANES) {
        typedef uint16_t Packed __attribute__((vector_size(2 * LANES)));
        Packed packed;
        memcpy(&packed, near + first, sizeof packed);
        I point = __builtin_convertvector(packed, I);
        F error = look_up(&terms[0], point);
        for (int i = 1; i < values; i++) error += look_up(&terms[i], point >> (bits * i));
        I better = error < best;
        best = pick(better, error, best);
        where = pick_int(better, (I){0} + first, where);
    }
    // As integers in the order of the floats, of which a minimum is found without looking for NaN.
    I order = (I)best ^ (((I)best >> 31) & 0x7fffffff);
    int32_t least = __builtin_reduce_min(order);
    if (least == (int32_t)bits_of(beyond)) return -1;
    uint32_t winners = lanes_of(order == least);
    int lane = __builtin_ctz(winners);
    if (count <= LANES) return near[lane];
    if ((winners & (winners - 1)) == 0) return near[where[lane] + lane];
    where = pick_int(order == least, where + lane_numbers(), (I){0} + INT32_MAX);
    return near[__builtin_reduce_min(where)];
}
