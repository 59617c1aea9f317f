// Which table serves which instruction set, and the check of what a quantizer wrote.
#include "QuernQuantize.h"

extern const quern_quantize_table quern_quantize_scalar, quern_quantize_avx2, quern_quantize_avx512;

const quern_quantize_table *quern_quantize_table_for(quern_isa isa) {
    if (!quern_isa_available(isa)) return NULL;
    switch (isa) {
    case QUERN_ISA_SCALAR: return &quern_quantize_scalar;
#if defined(__x86_64__)
    case QUERN_ISA_AVX2: return &quern_quantize_avx2;
    case QUERN_ISA_AVX512: return &quern_quantize_avx512;
#elif defined(__aarch64__)
    case QUERN_ISA_NEON:
    case QUERN_ISA_DOTPROD: return &quern_quantize_scalar;
#endif
    default: return NULL;
    }
}

static bool overflowed(quern_half value) { return (value & 0x7c00) == 0x7c00; }

/// The first of `count` blocks of BLOCK for which CONDITION holds of `y`.
#define FIRST(BLOCK, CONDITION) \
    do { \
        const BLOCK *all = blocks; \
        for (size_t i = 0; i < count; i++) { \
            const BLOCK *y = all + i; \
            if (CONDITION) return (ptrdiff_t)i; \
        } \
        return -1; \
    } while (0)

ptrdiff_t quern_first_overflowed_block(uint32_t type, const void *blocks, size_t count) {
    switch (type) {
    case QUERN_TYPE_F16: FIRST(quern_half, overflowed(*y));
    case QUERN_TYPE_BF16: FIRST(uint16_t, (*y & 0x7f80) == 0x7f80);
    case QUERN_TYPE_Q4_0: FIRST(quern_block_q4_0, overflowed(y->d));
    case QUERN_TYPE_Q4_1: FIRST(quern_block_q4_1, overflowed(y->d) || overflowed(y->m));
    case QUERN_TYPE_Q5_0: FIRST(quern_block_q5_0, overflowed(y->d));
    case QUERN_TYPE_Q5_1: FIRST(quern_block_q5_1, overflowed(y->d) || overflowed(y->m));
    case QUERN_TYPE_Q8_0: FIRST(quern_block_q8_0, overflowed(y->d));
    case QUERN_TYPE_Q2_K: FIRST(quern_block_q2_K, overflowed(y->d) || overflowed(y->dmin));
    case QUERN_TYPE_Q3_K: FIRST(quern_block_q3_K, overflowed(y->d));
    case QUERN_TYPE_Q4_K: FIRST(quern_block_q4_K, overflowed(y->d) || overflowed(y->dmin));
    case QUERN_TYPE_Q5_K: FIRST(quern_block_q5_K, overflowed(y->d) || overflowed(y->dmin));
    case QUERN_TYPE_Q6_K: FIRST(quern_block_q6_K, overflowed(y->d));
    case QUERN_TYPE_IQ4_NL: FIRST(quern_block_iq4_nl, overflowed(y->d));
    case QUERN_TYPE_IQ4_XS: FIRST(quern_block_iq4_xs, overflowed(y->d));
    case QUERN_TYPE_MXFP4: FIRST(quern_block_mxfp4, y->e == 0xff);
    case QUERN_TYPE_TQ1_0: FIRST(quern_block_tq1_0, overflowed(y->d));
    case QUERN_TYPE_TQ2_0: FIRST(quern_block_tq2_0, overflowed(y->d));
    case QUERN_TYPE_Q1_0: FIRST(quern_block_q1_0, overflowed(y->d));
    case QUERN_TYPE_Q2_0: FIRST(quern_block_q2_0, overflowed(y->d));
    case QUERN_TYPE_IQ3_S: FIRST(quern_block_iq3_s, overflowed(y->d));
    case QUERN_TYPE_IQ3_XXS: FIRST(quern_block_iq3_xxs, overflowed(y->d));
    case QUERN_TYPE_IQ2_S: FIRST(quern_block_iq2_s, overflowed(y->d));
    case QUERN_TYPE_IQ2_XS: FIRST(quern_block_iq2_xs, overflowed(y->d));
    case QUERN_TYPE_IQ2_XXS: FIRST(quern_block_iq2_xxs, overflowed(y->d));
    case QUERN_TYPE_IQ1_S: FIRST(quern_block_iq1_s, overflowed(y->d));
    // The scale's exponent and sign are the top four bits of the last word, its next bit is in the word before.
    case QUERN_TYPE_IQ1_M: FIRST(quern_block_iq1_m, (y->scales[7] & 0x70) == 0x70 && (y->scales[5] & 0xc0) == 0xc0);
    default: return -1;
    }
}
