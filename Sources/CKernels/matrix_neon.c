// The matrix kernels for NEON as every processor of 64 bits has it: products of bytes go through sixteen bits.
#if defined(__aarch64__)
#include <arm_neon.h>

// Weights are at least -128 and activations at least -127, so two products fit into sixteen bits.
#define DOT(sums, a, b)                                                     \
    do {                                                                    \
        int16x8_t pairs = vmull_s8(vget_low_s8(a), vget_low_s8(b));         \
        sums = vpadalq_s16(sums, vmlal_high_s8(pairs, a, b));               \
    } while (0)
#include "matrix_neon_rows.h"

const quern_matrix_kernels quern_matrix_neon = {.round = round_tokens, .rows = rows};
#endif
