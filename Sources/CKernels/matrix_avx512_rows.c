// The row path with AVX-512 VNNI: dot products on the file's own blocks, for the few tokens of generation.
//
// Such a product is bound by memory: each weight is read once. Some rows go side by side, so that the arithmetic of one hides
// the latency of another, but memory is asked for in the order in which it lies there, which is the fastest way to read. Up
// to four tokens share what was unpacked. The operations of one row and token are the same whatever is computed beside it, so
// neither the split of a batch nor that of the rows changes its bits.
#include "matrix_avx512.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#include "matrix_avx512_unpack.h"

/// Most tokens and most rows computed at once.
enum { TOKENS = 4, ROWS = 4 };

/// Rows beside each other, so many that all sums stay in registers.
#define ROWS_FOR(is_float, tokens) ((tokens) == 1 ? ROWS : (tokens) == TOKENS && !(is_float) ? 1 : 2)

/// Bytes from which on a row goes alone: it is long enough to hide its own latencies, and what is asked for ahead of several
/// such rows would not stay in the first cache until it is used.
enum { LONG_ROW = 4097 };

/// How far ahead of its use memory is asked for, in bytes: what arrives within the latency of memory.
enum { AHEAD = 6144 };

/// Loops over rows and tokens, whose sums are to stay in registers.
#define UNROLL _Pragma("clang loop unroll(full)")

/// Some neighbouring rows and some tokens.
typedef struct tile {
    quern_weight_type type;
    size_t ahead;  ///< `AHEAD`, from the last of the rows
    const uint8_t *row[ROWS];
    const quern_activations *x[TOKENS];
    const float *floats[TOKENS];
    float sum[ROWS][TOKENS];
} tile;

/// Asks for `bytes` bytes that come `ahead` of `p`. Weights are used once and then not again before all others have been: they
/// are to leave no trace in the larger caches.
QUERN_INLINE void ask(const uint8_t *p, size_t ahead, size_t bytes) {
    for (size_t line = 0; line < bytes; line += 64) _mm_prefetch((const char *)p + ahead + line, _MM_HINT_NTA);
}

/// Products of 64 unsigned and 64 signed bytes, four of them in a lane.
QUERN_INLINE __m512 dot(__m512i a, const int8_t *x) {
    return _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(_mm512_setzero_si512(), a, _mm512_loadu_si512(x)));
}

// MARK: Simple types

typedef quern_quad (*quad_unpacker)(const uint8_t *);

/// Multiplies a quad of a row by 128 activations of each token, from column 128 * `half` of a block.
QUERN_INLINE void quad_step(
    quad_unpacker unpack, int tokens, const uint8_t *p, const tile *t, size_t block, int half, __m512 sums[TOKENS], __m128 mins[TOKENS]
) {
    // Sixteen activations each of groups 0 to 3, which lie in the order 0, 2, 1, 3.
    const __m512i even = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0), odd = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
    const __m512i spread = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    quern_quad w = unpack(p);
    UNROLL
    for (int k = 0; k < tokens; k++) {
        const quern_activations *a = t->x[k] + block;
        __m512i first = _mm512_loadu_si512(a->q + 128 * half), second = _mm512_loadu_si512(a->q + 128 * half + 64);
        __m512i product = _mm512_dpbusd_epi32(_mm512_setzero_si512(), w.low, _mm512_permutex2var_epi64(first, even, second));
        product = _mm512_dpbusd_epi32(product, w.high, _mm512_permutex2var_epi64(first, odd, second));
        __m512 scale = _mm512_castps128_ps512(_mm_mul_ps(w.scale, _mm_loadu_ps(a->d + 4 * half)));
        sums[k] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(product), _mm512_permutexvar_ps(spread, scale), sums[k]);
        mins[k] = _mm_fmadd_ps(w.min, _mm_loadu_ps(a->s32 + 4 * half), mins[k]);
    }
}

QUERN_INLINE void quad_tile(quad_unpacker unpack, size_t block_bytes, int rows, int tokens, size_t columns, tile *t) {
    __m512 sums[ROWS][TOKENS];
    __m128 mins[ROWS][TOKENS];
    UNROLL
    for (int r = 0; r < rows; r++)
        UNROLL
        for (int k = 0; k < tokens; k++) {
            sums[r][k] = _mm512_setzero_ps();
            mins[r][k] = _mm_setzero_ps();
        }
    size_t quads = columns / 128, bytes = 4 * block_bytes;
    for (size_t i = 0; i < quads; i++) {
        ask(t->row[0] + i * (size_t)rows * bytes, t->ahead, (size_t)rows * bytes);
        UNROLL
        for (int r = 0; r < rows; r++)
            quad_step(unpack, tokens, t->row[r] + i * bytes, t, i / 2, i % 2, sums[r], mins[r]);
    }
    size_t rest = columns % 128 / 32 * block_bytes;
    for (int r = 0; r < rows && rest > 0; r++) {
        // The last one to three blocks, with blocks of zeros after them; the activations there are zero too.
        uint8_t padded[4 * sizeof(quern_block_q8_0)] __attribute__((aligned(64))) = {0};
        memcpy(padded, t->row[r] + quads * bytes, rest);
        quad_step(unpack, tokens, padded, t, quads / 2, quads % 2, sums[r], mins[r]);
    }
    UNROLL
    for (int r = 0; r < rows; r++)
        UNROLL
        for (int k = 0; k < tokens; k++) {
            __m128 m = _mm_add_ps(mins[r][k], _mm_movehl_ps(mins[r][k], mins[r][k]));
            m = _mm_add_ss(m, _mm_movehdup_ps(m));
            t->sum[r][k] = _mm512_reduce_add_ps(sums[r][k]) - _mm_cvtss_f32(m);
        }
}

// MARK: K types

typedef quern_super (*super_unpacker)(const uint8_t *);

/// Multiplies a block of a row by 256 activations of each token.
QUERN_INLINE void super_step(
    quern_super w, bool sixteenths, int tokens, const tile *t, size_t block, __m512 sums[TOKENS][2], __m512 mins[TOKENS]
) {
    const __m512i twice = _mm512_set_epi32(7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
    // Brings the scales of the columns in a quarter of product j to place j of that quarter.
    const __m512i places = sixteenths ? _mm512_set_epi32(15, 13, 7, 5, 14, 12, 6, 4, 11, 9, 3, 1, 10, 8, 2, 0)
                                      : _mm512_set_epi32(7, 6, 3, 2, 7, 6, 3, 2, 5, 4, 1, 0, 5, 4, 1, 0);
    UNROLL
    for (int k = 0; k < tokens; k++) {
        const quern_activations *a = t->x[k] + block;
        __m512 scale;
        if (sixteenths) {
            scale = _mm512_mul_ps(w.scale, _mm512_permutexvar_ps(twice, _mm512_castps256_ps512(_mm256_loadu_ps(a->d))));
            mins[k] = _mm512_fmadd_ps(w.min, _mm512_loadu_ps(a->s16), mins[k]);
        } else {
            // `d` and `s32` are neighbours, as scales and minima are.
            scale = _mm512_mul_ps(w.scale, _mm512_loadu_ps(a->d));
            mins[k] = _mm512_add_ps(mins[k], scale);
        }
        scale = _mm512_permutexvar_ps(places, scale);
#define PRODUCT(j) \
    sums[k][j % 2] = _mm512_fmadd_ps(dot(w.bytes[j], a->q + 64 * j), _mm512_shuffle_ps(scale, scale, 0x55 * j), sums[k][j % 2])
        PRODUCT(0);
        PRODUCT(1);
        PRODUCT(2);
        PRODUCT(3);
#undef PRODUCT
    }
}

QUERN_INLINE void super_tile(
    super_unpacker unpack, bool sixteenths, size_t block_bytes, int rows, int tokens, size_t columns, tile *t
) {
    __m512 sums[ROWS][TOKENS][2], mins[ROWS][TOKENS];
    UNROLL
    for (int r = 0; r < rows; r++)
        UNROLL
        for (int k = 0; k < tokens; k++) sums[r][k][0] = sums[r][k][1] = mins[r][k] = _mm512_setzero_ps();
    for (size_t block = 0; block < columns / 256; block++) {
        ask(t->row[0] + block * (size_t)rows * block_bytes, t->ahead, (size_t)rows * block_bytes);
        UNROLL
        for (int r = 0; r < rows; r++)
            super_step(unpack(t->row[r] + block * block_bytes), sixteenths, tokens, t, block, sums[r], mins[r]);
    }
    UNROLL
    for (int r = 0; r < rows; r++)
        UNROLL
        for (int k = 0; k < tokens; k++) {
            __m512 m = sixteenths ? mins[r][k] : _mm512_maskz_mov_ps(0xff00, mins[r][k]);
            t->sum[r][k] = _mm512_reduce_add_ps(_mm512_sub_ps(_mm512_add_ps(sums[r][k][0], sums[r][k][1]), m));
        }
}

// MARK: Codebooks

/// Types that are unpacked in plain C; their blocks may end within 256 columns.
QUERN_INLINE void coded_tile(int rows, int tokens, size_t columns, tile *t) {
    size_t bytes = quern_codes_bytes(t->type);
    for (int r = 0; r < rows; r++) {
        __m512 sums[TOKENS][2], mins[TOKENS];
        UNROLL
        for (int k = 0; k < tokens; k++) sums[k][0] = sums[k][1] = mins[k] = _mm512_setzero_ps();
        for (size_t first = 0; first < columns; first += 256) {
            const uint8_t *p = t->row[r] + first / 256 * bytes;
            ask(p, t->ahead, bytes);
            quern_super w = quern_super_coded(t->type, p, columns - first < 256 ? (columns - first) / 32 : 8);
            super_step(w, true, tokens, t, first / 256, sums, mins);
        }
        UNROLL
        for (int k = 0; k < tokens; k++)
            t->sum[r][k] = _mm512_reduce_add_ps(_mm512_sub_ps(_mm512_add_ps(sums[k][0], sums[k][1]), mins[k]));
    }
}

// MARK: Floats

typedef __m512 (*float_loader)(const uint8_t *, __mmask16);

QUERN_INLINE __m512 load_f32(const uint8_t *p, __mmask16 mask) { return _mm512_maskz_loadu_ps(mask, p); }
QUERN_INLINE __m512 load_f16(const uint8_t *p, __mmask16 mask) { return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(mask, p)); }
QUERN_INLINE __m512 load_bf16(const uint8_t *p, __mmask16 mask) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(mask, p)), 16));
}

QUERN_INLINE void float_tile(float_loader load, size_t bytes, int rows, int tokens, size_t columns, tile *t) {
    __m512 sums[ROWS][TOKENS][2];
    UNROLL
    for (int r = 0; r < rows; r++)
        UNROLL
        for (int k = 0; k < tokens; k++) sums[r][k][0] = sums[r][k][1] = _mm512_setzero_ps();
    for (size_t c = 0; c < columns; c += 32) {
        ask(t->row[0] + c * (size_t)rows * bytes, t->ahead, 32 * (size_t)rows * bytes);
        for (int part = 0; part < 2; part++) {
            size_t first = c + 16 * (size_t)part;
            size_t left = first < columns ? columns - first : 0;
            __mmask16 mask = left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1);
            UNROLL
            for (int r = 0; r < rows; r++) {
                __m512 w = load(t->row[r] + first * bytes, mask);
                UNROLL
                for (int k = 0; k < tokens; k++)
                    sums[r][k][part] = _mm512_fmadd_ps(w, _mm512_maskz_loadu_ps(mask, t->floats[k] + first), sums[r][k][part]);
            }
        }
    }
    UNROLL
    for (int r = 0; r < rows; r++)
        UNROLL
        for (int k = 0; k < tokens; k++) t->sum[r][k] = _mm512_reduce_add_ps(_mm512_add_ps(sums[r][k][0], sums[r][k][1]));
}

// MARK: Table

/// A tile function for a long row and one token, and one for each number of tokens.
typedef void (*tile_function)(size_t columns, tile *t);

#define TILE(name, rows, tokens, call)                                                   \
    static void name(size_t columns, tile *t) {                                          \
        enum { R = rows, T = tokens };                                                   \
        call;                                                                            \
    }
#define TILES(type, is_float, call)                                                      \
    TILE(type##_long, 1, 1, call)                                                        \
    TILE(type##_1, ROWS_FOR(is_float, 1), 1, call)                                       \
    TILE(type##_2, ROWS_FOR(is_float, 2), 2, call)                                       \
    TILE(type##_3, ROWS_FOR(is_float, 3), 3, call)                                       \
    TILE(type##_4, ROWS_FOR(is_float, 4), 4, call)                                       \
    static const tile_function type##_tiles[TOKENS + 1] = {type##_long, type##_1, type##_2, type##_3, type##_4};
#define QUAD(type) quad_tile(quern_quad_##type, sizeof(quern_block_##type), R, T, columns, t)
#define SUPER(type, sixteenths) super_tile(quern_super_##type, sixteenths, sizeof(quern_block_##type), R, T, columns, t)

TILES(f32, true, float_tile(load_f32, 4, R, T, columns, t))
TILES(f16, true, float_tile(load_f16, 2, R, T, columns, t))
TILES(bf16, true, float_tile(load_bf16, 2, R, T, columns, t))
TILES(q8_0, false, QUAD(q8_0))
TILES(q4_0, false, QUAD(q4_0))
TILES(q4_1, false, QUAD(q4_1))
TILES(q5_0, false, QUAD(q5_0))
TILES(q5_1, false, QUAD(q5_1))
TILES(q2_K, false, SUPER(q2_K, true))
TILES(q3_K, false, SUPER(q3_K, true))
TILES(q4_K, false, SUPER(q4_K, false))
TILES(q5_K, false, SUPER(q5_K, false))
TILES(q6_K, false, SUPER(q6_K, true))
TILES(iq4_nl, false, QUAD(iq4_nl))
TILES(mxfp4, false, QUAD(mxfp4))
TILES(iq4_xs, false, SUPER(iq4_xs, false))
TILES(coded, false, coded_tile(R, T, columns, t))

static const tile_function *const tiles[QUERN_WEIGHT_COUNT] = {
    [QUERN_WEIGHT_F32] = f32_tiles,       [QUERN_WEIGHT_F16] = f16_tiles,       [QUERN_WEIGHT_BF16] = bf16_tiles,
    [QUERN_WEIGHT_Q8_0] = q8_0_tiles,     [QUERN_WEIGHT_Q4_0] = q4_0_tiles,     [QUERN_WEIGHT_Q4_1] = q4_1_tiles,
    [QUERN_WEIGHT_Q5_0] = q5_0_tiles,     [QUERN_WEIGHT_Q5_1] = q5_1_tiles,     [QUERN_WEIGHT_Q2_K] = q2_K_tiles,
    [QUERN_WEIGHT_Q3_K] = q3_K_tiles,     [QUERN_WEIGHT_Q4_K] = q4_K_tiles,     [QUERN_WEIGHT_Q5_K] = q5_K_tiles,
    [QUERN_WEIGHT_Q6_K] = q6_K_tiles,     [QUERN_WEIGHT_IQ4_NL] = iq4_nl_tiles, [QUERN_WEIGHT_MXFP4] = mxfp4_tiles,
    [QUERN_WEIGHT_IQ4_XS] = iq4_xs_tiles, [QUERN_WEIGHT_NVFP4] = coded_tiles,   [QUERN_WEIGHT_Q1_0] = coded_tiles,
    [QUERN_WEIGHT_Q2_0] = coded_tiles,    [QUERN_WEIGHT_IQ1_S] = coded_tiles,   [QUERN_WEIGHT_IQ1_M] = coded_tiles,
    [QUERN_WEIGHT_IQ2_XXS] = coded_tiles, [QUERN_WEIGHT_IQ2_XS] = coded_tiles,  [QUERN_WEIGHT_IQ2_S] = coded_tiles,
    [QUERN_WEIGHT_IQ3_XXS] = coded_tiles, [QUERN_WEIGHT_IQ3_S] = coded_tiles,   [QUERN_WEIGHT_TQ1_0] = coded_tiles,
    [QUERN_WEIGHT_TQ2_0] = coded_tiles,
};

/// Rows `first ..< first + count` for up to `TOKENS` tokens from token `token`.
static void rows_of(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, size_t token, quern_outputs y) {
    size_t tokens = x->tokens - token < TOKENS ? x->tokens - token : TOKENS;
    bool is_long = tokens == 1 && w->row_bytes >= LONG_ROW;
    size_t step = is_long ? 1 : ROWS_FOR(quern_is_float(w->type), tokens);
    tile t = {.type = w->type, .ahead = (step - 1) * w->row_bytes + AHEAD};
    tile_function run = tiles[w->type][is_long ? 0 : tokens];
    for (size_t k = 0; k < tokens; k++) {
        t.x[k] = x->rounded + (token + k) * quern_activation_blocks(x->columns);
        t.floats[k] = x->x + (token + k) * x->stride;
    }
    for (size_t row = first; row < first + count; row += step) {
        size_t rows = first + count - row < step ? first + count - row : step;
        // Past the last row it is repeated.
        for (size_t r = 0; r < step; r++) t.row[r] = w->data + (row + (r < rows ? r : rows - 1)) * w->row_bytes;
        run(w->columns, &t);
        for (size_t r = 0; r < rows; r++)
            for (size_t k = 0; k < tokens; k++) y.y[(token + k) * y.stride + row + r] = t.sum[r][k];
    }
}

void quern_rows_avx512(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y) {
    // As many rows as stay in the cache while further tokens are multiplied with them.
    size_t step = x->tokens <= TOKENS ? count : 16;
    for (size_t row = first; row < first + count; row += step)
        for (size_t token = 0; token < x->tokens; token += TOKENS)
            rows_of(w, row, first + count - row < step ? first + count - row : step, x, token, y);
}

#pragma clang attribute pop
#endif
