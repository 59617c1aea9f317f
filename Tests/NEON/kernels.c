// Compares the kernel tables that a processor has with the scalar ones, on random numbers: products with eighteen types of weights,
// rounded activations, the steps of a forward pass, attention over every type of cache. Ends with an error where one is further
// away than Documentation/Kernels.md says.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "QuernMatrix.h"
#include "QuernVector.h"
#include "matrix_internal.h"

static uint64_t state = 88172645463325252u;
static uint32_t random_bits(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}
static float random_float(void) { return (float)(random_bits() >> 8) / 8388608.0f - 1.0f; }

static int failures = 0;
static void check(int holds, const char *isa, const char *what, double found, double bound) {
    if (holds) return;
    failures++;
    printf("%s: %s: off by %g, at most %g\n", isa, what, found, bound);
}

static const struct { const char *name; quern_weight_type type; size_t block, bytes; int halves[4]; } types[] = {
    {"F32", QUERN_WEIGHT_F32, 1, 4, {-1}}, {"F16", QUERN_WEIGHT_F16, 1, 2, {-1}}, {"BF16", QUERN_WEIGHT_BF16, 1, 2, {-1}},
    {"Q8_0", QUERN_WEIGHT_Q8_0, 32, 34, {0, -1}}, {"Q4_0", QUERN_WEIGHT_Q4_0, 32, 18, {0, -1}},
    {"Q4_1", QUERN_WEIGHT_Q4_1, 32, 20, {0, 2, -1}}, {"Q5_0", QUERN_WEIGHT_Q5_0, 32, 22, {0, -1}},
    {"Q5_1", QUERN_WEIGHT_Q5_1, 32, 24, {0, 2, -1}}, {"Q2_K", QUERN_WEIGHT_Q2_K, 256, 84, {80, 82, -1}},
    {"Q3_K", QUERN_WEIGHT_Q3_K, 256, 110, {108, -1}}, {"Q4_K", QUERN_WEIGHT_Q4_K, 256, 144, {0, 2, -1}},
    {"Q5_K", QUERN_WEIGHT_Q5_K, 256, 176, {0, 2, -1}}, {"Q6_K", QUERN_WEIGHT_Q6_K, 256, 210, {208, -1}},
    {"IQ4_NL", QUERN_WEIGHT_IQ4_NL, 32, 18, {0, -1}}, {"IQ4_XS", QUERN_WEIGHT_IQ4_XS, 256, 136, {0, -1}},
    {"IQ3_S", QUERN_WEIGHT_IQ3_S, 256, 110, {0, -1}}, {"IQ2_XXS", QUERN_WEIGHT_IQ2_XXS, 256, 66, {0, -1}},
    {"TQ2_0", QUERN_WEIGHT_TQ2_0, 256, 66, {64, -1}},
};

/// Random weights with factors of moderate size.
static void fill(size_t t, uint8_t *data, size_t count) {
    for (size_t i = 0; i < count * types[t].bytes; i++) data[i] = (uint8_t)random_bits();
    for (size_t b = 0; b < count; b++) {
        uint8_t *block = data + b * types[t].bytes;
        for (const int *half = types[t].halves; *half >= 0; half++) {
            uint16_t bits = (uint16_t)((random_bits() & 0x8000u) | 0x2800u | (random_bits() & 0x7ffu));
            memcpy(block + *half, &bits, 2);
        }
        float value = random_float();
        uint32_t word;
        memcpy(&word, &value, 4);
        _Float16 narrow = (_Float16)value;
        uint16_t upper = (uint16_t)(word >> 16);
        if (types[t].type == QUERN_WEIGHT_F32) memcpy(block, &value, 4);
        if (types[t].type == QUERN_WEIGHT_F16) memcpy(block, &narrow, 2);
        if (types[t].type == QUERN_WEIGHT_BF16) memcpy(block, &upper, 2);
    }
}

enum { ROWS = 5, TOKENS = 7 };

static void products(const quern_matrix_kernels *kernels, const char *isa, size_t t, size_t columns) {
    size_t row_bytes = columns / types[t].block * types[t].bytes, blocks = (columns + 255) / 256;
    uint8_t *data = malloc(ROWS * row_bytes);
    fill(t, data, ROWS * columns / types[t].block);
    float *x = malloc(TOKENS * columns * sizeof *x), *row = malloc(columns * sizeof *row);
    for (size_t i = 0; i < TOKENS * columns; i++) x[i] = random_float();
    quern_activations *rounded = calloc(TOKENS * blocks, sizeof *rounded), *wanted = calloc(TOKENS * blocks, sizeof *wanted);
    for (size_t token = 0; token < TOKENS; token++) {
        kernels->round(x + token * columns, columns, rounded + token * blocks);
        quern_matrix_scalar.round(x + token * columns, columns, wanted + token * blocks);
    }
    check(memcmp(rounded, wanted, TOKENS * blocks * sizeof *rounded) == 0, isa, "rounded activations", 1, 0);
    quern_weights w = {data, row_bytes, ROWS, columns, types[t].type};
    quern_inputs inputs = {.x = x, .stride = columns, .rounded = rounded, .tokens = TOKENS, .columns = columns};
    float found[TOKENS * ROWS], scalar[TOKENS * ROWS], alone[TOKENS * ROWS];
    kernels->rows(&w, 0, ROWS, &inputs, (quern_outputs){found, ROWS});
    quern_matrix_scalar.rows(&w, 0, ROWS, &inputs, (quern_outputs){scalar, ROWS});
    for (size_t token = 0; token < TOKENS; token++) {
        quern_inputs one = inputs;
        one.tokens = 1;
        one.x += token * columns;
        one.rounded += token * blocks;
        kernels->rows(&w, 0, ROWS, &one, (quern_outputs){alone + token * ROWS, ROWS});
    }
    for (size_t r = 0; r < ROWS; r++) {
        quern_expand_row(w.type, data + r * row_bytes, columns, row);
        for (size_t token = 0; token < TOKENS; token++) {
            double magnitude = 0;
            for (size_t c = 0; c < columns; c++) magnitude += fabs((double)row[c] * x[token * columns + c]);
            size_t place = token * ROWS + r;
            double off = fabs((double)found[place] - scalar[place]);
            check(off <= 4e-6 * magnitude, isa, types[t].name, off, 4e-6 * magnitude);
            check(memcmp(&found[place], &alone[place], 4) == 0 || types[t].type <= QUERN_WEIGHT_BF16, isa, "a token alone", 1, 0);
            check(fabs((double)found[place] - alone[place]) <= 4e-6 * magnitude, isa, "a token alone", off, 4e-6 * magnitude);
        }
    }
    free(data), free(x), free(row), free(rounded), free(wanted);
}

static void compare(const char *isa, const char *what, const float *found, const float *wanted, size_t n, double bound) {
    double off = 0;
    for (size_t i = 0; i < n; i++) off = fmax(off, fabs((double)found[i] - wanted[i]) / fmax(1, fabs(wanted[i])));
    check(off <= bound, isa, what, off, bound);
}

static void vectors(const quern_vector_table *table, const char *isa) {
    const quern_vector_table *scalar = quern_vector_kernels(QUERN_ISA_SCALAR);
    enum { N = 94 };
    float x[N], y[N], w[N], b[N], found[N], wanted[N];
    for (int i = 0; i < N; i++) x[i] = 3 * random_float(), y[i] = random_float(), w[i] = random_float(), b[i] = random_float();
#define STEP(what, call_found, call_wanted)          \
    memcpy(found, x, sizeof x), memcpy(wanted, x, sizeof x); \
    call_found, call_wanted;                         \
    compare(isa, what, found, wanted, N, 4e-6)
    STEP("rms_norm", table->rms_norm(found, x, w, N, 1e-5f), scalar->rms_norm(wanted, x, w, N, 1e-5f));
    STEP("layer_norm", table->layer_norm(found, x, w, b, N, 1e-5f), scalar->layer_norm(wanted, x, w, b, N, 1e-5f));
    STEP("rotate_neighbours", table->rotate_neighbours(found, y, w, N), scalar->rotate_neighbours(wanted, y, w, N));
    STEP("rotate_halves", table->rotate_halves(found, y, w, N), scalar->rotate_halves(wanted, y, w, N));
    STEP("add", table->add(found, y, N), scalar->add(wanted, y, N));
    STEP("add_scaled", table->add_scaled(found, y, 0.3f, N), scalar->add_scaled(wanted, y, 0.3f, N));
    STEP("scale", table->scale(found, 0.3f, N), scalar->scale(wanted, 0.3f, N));
    STEP("soft_cap", table->soft_cap(found, 2, N), scalar->soft_cap(wanted, 2, N));
    STEP("gelu", table->gelu(found, N), scalar->gelu(wanted, N));
    STEP("silu_multiply", table->silu_multiply(found, y, N), scalar->silu_multiply(wanted, y, N));
    STEP("gelu_multiply", table->gelu_multiply(found, y, N), scalar->gelu_multiply(wanted, y, N));
    check(table->all_finite(x, N), isa, "all_finite", 1, 0);
    x[N - 1] = INFINITY;
    check(!table->all_finite(x, N), isa, "all_finite", 1, 0);
}

static void attention(const quern_vector_table *table, const char *isa, int cell, int32_t size) {
    enum { POSITIONS = 150, TOKENS_ = 5, GROUP = 3 };
    const quern_cache_table *kernels = &table->cache[cell], *scalar = &quern_vector_kernels(QUERN_ISA_SCALAR)->cache[cell];
    size_t bytes = (size_t)quern_cache_row_bytes(kernels, size) * 192;
    uint8_t *memory[4];
    for (int i = 0; i < 4; i++) memory[i] = calloc(1, bytes + 64);
    float head[QUERN_HEAD_SIZE_MAX], query[TOKENS_ * GROUP * QUERN_HEAD_SIZE_MAX];
    for (int64_t p = 0; p < POSITIONS; p++) {
        for (int32_t d = 0; d < size; d++) head[d] = random_float();
        kernels->store_key(memory[0], p, head, size), scalar->store_key(memory[1], p, head, size);
        for (int32_t d = 0; d < size; d++) head[d] = random_float();
        kernels->store_value(memory[2], p, head, size), scalar->store_value(memory[3], p, head, size);
    }
    if (cell < QUERN_CELL_Q8_0)
        check(memcmp(memory[0], memory[1], bytes) == 0 && memcmp(memory[2], memory[3], bytes) == 0, isa, "cells", 1, 0);
    for (int i = 0; i < TOKENS_ * GROUP * size; i++) query[i] = random_float();
    static float scratch[QUERN_ATTENTION_SCRATCH];
    float found[TOKENS_ * GROUP * QUERN_HEAD_SIZE_MAX], wanted[TOKENS_ * GROUP * QUERN_HEAD_SIZE_MAX];
    quern_attention job = {
        .queries = query, .keys = memory[1], .values = memory[3], .out = wanted, .query_stride = GROUP * size,
        .out_stride = GROUP * size, .tokens = TOKENS_, .group = GROUP, .key_size = size, .value_size = size,
        .first = POSITIONS - TOKENS_, .scale = 0.2f, .scratch = scratch};
    scalar->attend(&job);
    job.out = found;
    kernels->attend(&job);
    compare(isa, "attention", found, wanted, (size_t)(TOKENS_ * GROUP * size), 4e-6);
    for (int i = 0; i < 4; i++) free(memory[i]);
}

int main(void) {
    int tables = 0;
    for (int isa = 1; isa < QUERN_ISA_COUNT; isa++) {
        if (!quern_isa_available(isa)) continue;
        tables++;
        const char *name = quern_isa_name(isa);
        for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
            products(quern_matrix_kernels_for(isa), name, t, 512);
            products(quern_matrix_kernels_for(isa), name, t, types[t].block == 256 ? 2048 : 736);
            if (types[t].block == 1) products(quern_matrix_kernels_for(isa), name, t, 77);
        }
        vectors(quern_vector_kernels(isa), name);
        for (int cell = 0; cell < QUERN_CELL_COUNT; cell++)
            for (int32_t size = 32; size <= 128; size += 32) attention(quern_vector_kernels(isa), name, cell, size);
        printf("%s: compared with scalar\n", name);
    }
    printf("%d tables, %d failures\n", tables, failures);
    return failures > 0 || tables == 0;
}
