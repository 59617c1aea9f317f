// The panel path of quantized types with AVX2, for the many tokens of a prompt.
//
// A panel is 16 rows by up to 256 columns in the first-level cache: four columns of eight rows to a register, which meet
// four activations that are broadcast. `vpmaddubsw` makes sums of two products in sixteen bits; how many of those can be added up
// before they must become 32 bits depends on how large a type's bytes are: eight for four bits, four for five, two for six.
// Signed bytes leave no room: each sum is widened at once, after their signs have gone to the activations.
#include "matrix_avx2.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#include "matrix_avx2_stage.h"

enum {
    GROUP = QUERN_AVX2_GROUP,
    BLOCKS = 8,  ///< blocks of 32 columns in a panel
};

/// 32 activations of each token of a group.
typedef struct packed_block {
    int8_t q[8][GROUP][4];  ///< columns 4k...4k+3 of each token
    float d[GROUP];         ///< scale
    float sum[2][GROUP];    ///< d times the sum of q, over the first and the last 16
} __attribute__((aligned(32))) packed_block;

/// 32 columns of eight rows.
typedef struct panel_block {
    uint8_t q[8][8][4];  ///< columns 4k...4k+3 of each row
    float scale[2][8];   ///< of the first and the last 16 columns
    float min[2][8];
} __attribute__((aligned(32))) panel_block;

/// The scratch memory of a thread.
typedef struct panel {
    panel_block halves[2][BLOCKS];
    staged row;
    uint8_t bytes[8][32 * BLOCKS];  ///< rows on their way into the panel
} __attribute__((aligned(32))) panel;

_Static_assert(sizeof(panel) <= QUERN_AVX2_PANEL_BYTES, "scratch memory of a panel");

// MARK: Activations

size_t quern_integer_group_bytes_avx2(size_t columns) { return columns / 32 * sizeof(packed_block); }

void quern_pack_integers_avx2(const quern_inputs *x, size_t group, quern_activations *rounded, void *packed) {
    size_t first = group * GROUP, stride = quern_activation_blocks(x->columns), blocks = x->columns / 32;
    size_t tokens = x->tokens - first < GROUP ? x->tokens - first : GROUP;
    for (size_t k = 0; k < tokens; k++) quern_round_avx2(x->x + (first + k) * x->stride, x->columns, rounded + k * stride);
    for (size_t block = 0; block < blocks; block++) {
        packed_block *out = (packed_block *)packed + group * blocks + block;
        memset(out, 0, sizeof *out);
        for (size_t k = 0; k < tokens; k++) {
            const quern_activations *a = rounded + k * stride + block / 8;
            size_t j = block % 8;
            for (size_t i = 0; i < 8; i++) memcpy(out->q[i][k], a->q + 32 * quern_place(j) + 4 * i, 4);
            out->d[k] = a->d[j];
            out->sum[0][k] = a->s16[2 * j];
            out->sum[1][k] = a->s16[2 * j + 1];
        }
    }
}

// MARK: Panels

/// Eight rows of eight words to eight registers, one word of each row.
static void transpose(const uint8_t *bytes, size_t stride, uint8_t *out) {
    __m256i a[8], b[8];
    for (size_t r = 0; r < 8; r++) a[r] = load32(bytes + r * stride);
    for (int r = 0; r < 8; r += 2) {
        b[r] = _mm256_unpacklo_epi32(a[r], a[r + 1]);
        b[r + 1] = _mm256_unpackhi_epi32(a[r], a[r + 1]);
    }
    for (int r = 0; r < 8; r += 4)
        for (int k = 0; k < 2; k++) {
            a[r + 2 * k] = _mm256_unpacklo_epi64(b[r + k], b[r + k + 2]);
            a[r + 2 * k + 1] = _mm256_unpackhi_epi64(b[r + k], b[r + k + 2]);
        }
    for (int k = 0; k < 4; k++) {
        _mm256_store_si256((__m256i *)(void *)(out + 32 * k), _mm256_permute2x128_si256(a[k], a[k + 4], 0x20));
        _mm256_store_si256((__m256i *)(void *)(out + 32 * (k + 4)), _mm256_permute2x128_si256(a[k], a[k + 4], 0x31));
    }
}

/// Unpacks `blocks` blocks from block `first` of 16 rows; past the last row it is repeated.
static void fill(const quern_weights *w, size_t row, size_t rows, size_t first, size_t blocks, panel *s) {
    for (size_t half = 0; half < 2; half++) {
        panel_block *out = s->halves[half];
        for (size_t r = 0; r < 8; r++) {
            size_t source = half * 8 + r < rows ? half * 8 + r : rows - 1;
            stage(w, w->data + (row + source) * w->row_bytes, first, blocks, &s->row);
            memcpy(s->bytes[r], s->row.bytes, 32 * blocks);
            for (size_t j = 0; j < blocks; j++)
                for (size_t h = 0; h < 2; h++) {
                    out[j].scale[h][r] = s->row.scale[j][4 * h];
                    out[j].min[h][r] = s->row.min[2 * j + h];
                }
        }
        for (size_t j = 0; j < blocks; j++) transpose(s->bytes[0] + 32 * j, sizeof s->bytes[0], out[j].q[0][0]);
    }
}

// MARK: Microkernel

/// Products of four columns of eight rows and one token: two sums of sixteen bits for each row.
INLINE __m256i pairs(int terms, const panel_block *p, const packed_block *x, int token, int word) {
    int bits;
    memcpy(&bits, x->q[word][token], 4);
    __m256i w = _mm256_load_si256((const __m256i *)(const void *)p->q[word]), a = _mm256_set1_epi32(bits);
    return terms == 0 ? _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(a, w)) : _mm256_maddubs_epi16(w, a);
}

INLINE __m256i widened(__m256i pairs) { return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)); }

/// Products of sixteen columns from word `first`, as 32-bit integers, or as sums of 16 bits where all of 32 columns fit those.
///
/// - Parameter terms: how many sums of two products fit sixteen bits; 0 for signed bytes, of which one does.
INLINE __m256i sixteen(int terms, const panel_block *p, const packed_block *x, int token, int first) {
    __m256i a = pairs(terms, p, x, token, first), b = pairs(terms, p, x, token, first + 1);
    __m256i c = pairs(terms, p, x, token, first + 2), d = pairs(terms, p, x, token, first + 3);
    if (terms == 0)
        return _mm256_add_epi32(_mm256_add_epi32(widened(a), widened(b)), _mm256_add_epi32(widened(c), widened(d)));
    a = _mm256_add_epi16(a, b);
    c = _mm256_add_epi16(c, d);
    if (terms == 2) return _mm256_add_epi32(widened(a), widened(c));
    a = _mm256_add_epi16(a, c);
    return terms == 4 ? widened(a) : a;
}

/// Products of 32 columns.
INLINE __m256i thirty_two(int terms, const panel_block *p, const packed_block *x, int token) {
    __m256i a = sixteen(terms, p, x, token, 0), b = sixteen(terms, p, x, token, 4);
    return terms == 8 ? widened(_mm256_add_epi16(a, b)) : _mm256_add_epi32(a, b);
}

typedef struct kernel_job {
    const panel_block *p;
    const packed_block *x;
    size_t blocks;
    float sums[GROUP][8];
} kernel_job;

/// Adds one block of eight rows times one token.
INLINE __m256 fold(int terms, bool sixteenths, const panel_block *p, const packed_block *x, int token, __m256 sum) {
    __m256 d = _mm256_broadcast_ss(&x->d[token]);
    __m256 product = _mm256_cvtepi32_ps(sixteenths ? sixteen(terms, p, x, token, 0) : thirty_two(terms, p, x, token));
    sum = _mm256_fmadd_ps(_mm256_mul_ps(product, _mm256_load_ps(p->scale[0])), d, sum);
    if (sixteenths) {
        product = _mm256_cvtepi32_ps(sixteen(terms, p, x, token, 4));
        sum = _mm256_fmadd_ps(_mm256_mul_ps(product, _mm256_load_ps(p->scale[1])), d, sum);
    }
    if (terms == 0) return sum;
    sum = _mm256_fnmadd_ps(_mm256_load_ps(p->min[0]), _mm256_broadcast_ss(&x->sum[0][token]), sum);
    return _mm256_fnmadd_ps(_mm256_load_ps(p->min[1]), _mm256_broadcast_ss(&x->sum[1][token]), sum);
}

/// Eight rows times a group of tokens, added to `sums`.
INLINE void kernel(int terms, bool sixteenths, kernel_job *job) {
    __m256 f0 = _mm256_loadu_ps(job->sums[0]), f1 = _mm256_loadu_ps(job->sums[1]);
    __m256 f2 = _mm256_loadu_ps(job->sums[2]), f3 = _mm256_loadu_ps(job->sums[3]);
    for (size_t b = 0; b < job->blocks; b++) {
        const panel_block *p = job->p + b;
        const packed_block *x = job->x + b;
        f0 = fold(terms, sixteenths, p, x, 0, f0);
        f1 = fold(terms, sixteenths, p, x, 1, f1);
        f2 = fold(terms, sixteenths, p, x, 2, f2);
        f3 = fold(terms, sixteenths, p, x, 3, f3);
    }
    _mm256_storeu_ps(job->sums[0], f0);
    _mm256_storeu_ps(job->sums[1], f1);
    _mm256_storeu_ps(job->sums[2], f2);
    _mm256_storeu_ps(job->sums[3], f3);
}

static void kernel_4(kernel_job *job) { kernel(8, false, job); }
static void kernel_5(kernel_job *job) { kernel(4, false, job); }
static void kernel_3_sixteenths(kernel_job *job) { kernel(4, true, job); }
static void kernel_6_sixteenths(kernel_job *job) { kernel(2, true, job); }
static void kernel_signed(kernel_job *job) { kernel(0, false, job); }
static void kernel_signed_sixteenths(kernel_job *job) { kernel(0, true, job); }

static void (*kernel_for(quern_weight_type type))(kernel_job *) {
    switch (type) {
    case QUERN_WEIGHT_Q8_0: return kernel_signed;
    case QUERN_WEIGHT_Q4_0:
    case QUERN_WEIGHT_Q4_1:
    case QUERN_WEIGHT_Q4_K: return kernel_4;
    case QUERN_WEIGHT_Q5_0:
    case QUERN_WEIGHT_Q5_1:
    case QUERN_WEIGHT_Q5_K: return kernel_5;
    case QUERN_WEIGHT_Q2_K:
    case QUERN_WEIGHT_Q3_K: return kernel_3_sixteenths;
    case QUERN_WEIGHT_Q6_K: return kernel_6_sixteenths;
    default: return kernel_signed_sixteenths;
    }
}

void quern_integer_panels_avx2(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y, void *scratch) {
    panel *s = scratch;
    size_t blocks = w->columns / 32, groups = (x->tokens + GROUP - 1) / GROUP;
    void (*run)(kernel_job *) = kernel_for(w->type);
    for (size_t start = 0; start < blocks; start += BLOCKS)
        for (size_t row = first; row < first + count; row += 16) {
            size_t rows = first + count - row < 16 ? first + count - row : 16;
            size_t length = blocks - start < BLOCKS ? blocks - start : BLOCKS;
            fill(w, row, rows, start, length, s);
            for (size_t tile = 0; tile < 2 * groups; tile++) {
                size_t group = tile / 2, half = tile % 2;
                if (8 * half >= rows) continue;
                size_t used = rows - 8 * half < 8 ? rows - 8 * half : 8;
                size_t tokens = x->tokens - group * GROUP < GROUP ? x->tokens - group * GROUP : GROUP;
                float *out = y.y + group * GROUP * y.stride + row + 8 * half;
                kernel_job job = {
                    .p = s->halves[half], .x = (const packed_block *)x->packed_integers + group * blocks + start, .blocks = length};
                for (size_t k = 0; k < tokens && start > 0; k++) memcpy(job.sums[k], out + k * y.stride, used * sizeof(float));
                run(&job);
                for (size_t k = 0; k < tokens; k++) memcpy(out + k * y.stride, job.sums[k], used * sizeof(float));
            }
        }
}

#pragma clang attribute pop
#endif
