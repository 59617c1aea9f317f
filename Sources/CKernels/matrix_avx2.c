// The AVX2 table of the matrix kernels, without VNNI: the rounding of activations, and the row path.
//
// Up to 2048 columns of four rows are unpacked to a byte (or a float) per weight in the first-level cache; then every token is
// multiplied with them, two tokens at a time. Bytes are unsigned and at most 63, so that the pairs which `vpmaddubsw` adds fit
// sixteen bits; only Q8_0 and codebooks are signed, and give their signs to the activations first.
#include "matrix_avx2.h"

#if defined(__x86_64__)
#include <math.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "matrix_avx2_stage.h"

/// Rows and tokens computed at once.
enum { ROWS = 4, TOKENS = 2 };

// MARK: Activations

INLINE float largest_magnitude(__m256i a) {
    __m128i v = _mm_max_epu32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    v = _mm_max_epu32(v, _mm_shuffle_epi32(v, 0x4e));
    v = _mm_max_epu32(v, _mm_shuffle_epi32(v, 0xb1));
    return quern_float_from_bits((uint32_t)_mm_cvtsi128_si32(v));
}

INLINE int sum_of_lanes(__m256i a) {
    __m128i v = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    v = _mm_add_epi32(v, _mm_shuffle_epi32(v, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(v, _mm_shuffle_epi32(v, 0xb1)));
}

/// Rounds 32 activations with the operations of the scalar kernel, so that the bits are the same.
static void round_block(const float *x, quern_activations *out, size_t j) {
    const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
    __m256 v[4];
    __m256i q[4], largest = _mm256_setzero_si256();
    for (int i = 0; i < 4; i++) {
        v[i] = _mm256_loadu_ps(x + 8 * i);
        largest = _mm256_max_epu32(largest, _mm256_and_si256(_mm256_castps_si256(v[i]), magnitude));
    }
    float range = largest_magnitude(largest);
    if (!(range < INFINITY)) {
        memset(out->q + 32 * quern_place(j), 0, 32);
        out->d[j] = out->s32[j] = out->s16[2 * j] = out->s16[2 * j + 1] = NAN;
        return;
    }
    bool vanishes = range < QUERN_LEAST_ACTIVATION;
    float d = vanishes ? 0.0f : range / 127.0f;
    __m256 inverse = _mm256_set1_ps(vanishes ? 0.0f : 127.0f / range);
    for (int i = 0; i < 4; i++) q[i] = _mm256_cvtps_epi32(_mm256_mul_ps(v[i], inverse));
    int first = sum_of_lanes(_mm256_add_epi32(q[0], q[1])), last = sum_of_lanes(_mm256_add_epi32(q[2], q[3]));
    __m256i bytes = _mm256_packs_epi16(_mm256_packs_epi32(q[0], q[1]), _mm256_packs_epi32(q[2], q[3]));
    bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    _mm256_storeu_si256((__m256i *)(out->q + 32 * quern_place(j)), bytes);
    out->d[j] = d;
    out->s32[j] = d * (float)(first + last);
    out->s16[2 * j] = d * (float)first;
    out->s16[2 * j + 1] = d * (float)last;
}

void quern_round_avx2(const float *x, size_t columns, quern_activations *rounded) {
    for (size_t first = 0; first < quern_activation_blocks(columns) * 256; first += 32) {
        float padded[32] = {0};
        const float *source = x + first;
        if (first + 32 > columns) {
            if (first < columns) memcpy(padded, source, (columns - first) * sizeof(float));
            source = padded;
        }
        round_block(source, &rounded[first / 256], first % 256 / 32);
    }
}

// MARK: Products

INLINE float sum_of_floats(__m256 a) {
    __m128 v = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    v = _mm_add_ps(v, _mm_movehl_ps(v, v));
    return _mm_cvtss_f32(_mm_add_ss(v, _mm_movehdup_ps(v)));
}

/// Multiplies `blocks` blocks of four rows with some tokens, whose blocks start at a multiple of 256 columns.
INLINE void multiply_bytes(
    bool is_signed, int tokens, size_t blocks, const staged w[ROWS], const quern_activations *const x[TOKENS], float sums[ROWS][TOKENS]
) {
    __m256 f[ROWS][TOKENS];
    for (int r = 0; r < ROWS; r++)
        for (int k = 0; k < tokens; k++) f[r][k] = _mm256_setzero_ps();
    const __m256i ones = _mm256_set1_epi16(1);
    for (size_t j = 0; j < blocks; j++) {
        for (int k = 0; k < tokens; k++) {
            const quern_activations *a = x[k] + j / 8;
            __m256i q = load32(a->q + quern_place(j % 8) * 32);
            __m256 d = _mm256_set1_ps(a->d[j % 8]);
            for (int r = 0; r < ROWS; r++) {
                __m256i bytes = load32(w[r].bytes + 32 * j);
                __m256i pairs = is_signed ? _mm256_maddubs_epi16(_mm256_abs_epi8(bytes), _mm256_sign_epi8(q, bytes))
                                          : _mm256_maddubs_epi16(bytes, q);
                __m256 product = _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, ones));
                f[r][k] = _mm256_fmadd_ps(product, _mm256_mul_ps(_mm256_loadu_ps(w[r].scale[j]), d), f[r][k]);
            }
        }
    }
    // Minima of four blocks at a time; past the last block the activations are zero and so is what is subtracted.
    for (size_t j = 0; j < blocks && !is_signed; j += 4)
        for (int k = 0; k < tokens; k++) {
            __m256 s = _mm256_loadu_ps(x[k][j / 8].s16 + j % 8 * 2);
            for (int r = 0; r < ROWS; r++) f[r][k] = _mm256_fnmadd_ps(_mm256_loadu_ps(w[r].min + 2 * j), s, f[r][k]);
        }
    for (int r = 0; r < ROWS; r++)
        for (int k = 0; k < tokens; k++) sums[r][k] = sum_of_floats(f[r][k]);
}

static void multiply_unsigned_1(size_t n, const staged *w, const quern_activations *const *x, float (*s)[TOKENS]) {
    multiply_bytes(false, 1, n, w, x, s);
}
static void multiply_unsigned_2(size_t n, const staged *w, const quern_activations *const *x, float (*s)[TOKENS]) {
    multiply_bytes(false, 2, n, w, x, s);
}
static void multiply_signed_1(size_t n, const staged *w, const quern_activations *const *x, float (*s)[TOKENS]) {
    multiply_bytes(true, 1, n, w, x, s);
}
static void multiply_signed_2(size_t n, const staged *w, const quern_activations *const *x, float (*s)[TOKENS]) {
    multiply_bytes(true, 2, n, w, x, s);
}

/// Adds a tile's sums to the product, or starts it with them.
INLINE void deliver(float sums[ROWS][TOKENS], size_t rows, size_t tokens, bool fresh, float *y, size_t stride) {
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < tokens; k++) y[k * stride + r] = fresh ? sums[r][k] : y[k * stride + r] + sums[r][k];
}

static void integer_rows(const quern_weights *w, size_t row, size_t rows, const quern_inputs *x, quern_outputs y) {
    staged s[ROWS];
    size_t blocks = w->columns / 32, stride = quern_activation_blocks(x->columns);
    bool is_signed = w->type == QUERN_WEIGHT_Q8_0 || quern_is_coded(w->type);
    for (size_t first = 0; first < blocks; first += CHUNK / 32) {
        size_t length = blocks - first < CHUNK / 32 ? blocks - first : CHUNK / 32;
        for (size_t r = 0; r < ROWS; r++) {
            // The minima are read four blocks at a time.
            memset(s[r].min + 2 * length, 0, (length % 4 ? 8 - length % 4 * 2 : 0) * sizeof(float));
            stage(w, w->data + (row + (r < rows ? r : rows - 1)) * w->row_bytes, first, length, &s[r]);
        }
        for (size_t token = 0; token < x->tokens; token += TOKENS) {
            const quern_activations *a[TOKENS];
            float sums[ROWS][TOKENS];
            size_t tokens = x->tokens - token < TOKENS ? 1 : TOKENS;
            for (size_t k = 0; k < TOKENS; k++) a[k] = x->rounded + (token + (k < tokens ? k : 0)) * stride + first / 8;
            if (is_signed)
                (tokens == 1 ? multiply_signed_1 : multiply_signed_2)(length, s, a, sums);
            else
                (tokens == 1 ? multiply_unsigned_1 : multiply_unsigned_2)(length, s, a, sums);
            deliver(sums, rows, tokens, first == 0, y.y + token * y.stride + row, y.stride);
        }
    }
}

// MARK: Floats

/// Converts `count` columns of a row, and makes them a multiple of eight with zeros.
static void widen_row(quern_weight_type type, const uint8_t *row, size_t first, size_t count, float *values) {
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const uint8_t *p = row + (first + i) * (type == QUERN_WEIGHT_F32 ? 4 : 2);
        __m256 v;
        if (type == QUERN_WEIGHT_F32)
            v = _mm256_loadu_ps((const float *)(const void *)p);
        else if (type == QUERN_WEIGHT_F16)
            v = _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
        else
            v = _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)p)), 16));
        _mm256_storeu_ps(values + i, v);
    }
    if (i == count) return;
    memset(values + i, 0, 8 * sizeof(float));
    quern_expand_row(type, row + (first + i) * (type == QUERN_WEIGHT_F32 ? 4 : 2), count - i, values + i);
}

INLINE void multiply_floats(int tokens, size_t count, float w[ROWS][CHUNK], const float *const x[TOKENS], float sums[ROWS][TOKENS]) {
    __m256 f[ROWS][TOKENS];
    for (int r = 0; r < ROWS; r++)
        for (int k = 0; k < tokens; k++) f[r][k] = _mm256_setzero_ps();
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (size_t i = 0; i < count; i += 8) {
        size_t left = count - i < 8 ? count - i : 8;
        __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)left), lanes);
        for (int k = 0; k < tokens; k++) {
            __m256 a = left == 8 ? _mm256_loadu_ps(x[k] + i) : _mm256_maskload_ps(x[k] + i, mask);
            for (int r = 0; r < ROWS; r++) f[r][k] = _mm256_fmadd_ps(_mm256_loadu_ps(w[r] + i), a, f[r][k]);
        }
    }
    for (int r = 0; r < ROWS; r++)
        for (int k = 0; k < tokens; k++) sums[r][k] = sum_of_floats(f[r][k]);
}

static void float_rows(const quern_weights *w, size_t row, size_t rows, const quern_inputs *x, quern_outputs y) {
    float values[ROWS][CHUNK];
    for (size_t first = 0; first < w->columns; first += CHUNK) {
        size_t length = w->columns - first < CHUNK ? w->columns - first : CHUNK;
        for (size_t r = 0; r < ROWS; r++)
            widen_row(w->type, w->data + (row + (r < rows ? r : rows - 1)) * w->row_bytes, first, length, values[r]);
        for (size_t token = 0; token < x->tokens; token += TOKENS) {
            float sums[ROWS][TOKENS];
            size_t tokens = x->tokens - token < TOKENS ? 1 : TOKENS;
            const float *a[TOKENS];
            for (size_t k = 0; k < TOKENS; k++) a[k] = x->x + (token + (k < tokens ? k : 0)) * x->stride + first;
            if (tokens == 1)
                multiply_floats(1, length, values, a, sums);
            else
                multiply_floats(2, length, values, a, sums);
            deliver(sums, rows, tokens, first == 0, y.y + token * y.stride + row, y.stride);
        }
    }
}

static void rows_avx2(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y) {
    for (size_t row = first; row < first + count; row += ROWS) {
        size_t rows = first + count - row < ROWS ? first + count - row : ROWS;
        (quern_is_float(w->type) ? float_rows : integer_rows)(w, row, rows, x, y);
    }
}

/// Floats gain nothing from panels here: two tokens at a time keep up with the multipliers.
static size_t panel_tokens(quern_weight_type type) { return quern_is_float(type) ? PTRDIFF_MAX : 12; }

static size_t no_bytes(size_t columns) {
    (void)columns;
    return 0;
}

const quern_matrix_kernels quern_matrix_avx2 = {
    .round = quern_round_avx2,
    .rows = rows_avx2,
    .panel_tokens = panel_tokens,
    .panel_rows = 16,
    .panel_scratch_bytes = QUERN_AVX2_PANEL_BYTES,
    .integer_group = QUERN_AVX2_GROUP,
    .float_group = 1,
    .integer_group_bytes = quern_integer_group_bytes_avx2,
    .float_group_bytes = no_bytes,
    .pack_integers = quern_pack_integers_avx2,
    .panels = quern_integer_panels_avx2,
};

#pragma clang attribute pop
#endif
