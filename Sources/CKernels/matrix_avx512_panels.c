// The panel path of quantized types with AVX-512 VNNI, for the many tokens of a prompt.
//
// A panel is 32 rows by up to 512 columns, unpacked from any type to one byte per weight in the first-level cache: four columns
// of sixteen rows to a register, as `vpdpbusd` takes them, with its activations broadcast from memory. Six tokens go through a
// panel at a time; with 32 rows that makes twelve accumulators of integers and twelve of floats, and each broadcast serves two
// registers of weights. Per 32 columns the integers are scaled and added to the floats.
//
// Bytes are unsigned. For symmetric types they are biased to 128, which is undone, exactly, by starting the integers at -128
// times the sum of the activations; types with a minimum subtract it from the floats.
#include "matrix_avx512.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni"))), apply_to = function)

#include "matrix_avx512_transpose.h"
#include "matrix_avx512_unpack.h"

enum {
    GROUP = QUERN_AVX512_INTEGER_GROUP,
    CHUNK = 16,  ///< blocks of 32 columns in a panel
};

/// 32 activations of each token of a group.
typedef struct packed_block {
    int8_t q[8][GROUP][4];     ///< columns 4k...4k+3 of each token
    float d[GROUP];            ///< scale
    int32_t bias[3][GROUP];    ///< -128 times the sum of q: over all 32, over the first 16, over the last 16
    float sum[3][GROUP];       ///< d times the sum of q, over the same
} __attribute__((aligned(64))) packed_block;

/// 32 columns of sixteen rows.
typedef struct panel_block {
    uint8_t q[8][16][4];  ///< columns 4k...4k+3 of each row
    float scale[2][16];   ///< of all 32 columns, or of the first and the last 16
    float min[2][16];
} __attribute__((aligned(64))) panel_block;

/// The scratch memory of a thread.
typedef struct panel {
    panel_block halves[2][CHUNK];
    uint8_t bytes[16][256];  ///< 256 columns of sixteen rows, on their way into the panel
    float scales[16][16];
    float mins[16][16];
} __attribute__((aligned(64))) panel;

_Static_assert(sizeof(panel) <= QUERN_AVX512_PANEL_BYTES, "scratch memory of a panel");

// MARK: Activations

size_t quern_integer_group_bytes_avx512(size_t columns) { return columns / 32 * sizeof(packed_block); }

/// The blocks of group `group` in chunk `chunk`: all groups of a chunk lie one after the other.
QUERN_INLINE size_t packed_offset(size_t blocks, size_t groups, size_t group, size_t chunk) {
    size_t length = blocks - chunk * CHUNK < CHUNK ? blocks - chunk * CHUNK : CHUNK;
    return chunk * CHUNK * groups + group * length;
}

static void pack_block(const quern_activations *rounded, size_t stride, size_t tokens, size_t j, packed_block *out) {
    memset(out, 0, sizeof *out);
    for (size_t k = 0; k < tokens; k++) {
        const quern_activations *a = rounded + k * stride;
        const int8_t *q = a->q + 32 * quern_place(j);
        for (int i = 0; i < 8; i++) memcpy(out->q[i][k], q + 4 * i, 4);
        __m256i sums = _mm256_dpbusd_epi32(_mm256_setzero_si256(), _mm256_set1_epi8((char)128), quern_load256(q));
        __m128i low = _mm256_castsi256_si128(sums), high = _mm256_extracti128_si256(sums, 1);
        __m128i pairs = _mm_hadd_epi32(low, high);
        pairs = _mm_hadd_epi32(pairs, pairs);
        int first = _mm_extract_epi32(pairs, 0), last = _mm_extract_epi32(pairs, 1);
        out->d[k] = a->d[j];
        out->bias[0][k] = -(first + last);
        out->bias[1][k] = -first;
        out->bias[2][k] = -last;
        out->sum[0][k] = a->s32[j];
        out->sum[1][k] = a->s16[2 * j];
        out->sum[2][k] = a->s16[2 * j + 1];
    }
}

void quern_pack_integers_avx512(const quern_inputs *x, size_t group, quern_activations *rounded, void *packed) {
    size_t first = group * GROUP, stride = quern_activation_blocks(x->columns), blocks = x->columns / 32;
    size_t tokens = x->tokens - first < GROUP ? x->tokens - first : GROUP;
    size_t groups = (x->tokens + GROUP - 1) / GROUP;
    for (size_t k = 0; k < tokens; k++) quern_round_avx512(x->x + (first + k) * x->stride, x->columns, rounded + k * stride);
    for (size_t block = 0; block < blocks; block++) {
        packed_block *out = (packed_block *)packed + packed_offset(blocks, groups, group, block / CHUNK) + block % CHUNK;
        pack_block(rounded + block / 8, stride, tokens, block % 8, out);
    }
}

// MARK: Panels

/// What a type needs besides its unpacker.
typedef struct layout {
    bool sixteenths;    ///< a scale for every 16 columns, not for every 32
    bool minimum;       ///< a minimum of its own, not one that follows from the scale
    uint8_t bias;       ///< what takes a symmetric type's bytes to 128
    size_t block_bytes; ///< of 32 columns, or of 256 in a K type
    size_t block_columns;
} layout;

static const layout layouts[QUERN_WEIGHT_COUNT] = {
    [QUERN_WEIGHT_Q8_0] = {false, false, 0, sizeof(quern_block_q8_0), 32},
    [QUERN_WEIGHT_Q4_0] = {false, false, 120, sizeof(quern_block_q4_0), 32},
    [QUERN_WEIGHT_Q4_1] = {false, true, 0, sizeof(quern_block_q4_1), 32},
    [QUERN_WEIGHT_Q5_0] = {false, false, 112, sizeof(quern_block_q5_0), 32},
    [QUERN_WEIGHT_Q5_1] = {false, true, 0, sizeof(quern_block_q5_1), 32},
    [QUERN_WEIGHT_Q2_K] = {true, true, 0, sizeof(quern_block_q2_K), 256},
    [QUERN_WEIGHT_Q3_K] = {true, false, 124, sizeof(quern_block_q3_K), 256},
    [QUERN_WEIGHT_Q4_K] = {false, true, 0, sizeof(quern_block_q4_K), 256},
    [QUERN_WEIGHT_Q5_K] = {false, true, 0, sizeof(quern_block_q5_K), 256},
    [QUERN_WEIGHT_Q6_K] = {true, false, 96, sizeof(quern_block_q6_K), 256},
    [QUERN_WEIGHT_IQ4_NL] = {false, false, 0, sizeof(quern_block_iq4_nl), 32},
    [QUERN_WEIGHT_MXFP4] = {false, false, 112, sizeof(quern_block_mxfp4), 32},
    [QUERN_WEIGHT_IQ4_XS] = {false, false, 0, sizeof(quern_block_iq4_xs), 256},
    [QUERN_WEIGHT_NVFP4] = {true, false, 128, sizeof(quern_block_nvfp4), 64},
    [QUERN_WEIGHT_Q1_0] = {true, false, 128, sizeof(quern_block_q1_0), 128},
    [QUERN_WEIGHT_Q2_0] = {true, false, 128, sizeof(quern_block_q2_0), 64},
    [QUERN_WEIGHT_IQ1_S] = {true, false, 128, sizeof(quern_block_iq1_s), 256},
    [QUERN_WEIGHT_IQ1_M] = {true, false, 128, sizeof(quern_block_iq1_m), 256},
    [QUERN_WEIGHT_IQ2_XXS] = {true, false, 128, sizeof(quern_block_iq2_xxs), 256},
    [QUERN_WEIGHT_IQ2_XS] = {true, false, 128, sizeof(quern_block_iq2_xs), 256},
    [QUERN_WEIGHT_IQ2_S] = {true, false, 128, sizeof(quern_block_iq2_s), 256},
    [QUERN_WEIGHT_IQ3_XXS] = {true, false, 128, sizeof(quern_block_iq3_xxs), 256},
    [QUERN_WEIGHT_IQ3_S] = {true, false, 128, sizeof(quern_block_iq3_s), 256},
    [QUERN_WEIGHT_TQ1_0] = {true, false, 128, sizeof(quern_block_tq1_0), 256},
    [QUERN_WEIGHT_TQ2_0] = {true, false, 128, sizeof(quern_block_tq2_0), 256},
};

QUERN_INLINE void stage_quad(quern_quad (*unpack)(const uint8_t *), size_t bytes, const uint8_t *p, size_t blocks, size_t r, panel *s) {
    const __m512i low = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0), high = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    uint8_t padded[4 * sizeof(quern_block_q8_0)];
    for (size_t first = 0; first < blocks; first += 4) {
        const uint8_t *source = p + first * bytes;
        if (blocks - first < 4) {
            memset(padded, 0, sizeof padded);
            memcpy(padded, source, (blocks - first) * bytes);
            source = padded;
        }
        quern_quad v = unpack(source);
        _mm512_store_si512(s->bytes[r] + first * 32, _mm512_permutex2var_epi64(v.low, low, v.high));
        _mm512_store_si512(s->bytes[r] + first * 32 + 64, _mm512_permutex2var_epi64(v.low, high, v.high));
        _mm_store_ps(s->scales[r] + first, v.scale);
        _mm_store_ps(s->mins[r] + first, v.min);
    }
}

QUERN_INLINE void stage_super(quern_super (*unpack)(const uint8_t *), bool sixteenths, const uint8_t *p, size_t r, panel *s) {
    quern_super v = unpack(p);
    for (int j = 0; j < 4; j += 2) {
        _mm512_store_si512(s->bytes[r] + 64 * j, _mm512_shuffle_i64x2(v.bytes[j], v.bytes[j + 1], 0x44));
        _mm512_store_si512(s->bytes[r] + 64 * j + 64, _mm512_shuffle_i64x2(v.bytes[j], v.bytes[j + 1], 0xee));
    }
    _mm512_store_ps(s->scales[r], v.scale);
    _mm512_store_ps(s->mins[r], sixteenths ? v.min : _mm512_shuffle_f32x4(v.scale, v.scale, 0xee));
}

/// A type with a codebook that is unpacked in plain C.
static void stage_codes(quern_weight_type type, const uint8_t *p, size_t blocks, size_t r, panel *s) {
    quern_codes codes;
    quern_unpack_codes_avx512(type, p, blocks, &codes);
    memcpy(s->bytes[r], codes.q, sizeof codes.q);
    memcpy(s->scales[r], codes.scale, sizeof codes.scale);
}

/// Unpacks up to 256 columns of a row to bytes in their order.
static void stage(quern_weight_type type, const uint8_t *p, size_t blocks, size_t r, panel *s) {
    switch (type) {
    case QUERN_WEIGHT_Q8_0: stage_quad(quern_quad_q8_0, sizeof(quern_block_q8_0), p, blocks, r, s); break;
    case QUERN_WEIGHT_Q4_0: stage_quad(quern_quad_q4_0, sizeof(quern_block_q4_0), p, blocks, r, s); break;
    case QUERN_WEIGHT_Q4_1: stage_quad(quern_quad_q4_1, sizeof(quern_block_q4_1), p, blocks, r, s); break;
    case QUERN_WEIGHT_Q5_0: stage_quad(quern_quad_q5_0, sizeof(quern_block_q5_0), p, blocks, r, s); break;
    case QUERN_WEIGHT_Q5_1: stage_quad(quern_quad_q5_1, sizeof(quern_block_q5_1), p, blocks, r, s); break;
    case QUERN_WEIGHT_Q2_K: stage_super(quern_super_q2_K, true, p, r, s); break;
    case QUERN_WEIGHT_Q3_K: stage_super(quern_super_q3_K, true, p, r, s); break;
    case QUERN_WEIGHT_Q4_K: stage_super(quern_super_q4_K, false, p, r, s); break;
    case QUERN_WEIGHT_Q5_K: stage_super(quern_super_q5_K, false, p, r, s); break;
    case QUERN_WEIGHT_Q6_K: stage_super(quern_super_q6_K, true, p, r, s); break;
    case QUERN_WEIGHT_IQ4_NL: stage_quad(quern_quad_iq4_nl, sizeof(quern_block_iq4_nl), p, blocks, r, s); break;
    case QUERN_WEIGHT_MXFP4: stage_quad(quern_quad_mxfp4, sizeof(quern_block_mxfp4), p, blocks, r, s); break;
    case QUERN_WEIGHT_IQ4_XS: stage_super(quern_super_iq4_xs, false, p, r, s); break;
    default: stage_codes(type, p, blocks, r, s); break;
    }
}

/// Moves staged bytes and scales of `blocks` blocks into half a panel.
static void place(const layout *l, size_t blocks, panel *s, panel_block *out) {
    const __m512i bias = _mm512_set1_epi8((char)l->bias);
    for (size_t j = 0; j < blocks; j++) quern_transpose_16x32(s->bytes[0] + 32 * j, sizeof s->bytes[0], bias, out[j].q[0][0]);
    int vectors = l->sixteenths ? 2 : 1;
    __m512 v[16];
    quern_transpose_16x16(s->scales[0], 16, v);
    for (size_t j = 0; j < blocks; j++)
        for (int h = 0; h < vectors; h++) _mm512_store_ps(out[j].scale[h], v[(size_t)vectors * j + (size_t)h]);
    if (!l->minimum) return;
    quern_transpose_16x16(s->mins[0], 16, v);
    for (size_t j = 0; j < blocks; j++)
        for (int h = 0; h < vectors; h++) _mm512_store_ps(out[j].min[h], v[(size_t)vectors * j + (size_t)h]);
}

/// Unpacks `blocks` blocks from block `first` of 32 rows; past the last row it is repeated.
static void fill(const quern_weights *w, size_t row, size_t rows, size_t first, size_t blocks, panel *s) {
    const layout *l = &layouts[w->type];
    for (size_t half = 0; half < 2; half++) {
        if (half * 16 >= rows) break;
        for (size_t done = 0; done < blocks; done += 8) {
            size_t count = blocks - done < 8 ? blocks - done : 8;
            for (size_t r = 0; r < 16; r++) {
                size_t source = half * 16 + r < rows ? half * 16 + r : rows - 1;
                const uint8_t *p = w->data + (row + source) * w->row_bytes + (first + done) * 32 / l->block_columns * l->block_bytes;
                // The same columns of the next panel: the few hundred bytes of a row are too short for the processor to guess.
                for (size_t line = 0; line < count * 32 / l->block_columns * l->block_bytes; line += 64)
                    _mm_prefetch((const char *)p + 32 * w->row_bytes + line, _MM_HINT_T1);
                stage(w->type, p, count, r, s);
            }
            place(l, count, s, s->halves[half] + done);
        }
    }
}

// MARK: Microkernel

typedef struct kernel_job {
    const panel_block *p[2];
    const packed_block *x;
    size_t blocks;
    float *y;
    size_t stride;
    size_t tokens;
    __mmask16 mask[2];
    bool fresh;  ///< the first columns of a product: what is in `y` does not count
} kernel_job;

QUERN_INLINE __m512 broadcast(const float *p) { return _mm512_set1_ps(*p); }

/// Four columns each from `k` to `end`: twelve accumulators of integers.
QUERN_INLINE void multiply_bytes(const panel_block *p0, const panel_block *p1, const packed_block *x, int k, int end, __m512i i[GROUP][2]) {
#pragma clang loop unroll(full)
    for (; k < end; k++) {
        __m512i w0 = _mm512_load_si512(p0->q[k]), w1 = _mm512_load_si512(p1->q[k]);
#pragma clang loop unroll(full)
        for (int c = 0; c < GROUP; c++) {
            int bits;
            memcpy(&bits, x->q[k][c], 4);
            __m512i a = _mm512_set1_epi32(bits);
            i[c][0] = _mm512_dpbusd_epi32(i[c][0], w0, a);
            i[c][1] = _mm512_dpbusd_epi32(i[c][1], w1, a);
        }
    }
}

/// Scales the integers of part `h` of a block (one of `parts`) and adds them to the floats.
QUERN_INLINE void fold(
    bool minimum, int h, int sums, const panel_block *p0, const panel_block *p1, const packed_block *x, __m512i i[GROUP][2],
    __m512 f[GROUP][2]
) {
    __m512 s0 = _mm512_load_ps(p0->scale[h]), s1 = _mm512_load_ps(p1->scale[h]);
#pragma clang loop unroll(full)
    for (int c = 0; c < GROUP; c++) {
        __m512 d = broadcast(&x->d[c]);
        f[c][0] = _mm512_fmadd_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(i[c][0]), s0), d, f[c][0]);
        f[c][1] = _mm512_fmadd_ps(_mm512_mul_ps(_mm512_cvtepi32_ps(i[c][1]), s1), d, f[c][1]);
    }
    if (!minimum) return;
    __m512 m0 = _mm512_load_ps(p0->min[h]), m1 = _mm512_load_ps(p1->min[h]);
#pragma clang loop unroll(full)
    for (int c = 0; c < GROUP; c++) {
        __m512 sum = broadcast(&x->sum[sums][c]);
        f[c][0] = _mm512_fnmadd_ps(m0, sum, f[c][0]);
        f[c][1] = _mm512_fnmadd_ps(m1, sum, f[c][1]);
    }
}

QUERN_INLINE void start(bool minimum, int sums, const packed_block *x, __m512i i[GROUP][2]) {
#pragma clang loop unroll(full)
    for (int c = 0; c < GROUP; c++) i[c][0] = i[c][1] = minimum ? _mm512_setzero_si512() : _mm512_set1_epi32(x->bias[sums][c]);
}

QUERN_INLINE void kernel(bool sixteenths, bool minimum, const kernel_job *job) {
    __m512 f[GROUP][2];
    for (size_t c = 0; c < GROUP; c++)
        for (size_t h = 0; h < 2; h++)
            f[c][h] = job->fresh || c >= job->tokens ? _mm512_setzero_ps()
                                                     : _mm512_maskz_loadu_ps(job->mask[h], job->y + c * job->stride + 16 * h);
    for (size_t b = 0; b < job->blocks; b++) {
        const panel_block *p0 = job->p[0] + b, *p1 = job->p[1] + b;
        const packed_block *x = job->x + b;
        __m512i i[GROUP][2];
        if (sixteenths) {
            start(minimum, 1, x, i);
            multiply_bytes(p0, p1, x, 0, 4, i);
            fold(minimum, 0, 1, p0, p1, x, i, f);
            start(minimum, 2, x, i);
            multiply_bytes(p0, p1, x, 4, 8, i);
            fold(minimum, 1, 2, p0, p1, x, i, f);
        } else {
            start(minimum, 0, x, i);
            multiply_bytes(p0, p1, x, 0, 8, i);
            fold(minimum, 0, 0, p0, p1, x, i, f);
        }
    }
    for (size_t c = 0; c < GROUP; c++)
        for (size_t h = 0; h < 2 && c < job->tokens; h++)
            _mm512_mask_storeu_ps(job->y + c * job->stride + 16 * h, job->mask[h], f[c][h]);
}

static void kernel_symmetric_32(const kernel_job *job) { kernel(false, false, job); }
static void kernel_minimum_32(const kernel_job *job) { kernel(false, true, job); }
static void kernel_symmetric_16(const kernel_job *job) { kernel(true, false, job); }
static void kernel_minimum_16(const kernel_job *job) { kernel(true, true, job); }

static void (*kernel_for(quern_weight_type type))(const kernel_job *) {
    const layout *l = &layouts[type];
    if (l->sixteenths) return l->minimum ? kernel_minimum_16 : kernel_symmetric_16;
    return l->minimum ? kernel_minimum_32 : kernel_symmetric_32;
}

void quern_integer_panels_avx512(
    const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y, void *scratch
) {
    panel *s = scratch;
    size_t blocks = w->columns / 32, groups = (x->tokens + GROUP - 1) / GROUP;
    void (*run)(const kernel_job *) = kernel_for(w->type);
    for (size_t chunk = 0; chunk * CHUNK < blocks; chunk++) {
        size_t length = blocks - chunk * CHUNK < CHUNK ? blocks - chunk * CHUNK : CHUNK;
        for (size_t row = first; row < first + count; row += 32) {
            size_t rows = first + count - row < 32 ? first + count - row : 32;
            fill(w, row, rows, chunk * CHUNK, length, s);
            kernel_job job = {
                .p = {s->halves[0], s->halves[rows > 16 ? 1 : 0]},
                .blocks = length,
                .stride = y.stride,
                .mask = {rows >= 16 ? 0xffff : (__mmask16)((1u << rows) - 1),
                         rows >= 32 ? 0xffff : rows > 16 ? (__mmask16)((1u << (rows - 16)) - 1) : 0},
                .fresh = chunk == 0,
            };
            for (size_t group = 0; group < groups; group++) {
                job.x = (const packed_block *)x->packed_integers + packed_offset(blocks, groups, group, chunk);
                job.y = y.y + group * GROUP * y.stride + row;
                job.tokens = x->tokens - group * GROUP < GROUP ? x->tokens - group * GROUP : GROUP;
                run(&job);
            }
        }
    }
}

#pragma clang attribute pop
#endif
