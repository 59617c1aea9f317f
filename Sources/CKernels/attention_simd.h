// The streaming softmax of attention on LANES lanes: what does not depend on how the cache stores its numbers. Part of vector_simd.h.

/// Asks for memory that comes up in a moment.
INLINE void ask_for(const void *start, size_t bytes) {
    for (size_t line = 0; line < bytes; line += 64) __builtin_prefetch((const char *)start + line);
}

/// The rows of a job on their way: every array is by rows.
typedef struct attention_rows {
    int32_t count, key_size, value_size;
    float *queries;   ///< scaled
    float *out;       ///< weighted values of the span so far
    float *scores;    ///< of one tile, then weights
    float *maxima, *sums;
    float *joined;    ///< what earlier spans gave, as partials
    float *keys, *values;  ///< room for a tile that has to be unpacked
} attention_rows;

static attention_rows lay_out_rows(const quern_attention *job) {
    attention_rows rows = {.count = job->tokens * job->group, .key_size = job->key_size, .value_size = job->value_size};
    rows.queries = job->scratch;
    rows.out = rows.queries + rows.count * rows.key_size;
    rows.scores = rows.out + rows.count * rows.value_size;
    rows.maxima = rows.scores + rows.count * QUERN_ATTENTION_TILE;
    rows.sums = rows.maxima + rows.count;
    rows.joined = rows.sums + rows.count;
    rows.keys = rows.joined + rows.count * quern_partial_floats(rows.value_size);
    rows.values = rows.keys + QUERN_ATTENTION_TILE * rows.key_size;
    for (int32_t r = 0; r < rows.count; r++) {
        const float *query = job->queries + r / job->group * job->query_stride + (ptrdiff_t)(r % job->group) * rows.key_size;
        for (int32_t d = 0; d < rows.key_size; d++) rows.queries[r * rows.key_size + d] = query[d] * job->scale;
    }
    return rows;
}

/// Turns a row's scores into weights, hiding positions outside `begin..<end`, and rescales what was summed so far.
INLINE void soften(
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

/// `soften` for all rows of the tile at `base`; `last` is the last position of all that is seen.
static void soften_rows(const quern_attention *job, attention_rows rows, int64_t base, int64_t last, int32_t count) {
    if (job->soft_cap > 0)
        for (int32_t r = 0; r < rows.count; r++) soft_cap(rows.scores + r * QUERN_ATTENTION_TILE, job->soft_cap, count);
    for (int32_t r = 0; r < rows.count; r++) {
        const int64_t position = job->visible > 0 ? last : (int64_t)job->first + r / job->group;
        const int64_t from = job->window > 0 ? position - job->window + 1 - base : 0, to = position + 1 - base;
        const int32_t begin = from < 0 ? 0 : from > count ? count : (int32_t)from;
        const int32_t end = to < begin ? begin : to > count ? count : (int32_t)to;
        soften(
            rows.scores + r * QUERN_ATTENTION_TILE, begin, end, count, rows.maxima + r, rows.sums + r,
            rows.out + r * rows.value_size, rows.value_size);
    }
}

static void clear_partial(float *partial, int32_t value_size) {
    memset(partial, 0, sizeof(float) * (size_t)value_size);
    partial[value_size] = -1e30f;
    partial[value_size + 1] = 0;
}

/// Adds what a span gave for a row to what those before it gave. One function for both ways of going through spans, so that both
/// round alike; joining to nothing changes nothing.
static __attribute__((noinline)) void join_partial(
    float *joined, const float *sums, float maximum, float sum, int32_t value_size) {
    const float raised = joined[value_size] > maximum ? joined[value_size] : maximum;
    const float before = exponential(splat(joined[value_size] - raised))[0], added = exponential(splat(maximum - raised))[0];
    int32_t d = 0;
    for (; d + LANES <= value_size; d += LANES) store(joined + d, load(joined + d) * before + load(sums + d) * added);
    for (; d < value_size; d++) joined[d] = joined[d] * before + sums[d] * added;
    joined[value_size] = raised;
    joined[value_size + 1] = joined[value_size + 1] * before + sum * added;
}

static void finish_row(float *out, const float *sums, float sum, int32_t value_size) {
    for (int32_t d = 0; d < value_size; d++) out[d] = sums[d] / sum;
}

static void join_spans(float *out, const float *partials, ptrdiff_t stride, int32_t count, int32_t value_size) {
    float joined[QUERN_HEAD_SIZE_MAX + 2];
    clear_partial(joined, value_size);
    for (const float *partial = partials; count > 0; count--, partial += stride)
        join_partial(joined, partial, partial[value_size], partial[value_size + 1], value_size);
    finish_row(out, joined, joined[value_size + 1], value_size);
}

/// What the span gave: to the caller's partials.
static void give_partials(const quern_attention *job, attention_rows rows) {
    for (int32_t r = 0; r < rows.count; r++) {
        float *partial = job->partials + r * job->partial_stride;
        memcpy(partial, rows.out + r * rows.value_size, sizeof(float) * (size_t)rows.value_size);
        partial[rows.value_size] = rows.maxima[r];
        partial[rows.value_size + 1] = rows.sums[r];
    }
}

/// What the span gave, joined to what was there.
static void join_rows(attention_rows rows) {
    for (int32_t r = 0; r < rows.count; r++)
        join_partial(
            rows.joined + r * quern_partial_floats(rows.value_size), rows.out + r * rows.value_size, rows.maxima[r], rows.sums[r],
            rows.value_size);
}

/// The outputs, from what was joined or, where there was one span only, from what that gave.
static void finish_rows(const quern_attention *job, attention_rows rows, bool joined) {
    for (int32_t r = 0; r < rows.count; r++) {
        float *out = job->out + r / job->group * job->out_stride + (ptrdiff_t)(r % job->group) * rows.value_size;
        const float *sums = joined ? rows.joined + r * quern_partial_floats(rows.value_size) : rows.out + r * rows.value_size;
        finish_row(out, sums, joined ? sums[rows.value_size + 1] : rows.sums[r], rows.value_size);
    }
}
