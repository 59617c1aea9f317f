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

/// Most tokens computed at once, and rows beside each other for a single token and for several: as many as there are registers for.
enum { TOKENS = 4, ROWS = 4, SHARING_ROWS = 2 };

/// How far ahead of its use memory is asked for, in bytes: what arrives within the latency of memory.
enum { AHEAD = 4608 };

/// Loops over rows and tokens, whose sums are to stay in registers.
#define UNROLL _Pragma("clang loop unroll(full)")

/// Some neighbouring rows and some tokens.
typedef struct tile {
    const uint8_t *row[ROWS];
    const quern_activations *x[TOKENS];
    const float *floats[TOKENS];
    float sum[ROWS][TOKENS];
} tile;

/// Asks for `bytes` bytes that come `AHEAD` of `p`. Weights are used once and then not again before all others have been: they
/// are to leave no trace in the larger caches.
QUERN_INLINE void ask(const uint8_t *p, size_t bytes) {
    for (size_t line = 0; line < bytes; line += 64) _mm_prefetch((const char *)p + AHEAD + line, _MM_HINT_NTA);
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
        ask(t->row[0] + i * (size_t)rows * bytes, (size_t)rows * bytes);
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
    super_unpacker unpack, bool sixteenths, int tokens, const uint8_t *p, const tile *t, size_t block, __m512 sums[TOKENS][2],
    __m512 mins[TOKENS]
) {
    const __m512i twice = _mm512_set_epi32(7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
    // Brings the scales of the columns in a quarter of product j to place j of that quarter.
    const __m512i places = sixteenths ? _mm512_set_epi32(15, 13, 7, 5, 14, 12, 6, 4, 11, 9, 3, 1, 10, 8, 2, 0)
                                      : _mm512_set_epi32(7, 6, 3, 2, 7, 6, 3, 2, 5, 4, 1, 0, 5, 4, 1, 0);
    quern_super w = unpack(p);
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
        ask(t->row[0] + block * (size_t)rows * block_bytes, (size_t)rows * block_bytes);
        UNROLL
        for (int r = 0; r < rows; r++)
            super_step(unpack, sixteenths, tokens, t->row[r] + block * block_bytes, t, block, sums[r], mins[r]);
    }
    UNROLL
    for (int r = 0; r < rows; r++)
        UNROLL
        for (int k = 0; k < tokens; k++) {
            __m512 m = sixteenths ? mins[r][k] : _mm512_maskz_mov_ps(0xff00, mins[r][k]);
            t->sum[r][k] = _mm512_reduce_add_ps(_mm512_sub_ps(_mm512_add_ps(sums[r][k][0], sums[r][k][1]), m));
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
        ask(t->row[0] + c * (size_t)rows * bytes, 32 * (size_t)rows * bytes);
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

/// A tile function for each number of tokens.
typedef void (*tile_function)(size_t columns, tile *t);

#define TILE(type, tokens, call)                                                         \
    static void type##_##tokens(size_t columns, tile *t) {                               \
        enum { R = tokens == 1 ? ROWS : SHARING_ROWS, T = tokens };                      \
        call;                                                                            \
    }
#define TILES(type, call)                                                                \
    TILE(type, 1, call) TILE(type, 2, call) TILE(type, 3, call) TILE(type, 4, call)      \
    static const tile_function type##_tiles[TOKENS] = {type##_1, type##_2, type##_3, type##_4};
#define QUAD(type) quad_tile(quern_quad_##type, sizeof(quern_block_##type), R, T, columns, t)
#define SUPER(type, sixteenths) super_tile(quern_super_##type, sixteenths, sizeof(quern_block_##type), R, T, columns, t)

TILES(f32, float_tile(load_f32, 4, R, T, columns, t))
TILES(f16, float_tile(load_f16, 2, R, T, columns, t))
TILES(bf16, float_tile(load_bf16, 2, R, T, columns, t))
TILES(q8_0, QUAD(q8_0))
TILES(q4_0, QUAD(q4_0))
TILES(q4_1, QUAD(q4_1))
TILES(q5_0, QUAD(q5_0))
TILES(q5_1, QUAD(q5_1))
TILES(q2_K, SUPER(q2_K, true))
TILES(q3_K, SUPER(q3_K, true))
TILES(q4_K, SUPER(q4_K, false))
TILES(q5_K, SUPER(q5_K, false))
TILES(q6_K, SUPER(q6_K, true))

static const tile_function *const tiles[QUERN_WEIGHT_COUNT] = {
    f32_tiles,  f16_tiles,  bf16_tiles, q8_0_tiles, q4_0_tiles, q4_1_tiles, q5_0_tiles,
    q5_1_tiles, q2_K_tiles, q3_K_tiles, q4_K_tiles, q5_K_tiles, q6_K_tiles,
};

/// Rows `first ..< first + count` for up to `TOKENS` tokens from token `token`.
static void rows_of(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, size_t token, quern_outputs y) {
    size_t tokens = x->tokens - token < TOKENS ? x->tokens - token : TOKENS, step = tokens == 1 ? ROWS : SHARING_ROWS;
    tile t;
    for (size_t k = 0; k < tokens; k++) {
        t.x[k] = x->rounded + (token + k) * quern_activation_blocks(x->columns);
        t.floats[k] = x->x + (token + k) * x->stride;
    }
    for (size_t row = first; row < first + count; row += step) {
        size_t rows = first + count - row < step ? first + count - row : step;
        // Past the last row it is repeated.
        for (size_t r = 0; r < step; r++) t.row[r] = w->data + (row + (r < rows ? r : rows - 1)) * w->row_bytes;
        tiles[w->type][tokens - 1](w->columns, &t);
        for (size_t r = 0; r < rows; r++)
            for (size_t k = 0; k < tokens; k++) y.y[(token + k) * y.stride + row + r] = t.sum[r][k];
    }
}

void quern_rows_avx512(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y) {
    // As many rows as stay in the cache while further tokens are multiplied with them.
    size_t step = x->tokens <= TOKENS ? count : 8 * SHARING_ROWS;
    for (size_t row = first; row < first + count; row += step)
        for (size_t token = 0; token < x->tokens; token += TOKENS)
            rows_of(w, row, first + count - row < step ? first + count - row : step, x, token, y);
}

#pragma clang attribute pop
#endif
