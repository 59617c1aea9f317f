// Cache kernels in plain C for one type of cell: CELL, with WIDEN and NARROW to and from float. CELL_NAME makes the names.

static void CELL_NAME(store_key)(void *keys, int64_t position, const float *x, int32_t key_size) {
    CELL *cells = (CELL *)keys + position / QUERN_KEY_LANES * QUERN_KEY_LANES * key_size + position % QUERN_KEY_LANES;
    for (int32_t d = 0; d < key_size; d++) cells[d * QUERN_KEY_LANES] = NARROW(x[d]);
}

static void CELL_NAME(load_key)(const void *keys, int64_t position, float *x, int32_t key_size) {
    const CELL *cells =
        (const CELL *)keys + position / QUERN_KEY_LANES * QUERN_KEY_LANES * key_size + position % QUERN_KEY_LANES;
    for (int32_t d = 0; d < key_size; d++) x[d] = WIDEN(cells[d * QUERN_KEY_LANES]);
}

static void CELL_NAME(store_value)(void *values, int64_t position, const float *x, int32_t value_size) {
    CELL *cells = (CELL *)values + position * value_size;
    for (int32_t d = 0; d < value_size; d++) cells[d] = NARROW(x[d]);
}

/// One row: scores tile by tile, the sum and the output rescaled whenever the maximum grows (Milakov and Gimelshein 2018).
static void CELL_NAME(attend_row)(const quern_attention *job, const float *query, float *out, int64_t position) {
    const CELL *values = job->values;
    float scores[QUERN_ATTENTION_TILE], key[QUERN_HEAD_SIZE_MAX];
    float maximum = -1e30f, sum = 0;
    int64_t from = job->window > 0 && position >= job->window ? position - job->window + 1 : 0;
    for (int32_t d = 0; d < job->value_size; d++) out[d] = 0;
    for (int64_t base = from / QUERN_ATTENTION_TILE * QUERN_ATTENTION_TILE; base <= position; base += QUERN_ATTENTION_TILE) {
        int64_t begin = from > base ? from : base;
        int64_t end = base + QUERN_ATTENTION_TILE - 1 < position ? base + QUERN_ATTENTION_TILE : position + 1;
        float highest = maximum;
        for (int64_t p = begin; p < end; p++) {
            CELL_NAME(load_key)(job->keys, p, key, job->key_size);
            float score = 0;
            for (int32_t d = 0; d < job->key_size; d++) score += query[d] * job->scale * key[d];
            if (job->soft_cap > 0) score = job->soft_cap * tanhf(score / job->soft_cap);
            scores[p - base] = score;
            if (score > highest) highest = score;
        }
        float correction = expf(maximum - highest);
        maximum = highest;
        sum *= correction;
        for (int32_t d = 0; d < job->value_size; d++) out[d] *= correction;
        for (int64_t p = begin; p < end; p++) {
            float weight = expf(scores[p - base] - maximum);
            sum += weight;
            for (int32_t d = 0; d < job->value_size; d++) out[d] += weight * WIDEN(values[p * job->value_size + d]);
        }
    }
    for (int32_t d = 0; d < job->value_size; d++) out[d] /= sum;
}

static void CELL_NAME(attend)(const quern_attention *job) {
    for (int32_t token = 0; token < job->tokens; token++)
        for (int32_t head = 0; head < job->group; head++)
            CELL_NAME(attend_row)(
                job, job->queries + token * job->query_stride + (ptrdiff_t)head * job->key_size,
                job->out + token * job->out_stride + (ptrdiff_t)head * job->value_size,
                job->visible > 0 ? (int64_t)job->visible - 1 : (int64_t)job->first + token);
}

static const quern_cache_table CELL_NAME(cache_table) = {
    sizeof(CELL), CELL_NAME(store_key), CELL_NAME(load_key), CELL_NAME(store_value), CELL_NAME(attend),
};

#undef CELL
#undef CELL_NAME
#undef WIDEN
#undef NARROW
