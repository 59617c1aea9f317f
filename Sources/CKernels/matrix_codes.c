// Codebook types for every processor.
#include "matrix_internal.h"

#pragma STDC FP_CONTRACT OFF

#include "matrix_codes.h"

size_t quern_codes_bytes(quern_weight_type type) {
    static const size_t bytes[QUERN_WEIGHT_COUNT] = {
        [QUERN_WEIGHT_IQ4_NL] = 8 * sizeof(quern_block_iq4_nl), [QUERN_WEIGHT_MXFP4] = 8 * sizeof(quern_block_mxfp4),
        [QUERN_WEIGHT_NVFP4] = 4 * sizeof(quern_block_nvfp4),   [QUERN_WEIGHT_Q1_0] = 2 * sizeof(quern_block_q1_0),
        [QUERN_WEIGHT_Q2_0] = 4 * sizeof(quern_block_q2_0),     [QUERN_WEIGHT_IQ4_XS] = sizeof(quern_block_iq4_xs),
        [QUERN_WEIGHT_IQ1_S] = sizeof(quern_block_iq1_s),       [QUERN_WEIGHT_IQ1_M] = sizeof(quern_block_iq1_m),
        [QUERN_WEIGHT_IQ2_XXS] = sizeof(quern_block_iq2_xxs),   [QUERN_WEIGHT_IQ2_XS] = sizeof(quern_block_iq2_xs),
        [QUERN_WEIGHT_IQ2_S] = sizeof(quern_block_iq2_s),       [QUERN_WEIGHT_IQ3_XXS] = sizeof(quern_block_iq3_xxs),
        [QUERN_WEIGHT_IQ3_S] = sizeof(quern_block_iq3_s),       [QUERN_WEIGHT_TQ1_0] = sizeof(quern_block_tq1_0),
        [QUERN_WEIGHT_TQ2_0] = sizeof(quern_block_tq2_0),
    };
    return bytes[type];
}

void quern_unpack_codes(quern_weight_type type, const uint8_t *p, size_t groups, quern_codes *out) {
    unpack_codes(type, p, groups, out);
}
