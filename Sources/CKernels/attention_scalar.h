// Attention in plain C for one type of cell: reads through load_key and load_value of the type. CELL_NAME makes the names.

/// One row over one span: scores tile by tile, the sum and the output rescaled whenever the maximum grows (Milakov and Gimelshein
/// 2018).
static void CELL_NAME(attend_span)(
    const quern_attention *job, const float *query, int64_t position, int64_t span, float *partial) {
    const int64_t window_start = job->window > 0 && position >= job->window ? position - job->window + 1 : 0;
    const int64_t span_start = span * QUERN_ATTENTION_SPAN, span_last = span_start + QUERN_ATTENTION_SPAN - 1;
    const int64_t from = window_start > span_start ? window_start : span_start, last = position < span_last ? position : span_last;
    float scores[QUERN_ATTENTION_TILE], cells[QUERN_HEAD_SIZE_MAX];
    float maximum = -1e30f, sum = 0;
    for (int32_t d = 0; d < job->value_size; d++) partial[d] = 0;
    for (int64_t base = from / QUERN_ATTENTION_TILE * QUERN_ATTENTION_TILE; base <= last; base += QUERN_ATTENTION_TILE) {
        int64_t begin = from > base ? from : base;
        int64_t end = base + QUERN_ATTENTION_TILE - 1 < last ? base + QUERN_ATTENTION_TILE : last + 1;
        float highest = maximum;
        for (int64_t p = begin; p < end; p++) {
            CELL_NAME(load_key)(job->keys, p, cells, job->key_size);
            float score = 0;
            for (int32_t d = 0; d < job->key_size; d++) score += query[d] * job->scale * cells[d];
            if (job->soft_cap > 0) score = job->soft_cap * tanhf(score / job->soft_cap);
            scores[p - base] = score;
            if (score > highest) highest = score;
        }
        float correction = expf(maximum - highest);
        maximum = highest;
        sum *= correction;
        for (int32_t d = 0; d < job->value_size; d++) partial[d] *= correction;
        for (int64_t p = begin; p < end; p++) {
            float weight = expf(scores[p - base] - maximum);
            sum += weight;
            CELL_NAME(load_value)(job->values, p, cells, job->value_size);
            for (int32_t d = 0; d < job->value_size; d++) partial[d] += weight * cells[d];
        }
    }
    partial[job->value_size] = maximum;
    partial[job->value_size + 1] = sum;
}

static void CELL_NAME(attend_row)(const quern_attention *job, const float *query, float *out, int64_t position) {
    float partial[QUERN_HEAD_SIZE_MAX + 2], joined[QUERN_HEAD_SIZE_MAX + 2];
    clear_partial(joined, job->value_size);
    int64_t from = job->window > 0 && position >= job->window ? position - job->window + 1 : 0;
    for (int64_t span = from / QUERN_ATTENTION_SPAN; span <= position / QUERN_ATTENTION_SPAN; span++) {
        CELL_NAME(attend_span)(job, query, position, span, partial);
        join_partial(joined, partial, job->value_size);
    }
    finish_partial(out, joined, job->value_size);
}

static void CELL_NAME(attend)(const quern_attention *job) {
    for (int32_t token = 0; token < job->tokens; token++)
        for (int32_t head = 0; head < job->group; head++) {
            const float *query = job->queries + token * job->query_stride + (ptrdiff_t)head * job->key_size;
            float *out = job->out + token * job->out_stride + (ptrdiff_t)head * job->value_size;
            int64_t position = job->visible > 0 ? (int64_t)job->visible - 1 : (int64_t)job->first + token;
            if (job->partials)
                CELL_NAME(attend_span)(
                    job, query, position, job->span, job->partials + (token * job->group + head) * job->partial_stride);
            else CELL_NAME(attend_row)(job, query, out, position);
        }
}

static const quern_cache_table CELL_NAME(cache_table) = {
    CELL_BLOCK, CELL_NAME(store_key), CELL_NAME(load_key), CELL_NAME(store_value), CELL_NAME(load_value), CELL_NAME(attend),
};

#undef CELL_NAME
#undef CELL_BLOCK
