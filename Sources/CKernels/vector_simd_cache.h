// Cache kernels on LANES lanes for one type of cell: CELL, read by LOAD_CELLS (a vector) and LOAD_CELL (one). Part of
// vector_simd.h. CELL_NAME makes the names.

static void CELL_NAME(store_key)(void *keys, int64_t position, const float *x, int32_t key_size) {
    CELL *cells = (CELL *)keys + position / QUERN_KEY_LANES * QUERN_KEY_LANES * key_size + position % QUERN_KEY_LANES;
    for (int32_t d = 0; d < key_size; d++) cells[d * QUERN_KEY_LANES] = (CELL)x[d];
}

static void CELL_NAME(load_key)(const void *keys, int64_t position, float *x, int32_t key_size) {
    const CELL *cells =
        (const CELL *)keys + position / QUERN_KEY_LANES * QUERN_KEY_LANES * key_size + position % QUERN_KEY_LANES;
    for (int32_t d = 0; d < key_size; d++) x[d] = (float)cells[d * QUERN_KEY_LANES];
}

static void CELL_NAME(store_value)(void *values, int64_t position, const float *x, int32_t value_size) {
    CELL *cells = (CELL *)values + position * value_size;
    for (int32_t d = 0; d < value_size; d++) cells[d] = (CELL)x[d];
}

/// Scores of `rows` query rows against the keys of two vectors of positions.
INLINE void CELL_NAME(score)(
    const int rows, const float *queries, const CELL *keys, const CELL *next, int32_t key_size, float *scores) {
    vfloat sums[SCORE_ROWS][2] = {};
    for (int32_t d = 0; d < key_size; d++) {
        vfloat k0 = LOAD_CELLS(keys + d * QUERN_KEY_LANES), k1 = LOAD_CELLS(next + d * QUERN_KEY_LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            vfloat q = splat(queries[r * key_size + d]);
            sums[r][0] += q * k0;
            sums[r][1] += q * k1;
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
        store(scores + r * QUERN_ATTENTION_TILE, sums[r][0]);
        store(scores + r * QUERN_ATTENTION_TILE + LANES, sums[r][1]);
    }
}

/// Scores of all rows against the tile of keys that starts at `base`, for its first `count` positions (rounded up to vectors).
static void CELL_NAME(score_tile)(
    const quern_attention *job, const float *queries, int64_t base, int32_t count, int32_t rows, float *scores) {
    for (int32_t p = 0; p < count; p += 2 * LANES) {
        const CELL *keys = (const CELL *)job->keys + (base + p) / QUERN_KEY_LANES * QUERN_KEY_LANES * job->key_size;
        const CELL *next = LANES == QUERN_KEY_LANES ? keys + QUERN_KEY_LANES * job->key_size : keys + LANES;
        int32_t r = 0;
        const int32_t size = job->key_size;
        for (; r + SCORE_ROWS <= rows; r += SCORE_ROWS)
            CELL_NAME(score)(SCORE_ROWS, queries + r * size, keys, next, size, scores + r * QUERN_ATTENTION_TILE + p);
        for (; r + 4 <= rows; r += 4)
            CELL_NAME(score)(4, queries + r * size, keys, next, size, scores + r * QUERN_ATTENTION_TILE + p);
        for (; r < rows; r++)
            CELL_NAME(score)(1, queries + r * size, keys, next, size, scores + r * QUERN_ATTENTION_TILE + p);
    }
}

/// Adds the values of `count` positions, weighted, to `vectors` vectors of `rows` output rows.
INLINE void CELL_NAME(weigh)(
    const int rows, const int vectors, const float *weights, const CELL *values, int32_t count, int32_t value_size, float *out) {
    vfloat sums[VALUE_ROWS][VALUE_VECTORS];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[r][v] = load(out + r * value_size + v * LANES);
    for (int32_t p = 0; p < count; p++) {
        vfloat row[VALUE_VECTORS];
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) row[v] = LOAD_CELLS(values + (int64_t)p * value_size + v * LANES);
#pragma clang loop unroll(full)
        for (int r = 0; r < rows; r++) {
            vfloat weight = splat(weights[r * QUERN_ATTENTION_TILE + p]);
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sums[r][v] += weight * row[v];
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) store(out + r * value_size + v * LANES, sums[r][v]);
}

/// The same for all components of `rows` rows; what does not fill a vector goes one by one.
INLINE void CELL_NAME(weigh_rows)(
    const int rows, const float *weights, const CELL *values, int32_t count, int32_t value_size, float *out) {
    int32_t d = 0;
    for (; d + VALUE_VECTORS * LANES <= value_size; d += VALUE_VECTORS * LANES)
        CELL_NAME(weigh)(rows, VALUE_VECTORS, weights, values + d, count, value_size, out + d);
    for (; d + LANES <= value_size; d += LANES) CELL_NAME(weigh)(rows, 1, weights, values + d, count, value_size, out + d);
    for (; d < value_size; d++)
        for (int r = 0; r < rows; r++) {
            float sum = out[r * value_size + d];
            for (int32_t p = 0; p < count; p++)
                sum += weights[r * QUERN_ATTENTION_TILE + p] * LOAD_CELL(values + (int64_t)p * value_size + d);
            out[r * value_size + d] = sum;
        }
}

/// Turns a row's scores into weights, hiding positions outside `begin..<end`, and rescales what was summed so far.
INLINE void CELL_NAME(soften)(
    float *scores, int32_t begin, int32_t end, int32_t count, float *maximum, float *sum, float *out, int32_t value_size) {
    for (int32_t p = 0; p < begin; p++) scores[p] = -__builtin_inff();
    for (int32_t p = end; p < count; p++) scores[p] = -__builtin_inff();
    vfloat top = splat(*maximum);
    for (int32_t p = 0; p < count; p += LANES) top = larger(top, load(scores + p));
    float raised = highest(top);
    vfloat weights = {};
    for (int32_t p = 0; p < count; p += LANES) {
        vfloat weight = exponential(load(scores + p) - raised);
        store(scores + p, weight);
        weights += weight;
    }
    if (raised > *maximum) {
        float correction = exponential(splat(*maximum - raised))[0];
        *sum *= correction;
        int32_t d = 0;
        for (; d + LANES <= value_size; d += LANES) store(out + d, load(out + d) * correction);
        for (; d < value_size; d++) out[d] *= correction;
        *maximum = raised;
    }
    *sum += total(weights);
}

/// Streaming softmax over tiles of positions (Milakov and Gimelshein 2018; Dao et al. 2022). Tiles start at multiples of their
/// size, and a row hidden from a tile adds zeros, so a row's bits depend on nothing but the row.
static void CELL_NAME(attend)(const quern_attention *job) {
    const int32_t rows = job->tokens * job->group, key_size = job->key_size, value_size = job->value_size;
    float *queries = job->scratch, *out = queries + rows * key_size, *scores = out + rows * value_size;
    float *maxima = scores + rows * QUERN_ATTENTION_TILE, *sums = maxima + rows;
    for (int32_t r = 0; r < rows; r++) {
        const float *query = job->queries + r / job->group * job->query_stride + (ptrdiff_t)(r % job->group) * key_size;
        for (int32_t d = 0; d < key_size; d++) queries[r * key_size + d] = query[d] * job->scale;
        maxima[r] = -1e30f;
        sums[r] = 0;
    }
    memset(out, 0, sizeof(float) * (size_t)(rows * value_size));
    const int64_t last = job->visible > 0 ? (int64_t)job->visible - 1 : (int64_t)job->first + job->tokens - 1;
    const int64_t start = job->window > 0 && job->first >= job->window ? (int64_t)job->first - job->window + 1 : 0;
    for (int64_t base = start / QUERN_ATTENTION_TILE * QUERN_ATTENTION_TILE; base <= last; base += QUERN_ATTENTION_TILE) {
        const int32_t seen = last - base + 1 < QUERN_ATTENTION_TILE ? (int32_t)(last - base + 1) : QUERN_ATTENTION_TILE;
        const int32_t count = (seen + LANES - 1) / LANES * LANES;
        CELL_NAME(score_tile)(job, queries, base, count, rows, scores);
        if (job->soft_cap > 0)
            for (int32_t r = 0; r < rows; r++) soft_cap(scores + r * QUERN_ATTENTION_TILE, job->soft_cap, count);
        for (int32_t r = 0; r < rows; r++) {
            const int64_t position = job->visible > 0 ? last : (int64_t)job->first + r / job->group;
            const int64_t from = job->window > 0 ? position - job->window + 1 - base : 0, to = position + 1 - base;
            const int32_t begin = from < 0 ? 0 : from > count ? count : (int32_t)from;
            const int32_t end = to < begin ? begin : to > count ? count : (int32_t)to;
            CELL_NAME(soften)(scores + r * QUERN_ATTENTION_TILE, begin, end, count, maxima + r, sums + r,
                              out + r * value_size, value_size);
        }
        const CELL *values = (const CELL *)job->values + base * value_size;
        int32_t r = 0;
        for (; r + VALUE_ROWS <= rows; r += VALUE_ROWS)
            CELL_NAME(weigh_rows)(VALUE_ROWS, scores + r * QUERN_ATTENTION_TILE, values, seen, value_size, out + r * value_size);
        for (; r < rows; r++)
            CELL_NAME(weigh_rows)(1, scores + r * QUERN_ATTENTION_TILE, values, seen, value_size, out + r * value_size);
    }
    for (int32_t r = 0; r < rows; r++) {
        float *target = job->out + r / job->group * job->out_stride + (ptrdiff_t)(r % job->group) * value_size;
        for (int32_t d = 0; d < value_size; d++) target[d] = out[r * value_size + d] / sums[r];
    }
}

static const quern_cache_table CELL_NAME(cache_table) = {
    sizeof(CELL), CELL_NAME(store_key), CELL_NAME(load_key), CELL_NAME(store_value), CELL_NAME(attend),
};

#undef CELL
#undef CELL_NAME
#undef LOAD_CELLS
#undef LOAD_CELL
