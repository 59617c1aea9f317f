// The panel path of F32, F16 and BF16 with AVX-512: weights and activations in F32, nothing rounded but the sums.
//
// A panel is 32 rows by up to 256 columns, converted and transposed so that a register holds one column of sixteen rows. Twelve
// tokens go through it at a time: 24 accumulators, and each broadcast activation serves two registers of weights.
#include "matrix_avx512.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#include "matrix_avx512_transpose.h"

enum {
    GROUP = QUERN_AVX512_FLOAT_GROUP,
    CHUNK = 256,  ///< columns in a panel
};

/// The scratch memory of a thread: columns of 32 rows.
typedef struct panel {
    float values[CHUNK][32];
} __attribute__((aligned(64))) panel;

_Static_assert(sizeof(panel) <= QUERN_AVX512_PANEL_BYTES, "scratch memory of a panel");

size_t quern_float_group_bytes_avx512(size_t columns) { return columns * GROUP * sizeof(float); }

/// Where a group's columns of a chunk start, in floats: all groups of a chunk lie one after the other.
static size_t packed_offset(size_t columns, size_t groups, size_t group, size_t first) {
    size_t length = columns - first < CHUNK ? columns - first : CHUNK;
    return (first * groups + group * length) * GROUP;
}

void quern_pack_floats_avx512(const quern_inputs *x, size_t group, void *packed) {
    size_t groups = (x->tokens + GROUP - 1) / GROUP, token = group * GROUP;
    size_t tokens = x->tokens - token < GROUP ? x->tokens - token : GROUP;
    for (size_t first = 0; first < x->columns; first += CHUNK) {
        size_t length = x->columns - first < CHUNK ? x->columns - first : CHUNK;
        float *out = (float *)packed + packed_offset(x->columns, groups, group, first);
        for (size_t k = 0; k < GROUP; k++) {
            const float *source = x->x + (token + k) * x->stride + first;
            for (size_t c = 0; c < length; c++) out[c * GROUP + k] = k < tokens ? source[c] : 0;
        }
    }
}

static inline __attribute__((always_inline)) __m512 load(quern_weight_type type, const uint8_t *row, size_t column, __mmask16 mask) {
    if (type == QUERN_WEIGHT_F32) return _mm512_maskz_loadu_ps(mask, row + 4 * column);
    __m256i halves = _mm256_maskz_loadu_epi16(mask, row + 2 * column);
    if (type == QUERN_WEIGHT_F16) return _mm512_cvtph_ps(halves);
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

/// Converts `length` columns from column `first` of up to 32 rows; past the last row it is repeated.
static inline __attribute__((always_inline)) void fill_as(
    quern_weight_type type, const quern_weights *w, size_t row, size_t rows, size_t first, size_t length, panel *s
) {
    for (size_t half = 0; half * 16 < rows; half++)
        for (size_t c = 0; c < length; c += 16) {
            __mmask16 mask = length - c >= 16 ? 0xffff : (__mmask16)((1u << (length - c)) - 1);
            __m512 v[16];
            for (size_t r = 0; r < 16; r++) {
                size_t source = half * 16 + r < rows ? half * 16 + r : rows - 1;
                const uint8_t *p = w->data + (row + source) * w->row_bytes;
                // The same columns of the next panel: what is read of a row is too short for the processor to guess.
                _mm_prefetch((const char *)p + 32 * w->row_bytes + (first + c) * (type == QUERN_WEIGHT_F32 ? 4 : 2), _MM_HINT_T1);
                v[r] = load(type, p, first + c, mask);
            }
            quern_transpose_registers(v);
            for (size_t k = 0; k < 16 && c + k < length; k++) _mm512_store_ps(&s->values[c + k][16 * half], v[k]);
        }
}

static void fill(const quern_weights *w, size_t row, size_t rows, size_t first, size_t length, panel *s) {
    switch (w->type) {
    case QUERN_WEIGHT_F16: fill_as(QUERN_WEIGHT_F16, w, row, rows, first, length, s); break;
    case QUERN_WEIGHT_BF16: fill_as(QUERN_WEIGHT_BF16, w, row, rows, first, length, s); break;
    default: fill_as(QUERN_WEIGHT_F32, w, row, rows, first, length, s); break;
    }
}

static void multiply(
    const panel *s, size_t length, const float *x, float *y, size_t stride, size_t tokens, const __mmask16 mask[2], bool fresh
) {
    __m512 f[GROUP][2];
    for (size_t c = 0; c < GROUP; c++)
        for (size_t h = 0; h < 2; h++)
            f[c][h] = fresh || c >= tokens ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(mask[h], y + c * stride + 16 * h);
    for (size_t k = 0; k < length; k++, x += GROUP) {
        __m512 w0 = _mm512_load_ps(s->values[k]), w1 = _mm512_load_ps(s->values[k] + 16);
#pragma clang loop unroll(full)
        for (int c = 0; c < GROUP; c++) {
            __m512 a = _mm512_set1_ps(x[c]);
            f[c][0] = _mm512_fmadd_ps(w0, a, f[c][0]);
            f[c][1] = _mm512_fmadd_ps(w1, a, f[c][1]);
        }
    }
    for (size_t c = 0; c < GROUP; c++)
        for (size_t h = 0; h < 2 && c < tokens; h++) _mm512_mask_storeu_ps(y + c * stride + 16 * h, mask[h], f[c][h]);
}

void quern_float_panels_avx512(
    const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y, void *scratch
) {
    panel *s = scratch;
    size_t groups = (x->tokens + GROUP - 1) / GROUP;
    for (size_t column = 0; column < w->columns; column += CHUNK) {
        size_t length = w->columns - column < CHUNK ? w->columns - column : CHUNK;
        for (size_t row = first; row < first + count; row += 32) {
            size_t rows = first + count - row < 32 ? first + count - row : 32;
            const __mmask16 mask[2] = {rows >= 16 ? 0xffff : (__mmask16)((1u << rows) - 1),
                                       rows >= 32 ? 0xffff : rows > 16 ? (__mmask16)((1u << (rows - 16)) - 1) : 0};
            fill(w, row, rows, column, length, s);
            for (size_t group = 0; group < groups; group++) {
                size_t tokens = x->tokens - group * GROUP < GROUP ? x->tokens - group * GROUP : GROUP;
                const float *packed = (const float *)x->packed_floats + packed_offset(w->columns, groups, group, column);
                multiply(s, length, packed, y.y + group * GROUP * y.stride + row, y.stride, tokens, mask, column == 0);
            }
        }
    }
}

#pragma clang attribute pop
#endif
