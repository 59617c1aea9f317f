// The row path with AVX-512 VNNI: dot products on the file's own blocks, for the few tokens of generation.
//
// Such a product is bound by memory: each weight is read once. Two rows go side by side, so that loads of one overlap with the
// arithmetic of the other, and up to four tokens share what was unpacked. The operations of one row and token are the same
// whatever is computed beside it, so neither the split of a batch nor that of the rows changes its bits.
#include "matrix_avx512.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#include "matrix_avx512_unpack.h"

/// Most rows and tokens computed at once.
enum { ROWS = 2, TOKENS = 4 };

/// How far ahead of its use memory is asked for, in bytes, at least: what arrives within the latency of memory.
enum { AHEAD = 4096 };

typedef struct tile {
    const uint8_t *row[ROWS];
    const quern_activations *x[TOKENS];
    const float *floats[TOKENS];
    size_t ahead;  ///< bytes from a row to the one that is asked for while it is read
    float sum[ROWS][TOKENS];
} tile;

QUERN_INLINE __m512 dot(__m512i a, __m512i x) { return _mm512_cvtepi32_ps(_mm512_dpbusd_epi32(_mm512_setzero_si512(), a, x)); }

// MARK: Simple types

typedef quern_quad (*quad_unpacker)(const uint8_t *);

/// Multiplies one quad of each row by 128 activations of each token, from column 128 * `half` of a block.
QUERN_INLINE void quad_step(
    quad_unpacker unpack, int rows, int tokens, const uint8_t *const p[ROWS], const tile *t, size_t block, int half,
    __m512 sums[ROWS][TOKENS], __m128 mins[ROWS][TOKENS]
) {
    const __m512i even = _mm512_set_epi64(13, 12, 9, 8, 5, 4, 1, 0), odd = _mm512_set_epi64(15, 14, 11, 10, 7, 6, 3, 2);
    const __m512i spread = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    quern_quad w[ROWS];
    for (int r = 0; r < rows; r++) w[r] = unpack(p[r]);
    for (int k = 0; k < tokens; k++) {
        const quern_activations *a = t->x[k] + block;
        __m512i first = _mm512_loadu_si512(a->q + 128 * half), second = _mm512_loadu_si512(a->q + 128 * half + 64);
        __m512i low = _mm512_permutex2var_epi64(first, even, second), high = _mm512_permutex2var_epi64(first, odd, second);
        __m128 d = _mm_loadu_ps(a->d + 4 * half), s = _mm_loadu_ps(a->s32 + 4 * half);
        for (int r = 0; r < rows; r++) {
            __m512i product = _mm512_dpbusd_epi32(_mm512_setzero_si512(), w[r].low, low);
            product = _mm512_dpbusd_epi32(product, w[r].high, high);
            __m512 scale = _mm512_permutexvar_ps(spread, _mm512_castps128_ps512(_mm_mul_ps(w[r].scale, d)));
            sums[r][k] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(product), scale, sums[r][k]);
            mins[r][k] = _mm_fmadd_ps(w[r].min, s, mins[r][k]);
        }
    }
}

QUERN_INLINE void quad_tile(quad_unpacker unpack, size_t block_bytes, int rows, int tokens, size_t columns, tile *t) {
    __m512 sums[ROWS][TOKENS];
    __m128 mins[ROWS][TOKENS];
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < tokens; k++) {
            sums[r][k] = _mm512_setzero_ps();
            mins[r][k] = _mm_setzero_ps();
        }
    const uint8_t *p[ROWS];
    for (int r = 0; r < rows; r++) p[r] = t->row[r];
    size_t quads = columns / 128;
    for (size_t i = 0; i < quads; i++) {
        quad_step(unpack, rows, tokens, p, t, i / 2, i % 2, sums, mins);
        for (int r = 0; r < rows; r++) {
            for (size_t line = 0; line < 4 * block_bytes; line += 64)
                _mm_prefetch((const char *)p[r] + t->ahead + line, _MM_HINT_T0);
            p[r] += 4 * block_bytes;
        }
    }
    size_t rest = columns % 128 / 32 * block_bytes;
    if (rest > 0) {
        // The last one to three blocks, with blocks of zeros after them; the activations there are zero too.
        uint8_t padded[ROWS][4 * sizeof(quern_block_q8_0)] __attribute__((aligned(64)));
        for (int r = 0; r < rows; r++) {
            memset(padded[r], 0, sizeof padded[r]);
            memcpy(padded[r], p[r], rest);
            p[r] = padded[r];
        }
        quad_step(unpack, rows, tokens, p, t, quads / 2, quads % 2, sums, mins);
    }
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < tokens; k++) {
            __m128 m = _mm_add_ps(mins[r][k], _mm_movehl_ps(mins[r][k], mins[r][k]));
            m = _mm_add_ss(m, _mm_movehdup_ps(m));
            t->sum[r][k] = _mm512_reduce_add_ps(sums[r][k]) - _mm_cvtss_f32(m);
        }
}

// MARK: K types

typedef quern_super (*super_unpacker)(const uint8_t *);

QUERN_INLINE void super_tile(
    super_unpacker unpack, bool sixteenths, size_t block_bytes, int rows, int tokens, size_t columns, tile *t
) {
    const __m512i twice = _mm512_set_epi32(7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0);
    const __m512i spread = sixteenths ? _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0)
                                      : _mm512_set_epi32(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0);
    __m512 sums[ROWS][TOKENS][2], mins[ROWS][TOKENS];
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < tokens; k++) sums[r][k][0] = sums[r][k][1] = mins[r][k] = _mm512_setzero_ps();
    for (size_t block = 0; block < columns / 256; block++) {
        for (int r = 0; r < rows; r++) {
            const uint8_t *p = t->row[r] + block * block_bytes;
            for (size_t line = 0; line < block_bytes; line += 64)
                _mm_prefetch((const char *)p + t->ahead + line, _MM_HINT_T0);
            quern_super w = unpack(p);
            for (int k = 0; k < tokens; k++) {
                const quern_activations *a = t->x[k] + block;
                __m512 scale = _mm512_castps256_ps512(_mm256_loadu_ps(a->d));
                if (sixteenths) {
                    scale = _mm512_mul_ps(w.scale, _mm512_permutexvar_ps(twice, scale));
                    mins[r][k] = _mm512_fmadd_ps(w.min, _mm512_loadu_ps(a->s16), mins[r][k]);
                } else {
                    scale = _mm512_castps256_ps512(_mm256_mul_ps(_mm512_castps512_ps256(w.scale), _mm512_castps512_ps256(scale)));
                    mins[r][k] = _mm512_castps256_ps512(_mm256_fmadd_ps(
                        _mm512_castps512_ps256(w.min), _mm256_loadu_ps(a->s32), _mm512_castps512_ps256(mins[r][k])));
                }
                for (int j = 0; j < 4; j++) {
                    __m512i lanes = _mm512_add_epi32(spread, _mm512_set1_epi32(j * (sixteenths ? 4 : 2)));
                    sums[r][k][j % 2] = _mm512_fmadd_ps(
                        dot(w.bytes[j], _mm512_loadu_si512(a->q + 64 * j)), _mm512_permutexvar_ps(lanes, scale), sums[r][k][j % 2]);
                }
            }
        }
    }
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < tokens; k++) {
            __m512 m = sixteenths ? mins[r][k] : _mm512_zextps256_ps512(_mm512_castps512_ps256(mins[r][k]));
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
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < tokens; k++) sums[r][k][0] = sums[r][k][1] = _mm512_setzero_ps();
    for (size_t c = 0; c < columns; c += 32) {
        for (int part = 0; part < 2; part++) {
            size_t first = c + 16 * (size_t)part;
            size_t left = first < columns ? columns - first : 0;
            __mmask16 mask = left >= 16 ? 0xffff : (__mmask16)((1u << left) - 1);
            for (int r = 0; r < rows; r++) {
                const uint8_t *p = t->row[r] + first * bytes;
                _mm_prefetch((const char *)p + t->ahead, _MM_HINT_T0);
                __m512 w = load(p, mask);
                for (int k = 0; k < tokens; k++)
                    sums[r][k][part] = _mm512_fmadd_ps(w, _mm512_maskz_loadu_ps(mask, t->floats[k] + first), sums[r][k][part]);
            }
        }
    }
    for (int r = 0; r < rows; r++)
        for (int k = 0; k < tokens; k++) t->sum[r][k] = _mm512_reduce_add_ps(_mm512_add_ps(sums[r][k][0], sums[r][k][1]));
}

// MARK: Table

/// A tile function for each shape that occurs: one or two rows, one to four tokens.
typedef void (*tile_function)(size_t columns, tile *t);

#define TILE(type, rows, tokens, call)                                                   \
    static void type##_##rows##_##tokens(size_t columns, tile *t) {                      \
        enum { R = rows, T = tokens };                                                   \
        call;                                                                            \
    }
#define TILES(type, call)                                                                                                     \
    TILE(type, 1, 1, call) TILE(type, 1, 2, call) TILE(type, 1, 3, call) TILE(type, 1, 4, call)                               \
    TILE(type, 2, 1, call) TILE(type, 2, 2, call) TILE(type, 2, 3, call) TILE(type, 2, 4, call)                               \
    static const tile_function type##_tiles[ROWS][TOKENS] = {{type##_1_1, type##_1_2, type##_1_3, type##_1_4},                \
                                                             {type##_2_1, type##_2_2, type##_2_3, type##_2_4}};
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

static const tile_function (*const tiles[QUERN_WEIGHT_COUNT])[TOKENS] = {
    f32_tiles,  f16_tiles,  bf16_tiles, q8_0_tiles, q4_0_tiles, q4_1_tiles, q5_0_tiles,
    q5_1_tiles, q2_K_tiles, q3_K_tiles, q4_K_tiles, q5_K_tiles, q6_K_tiles,
};

void quern_rows_avx512(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y) {
    size_t blocks = quern_activation_blocks(x->columns), step = ROWS * w->row_bytes;
    // The same place in later rows; the memory after the last row may be asked for too.
    size_t ahead = (AHEAD + step - 1) / step * step;
    for (size_t row = first; row < first + count; row += ROWS) {
        size_t rows = first + count - row < ROWS ? first + count - row : ROWS;
        tile t;
        t.ahead = ahead;
        for (size_t r = 0; r < rows; r++) t.row[r] = w->data + (row + r) * w->row_bytes;
        for (size_t token = 0; token < x->tokens; token += TOKENS) {
            size_t tokens = x->tokens - token < TOKENS ? x->tokens - token : TOKENS;
            for (size_t k = 0; k < tokens; k++) {
                t.x[k] = x->rounded + (token + k) * blocks;
                t.floats[k] = x->x + (token + k) * x->stride;
            }
            tiles[w->type][rows - 1][tokens - 1](w->columns, &t);
            for (size_t r = 0; r < rows; r++)
                for (size_t k = 0; k < tokens; k++) y.y[(token + k) * y.stride + row + r] = t.sum[r][k];
        }
    }
}

#pragma clang attribute pop
#endif
