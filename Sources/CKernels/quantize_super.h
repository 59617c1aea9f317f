// Super-blocks of the K types, LANES at a time: the values of one super-block per lane, searched sub-block by sub-block.

/// LANES super-blocks in flight. The last batch of a run repeats its last block in the lanes that are left over.
typedef struct {
    const float *x[LANES];
    const float *importance[LANES];  ///< null pointers without importance
    size_t count;                    ///< lanes that hold blocks of their own
    F values[256], weights[256];
    Found found[16];
    F total[16];  ///< sum of the weights of each sub-block
} Batch;

static void fill_batch(
    Batch *b, const float *values, const float *importance, size_t columns, size_t first, size_t blocks) {
    size_t row_blocks = columns / 256;
    b->count = blocks - first < LANES ? blocks - first : LANES;
    for (size_t lane = 0; lane < LANES; lane++) {
        size_t block = first + (lane < b->count ? lane : b->count - 1);
        b->x[lane] = values + 256 * block;
        b->importance[lane] = importance ? importance + block % row_blocks * 256 : NULL;
    }
    load_lanes(b->x, 256, b->values);
}

/// Weights from importance: each value's column weight times the root of `spread` + x*x, where `spread` is `factor` times the
/// block's mean square. Fills `total` for sub-blocks of `size` values.
LANE_CODE void weigh_by_importance(Batch *b, float factor, int size) {
    F sum = {0};
    for (int i = 0; i < 256; i++) sum += b->values[i] * b->values[i];
    F spread = factor * sum / 256.0f;
    load_lanes(b->importance, 256, b->weights);
    for (int i = 0; i < 256; i++) b->weights[i] *= square_root(spread + b->values[i] * b->values[i]);
    for (int j = 0; j < 256 / size; j++) {
        F total = {0};
        for (int i = 0; i < size; i++) total += b->weights[size * j + i];
        b->total[j] = total;
    }
}

/// Weights without importance, of Q4_K and Q5_K: |x| plus the root mean square of the sub-block.
LANE_CODE void weigh_by_size(Batch *b) {
    for (int j = 0; j < 8; j++) {
        F sum = {0};
        for (int i = 0; i < 32; i++) sum += b->values[32 * j + i] * b->values[32 * j + i];
        F root = square_root(sum / 32.0f);
        for (int i = 0; i < 32; i++) b->weights[32 * j + i] = root + magnitude(b->values[32 * j + i]);
    }
}

LANE_CODE void search_all(Batch *b, const int size, const Ladder ladder) {
    for (int j = 0; j < 256 / size; j += ABREAST)
        search_scales_and_minimums(b->values + size * j, b->weights + size * j, b->found + j, size, ladder);
}

/// Scales and minimums of a batch as integers, with what they have in common.
typedef struct { I scale[16], minimum[16]; F common_scale, common_minimum; } Shared;

/// Values as integers from 0 to 255; the largest becomes `highest`, its share is returned. Values are not negative.
LANE_CODE F share_largest(const F *values, I *integers, const int count, int32_t highest) {
    F most = {0};
    for (int j = 0; j < count; j++) most = larger(values[j], most);
    F inverse = pick(most > 0, (float)highest / most, (F){0});
    for (int j = 0; j < count; j++) integers[j] = nearest(inverse * values[j]) & 255;
    return most / (float)highest;
}

/// The way of the reference quantizers without importance.
LANE_CODE void share_by_size(const Batch *b, Shared *shared, const int count, int32_t highest) {
    F scales[16], minimums[16];
    for (int j = 0; j < count; j++) {
        scales[j] = b->found[j].scale;
        minimums[j] = b->found[j].minimum;
    }
    shared->common_scale = share_largest(scales, shared->scale, count, highest);
    shared->common_minimum = share_largest(minimums, shared->minimum, count, highest);
}

LANE_CODE void share_by_search(const Batch *b, Shared *shared, const int count, int32_t highest) {
    F scales[16], minimums[16];
    for (int j = 0; j < count; j++) {
        scales[j] = b->found[j].scale;
        minimums[j] = b->found[j].minimum;
    }
    shared->common_scale = search_common_scale(scales, b->total, shared->scale, count, highest);
    shared->common_minimum = search_common_scale(minimums, b->total, shared->minimum, count, highest);
}

LANE_CODE Quantized shared_lane(const Shared *shared, size_t lane, int count) {
    Quantized q = {.common_scale = shared->common_scale[lane], .common_minimum = shared->common_minimum[lane]};
    for (int j = 0; j < count; j++) {
        q.scale[j] = (uint8_t)shared->scale[j][lane];
        q.minimum[j] = (uint8_t)shared->minimum[j][lane];
    }
    return q;
}

LANE_CODE void limit(Shared *shared, const int count, int32_t highest) {
    for (int j = 0; j < count; j++) {
        shared->scale[j] = pick_int(shared->scale[j] > highest, (I){0} + highest, shared->scale[j]);
        shared->minimum[j] = pick_int(shared->minimum[j] > highest, (I){0} + highest, shared->minimum[j]);
    }
}

/// The ladder that every search with importance climbs.
LANE_CODE Ladder fine_ladder(float highest) { return (Ladder){highest, -0.9f, 0.05f, 36, false}; }

static void quantize_q2_K(const float *x, void *y, size_t rows, size_t columns, const float *importance) {
    size_t blocks = rows * (columns / 256);
    Batch b;
    for (size_t first = 0; first < blocks; first += LANES) {
        fill_batch(&b, x, importance, columns, first, blocks);
        Shared shared;
        if (importance) {
            weigh_by_importance(&b, 1, 16);
            search_all(&b, 16, fine_ladder(3));
            share_by_search(&b, &shared, 16, 15);
        } else {
            for (int i = 0; i < 256; i++) b.weights[i] = magnitude(b.values[i]);
            search_all(&b, 16, (Ladder){3, -0.5f, 0.1f, 15, true});
            share_by_size(&b, &shared, 16, 15);
        }
        for (size_t lane = 0; lane < b.count; lane++) {
            Quantized q = shared_lane(&shared, lane, 16);
            write_q2_K(b.x[lane], (quern_block_q2_K *)y + first + lane, b.found, lane, &q);
        }
    }
}

/// Q4_K and Q5_K differ in the largest integer, the ladder and how the integers are written.
LANE_CODE void quantize_with_minimums(
    const float *x, size_t rows, size_t columns, const float *importance, Ladder coarse, void *y,
    void (*write)(const float *, void *, size_t, const Found *, size_t, const Quantized *), bool limits) {
    size_t blocks = rows * (columns / 256);
    Batch b;
    for (size_t first = 0; first < blocks; first += LANES) {
        fill_batch(&b, x, importance, columns, first, blocks);
        Shared shared;
        if (importance) {
            weigh_by_importance(&b, 2, 32);
            search_all(&b, 32, fine_ladder(coarse.highest));
            share_by_search(&b, &shared, 8, 63);
        } else {
            weigh_by_size(&b);
            search_all(&b, 32, coarse);
            share_by_size(&b, &shared, 8, 63);
        }
        if (limits || !importance) limit(&shared, 8, 63);
        for (size_t lane = 0; lane < b.count; lane++) {
            Quantized q = shared_lane(&shared, lane, 8);
            write(b.x[lane], y, first + lane, b.found, lane, &q);
        }
    }
}

static void write_q4_K_at(
    const float *x, void *y, size_t block, const Found *found, size_t lane, const Quantized *q) {
    write_q4_K(x, (quern_block_q4_K *)y + block, found, lane, q);
}
static void write_q5_K_at(
    const float *x, void *y, size_t block, const Found *found, size_t lane, const Quantized *q) {
    write_q5_K(x, (quern_block_q5_K *)y + block, found, lane, q);
}

static void quantize_q4_K(const float *x, void *y, size_t rows, size_t columns, const float *importance) {
    quantize_with_minimums(x, rows, columns, importance, (Ladder){15, -1, 0.1f, 20, false}, y, write_q4_K_at, false);
}

static void quantize_q5_K(const float *x, void *y, size_t rows, size_t columns, const float *importance) {
    quantize_with_minimums(x, rows, columns, importance, (Ladder){31, -0.5f, 0.1f, 15, false}, y, write_q5_K_at, true);
}

/// Writes a batch of Q6_K: the scale with the largest magnitude becomes -128, the others follow.
LANE_CODE void write_batch_q6_K(const Batch *b, quern_block_q6_K *y) {
    F scales[16], largest, stored;
    for (int j = 0; j < 16; j++) scales[j] = b->found[j].scale;
    F extreme = extreme_of(scales, 16, &largest);
    I empty = largest < SMALLEST_BLOCK, integers[16];
    F inverse = -128.0f / pick(empty, splat(1), extreme), common = 1.0f / inverse;
    for (int lane = 0; lane < LANES; lane++) stored[lane] = float_of_half(half_of(common[lane]));
    for (int j = 0; j < 16; j++) {
        I integer = nearest(inverse * scales[j]);
        integers[j] = pick_int(integer > 127, (I){0} + 127, integer);
        scales[j] = stored * to_float(integers[j]);
    }
    for (size_t lane = 0; lane < b->count; lane++) {
        SixBits six = {.common = common[lane]};
        for (int j = 0; j < 16; j++) {
            six.integer[j] = (int8_t)integers[j][lane];
            six.scale[j] = scales[j][lane];
        }
        if (empty[lane]) memset(y + lane, 0, sizeof *y);
        else write_q6_K(b->x[lane], y + lane, &six, b->found, lane);
    }
}

static void quantize_q6_K(const float *x, void *y, size_t rows, size_t columns, const float *importance) {
    size_t blocks = rows * (columns / 256);
    Batch b;
    for (size_t first = 0; first < blocks; first += LANES) {
        fill_batch(&b, x, importance, columns, first, blocks);
        if (importance) load_lanes(b.importance, 256, b.weights);
        for (int j = 0; j < 16; j++)
            b.found[j] = search_scale(b.values + 16 * j, importance ? b.weights + 16 * j : NULL, 16, 32, false);
        write_batch_q6_K(&b, (quern_block_q6_K *)y + first);
    }
}

static void quantize_q3_K_weighted(const float *x, quern_block_q3_K *y, size_t rows, size_t columns, const float *importance) {
    size_t blocks = rows * (columns / 256);
    Batch b;
    for (size_t first = 0; first < blocks; first += LANES) {
        fill_batch(&b, x, importance, columns, first, blocks);
        weigh_by_importance(&b, 2, 16);
        F scales[16];
        I integers[16];
        for (int j = 0; j < 16; j++) {
            b.found[j] = search_scale(b.values + 16 * j, b.weights + 16 * j, 16, 4, false);
            scales[j] = b.found[j].scale;
        }
        Found common = search_scale(scales, b.total, 16, 32, true);
        for (int j = 0; j < 16; j++)
            integers[j] = (clamp_int(nearest(common.grain * scales[j]), -32, 31) + 32) & ~common.empty;
        for (size_t lane = 0; lane < b.count; lane++)
            write_q3_K(b.x[lane], y + first + lane, integers, common.scale[lane], b.found, NULL, lane);
    }
}

static void quantize_q3_K_plain(const float *x, quern_block_q3_K *y, size_t rows, size_t columns) {
    size_t blocks = rows * (columns / 256);
    Batch b;
    for (size_t first = 0; first < blocks; first += LANES) {
        fill_batch(&b, x, NULL, columns, first, blocks);
        I levels[256], integers[16];
        F scales[16], largest;
        for (int j = 0; j < 16; j += DESCENTS)
            search_scales_by_descent(b.values + 16 * j, levels + 16 * j, scales + j, 4);
        F extreme = extreme_of(scales, 16, &largest), inverse = -32.0f / extreme;
        I none = extreme == 0;
        // Cut to a byte before it is held between the ends, as in ggml.
        for (int j = 0; j < 16; j++)
            integers[j] = (clamp_int(nearest(inverse * scales[j]) << 24 >> 24, -32, 31) + 32) & ~none;
        F common = pick(none, (F){0}, 1.0f / inverse);
        for (size_t lane = 0; lane < b.count; lane++)
            write_q3_K(b.x[lane], y + first + lane, integers, common[lane], NULL, levels, lane);
    }
}

static void quantize_q3_K(const float *x, void *y, size_t rows, size_t columns, const float *importance) {
    if (importance) quantize_q3_K_weighted(x, y, rows, columns, importance);
    else quantize_q3_K_plain(x, y, rows, columns);
}
