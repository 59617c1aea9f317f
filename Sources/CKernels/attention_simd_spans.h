// Attention through spans and tiles, on LANES lanes, for one way to store numbers. Part of vector_simd.h. CELL_NAME makes the names;
// TILE_KEYS and TILE_VALUES give a tile's cells, unpacked where need be, SCORE and WEIGH compute with them, and TURN transforms a head
// as the cache does.

/// Sums one span for all rows (Milakov and Gimelshein 2018; Dao et al. 2022). Tiles start at multiples of their size, and a row
/// hidden from a tile adds zeros, so a row's bits depend on nothing but the row.
static void CELL_NAME(attend_span)(const quern_attention *job, attention_rows rows, int64_t span, int64_t start, int64_t last) {
    for (int32_t r = 0; r < rows.count; r++) {
        rows.maxima[r] = -1e30f;
        rows.sums[r] = 0;
    }
    memset(rows.out, 0, sizeof(float) * (size_t)(rows.count * rows.value_size));
    const int64_t first = span * QUERN_ATTENTION_SPAN, final = first + QUERN_ATTENTION_SPAN - 1;
    if (start < first) start = first;
    const int64_t end = last < final ? last : final;
    for (int64_t base = start / QUERN_ATTENTION_TILE * QUERN_ATTENTION_TILE; base <= end; base += QUERN_ATTENTION_TILE) {
        const int32_t seen = end - base + 1 < QUERN_ATTENTION_TILE ? (int32_t)(end - base + 1) : QUERN_ATTENTION_TILE;
        const int32_t count = (seen + LANES - 1) / LANES * LANES;
        SCORE(rows.queries, TILE_KEYS(job, base, count, rows.keys), rows.key_size, count, rows.count, rows.scores);
        soften_rows(job, rows, base, last, count);
        WEIGH(rows.scores, TILE_VALUES(job, base, seen, rows.values), rows.value_size, seen, rows.count, rows.out);
    }
    for (int32_t r = 0; r < rows.count; r++) TURN(rows.out + r * rows.value_size, rows.value_size);
}

static void CELL_NAME(attend)(const quern_attention *job) {
    attention_rows rows = lay_out_rows(job);
    for (int32_t r = 0; r < rows.count; r++) TURN(rows.queries + r * rows.key_size, rows.key_size);
    const int64_t last = job->visible > 0 ? (int64_t)job->visible - 1 : (int64_t)job->first + job->tokens - 1;
    const int64_t start = job->window > 0 && job->first >= job->window ? (int64_t)job->first - job->window + 1 : 0;
    if (job->partials) {
        CELL_NAME(attend_span)(job, rows, job->span, start, last);
        return give_partials(job, rows);
    }
    const int64_t first = start / QUERN_ATTENTION_SPAN, final = last / QUERN_ATTENTION_SPAN;
    if (first < final)
        for (int32_t r = 0; r < rows.count; r++)
            clear_partial(rows.joined + r * quern_partial_floats(rows.value_size), rows.value_size);
    for (int64_t span = first; span <= final; span++) {
        CELL_NAME(attend_span)(job, rows, span, start, last);
        if (first < final) join_rows(rows);
    }
    finish_rows(job, rows, first < final);
}

static const quern_cache_table CELL_NAME(cache_table) = {
    CELL_BLOCK, CELL_NAME(store_key), CELL_NAME(load_key), CELL_NAME(store_value), CELL_NAME(load_value), CELL_NAME(attend),
};

#undef CELL_NAME
#undef CELL_BLOCK
#undef TILE_KEYS
#undef TILE_VALUES
#undef SCORE
#undef WEIGH
#undef TURN
