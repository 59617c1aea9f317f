// What attention does with a tile of keys and of values, on LANES lanes, for one type of cell: CELL, read by LOAD_CELLS (a vector)
// and LOAD_CELL (one). Part of vector_simd.h. CELL_NAME makes the names.

/// Scores of `rows` query rows against the keys of two vectors of positions.
INLINE void CELL_NAME(score)(
    const int rows, const float *queries, const CELL *keys, const CELL *next, int32_t key_size, float *scores) {
    vfloat sums[SCORE_ROWS][2] = {};
    for (int32_t d = 0; d < key_size; d++) {
        // Few rows read a cache once, faster than the processor guesses what comes next; many rows find it in their caches.
        if (rows <= 4) ask_for(keys + QUERN_ATTENTION_TILE * key_size + d * 2 * LANES, 2 * LANES * sizeof(CELL));
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

/// Scores of all rows against a tile of keys, for its first `count` positions (rounded up to pairs of vectors).
static void CELL_NAME(score_tile)(
    const float *queries, const CELL *tile, int32_t size, int32_t count, int32_t rows, float *scores) {
    for (int32_t p = 0; p < count; p += 2 * LANES) {
        const CELL *keys = tile + p / QUERN_KEY_LANES * QUERN_KEY_LANES * size + p % QUERN_KEY_LANES;
        const CELL *next = LANES == QUERN_KEY_LANES ? keys + QUERN_KEY_LANES * size : keys + LANES;
        int32_t r = 0;
        for (; r + SCORE_ROWS <= rows; r += SCORE_ROWS)
            CELL_NAME(score)(SCORE_ROWS, queries + r * size, keys, next, size, scores + r * QUERN_ATTENTION_TILE + p);
        for (; r + 4 <= rows; r += 4)
            CELL_NAME(score)(4, queries + r * size, keys, next, size, scores + r * QUERN_ATTENTION_TILE + p);
        for (; r + 2 <= rows; r += 2)
            CELL_NAME(score)(2, queries + r * size, keys, next, size, scores + r * QUERN_ATTENTION_TILE + p);
        if (r < rows) CELL_NAME(score)(1, queries + r * size, keys, next, size, scores + r * QUERN_ATTENTION_TILE + p);
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
        if (rows <= 4)
            ask_for(values + (int64_t)(p + QUERN_ATTENTION_TILE) * value_size, (size_t)vectors * LANES * sizeof(CELL));
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

/// Adds the values of `count` positions, weighted, to all rows.
static void CELL_NAME(weigh_tile)(
    const float *weights, const CELL *values, int32_t value_size, int32_t count, int32_t rows, float *out) {
    int32_t r = 0;
    for (; r + VALUE_ROWS <= rows; r += VALUE_ROWS)
        CELL_NAME(weigh_rows)(
            VALUE_ROWS, weights + r * QUERN_ATTENTION_TILE, values, count, value_size, out + r * value_size);
    for (; r + 4 <= rows; r += 4)
        CELL_NAME(weigh_rows)(4, weights + r * QUERN_ATTENTION_TILE, values, count, value_size, out + r * value_size);
    for (; r + 2 <= rows; r += 2)
        CELL_NAME(weigh_rows)(2, weights + r * QUERN_ATTENTION_TILE, values, count, value_size, out + r * value_size);
    if (r < rows)
        CELL_NAME(weigh_rows)(1, weights + r * QUERN_ATTENTION_TILE, values, count, value_size, out + r * value_size);
}

#undef CELL
#undef CELL_NAME
#undef LOAD_CELLS
#undef LOAD_CELL
