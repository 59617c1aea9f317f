// The blocks of GGUF's quantized tensor types, as they lie in a file. Layouts: ggml's block structs (MIT), which define the format.
#ifndef QUERN_BLOCKS_H
#define QUERN_BLOCKS_H

#include <stdint.h>

/// Elements in a block of the simple types.
#define QUERN_QK 32
/// Elements in a super-block of the K types, and of most IQ types.
#define QUERN_QK_K 256

/// IEEE half precision, by its bits. Blocks may lie at any address, so a struct that holds one asks for no alignment.
typedef uint16_t quern_half __attribute__((aligned(1)));

typedef struct { quern_half d; uint8_t qs[16]; } quern_block_q4_0;
typedef struct { quern_half d, m; uint8_t qs[16]; } quern_block_q4_1;
typedef struct { quern_half d; uint8_t qh[4]; uint8_t qs[16]; } quern_block_q5_0;
typedef struct { quern_half d, m; uint8_t qh[4]; uint8_t qs[16]; } quern_block_q5_1;
typedef struct { quern_half d; int8_t qs[32]; } quern_block_q8_0;
typedef struct { uint8_t scales[16]; uint8_t qs[64]; quern_half d, dmin; } quern_block_q2_K;
typedef struct { uint8_t hmask[32]; uint8_t qs[64]; uint8_t scales[12]; quern_half d; } quern_block_q3_K;
typedef struct { quern_half d, dmin; uint8_t scales[12]; uint8_t qs[128]; } quern_block_q4_K;
typedef struct { quern_half d, dmin; uint8_t scales[12]; uint8_t qh[32]; uint8_t qs[128]; } quern_block_q5_K;
typedef struct { uint8_t ql[128]; uint8_t qh[64]; int8_t scales[16]; quern_half d; } quern_block_q6_K;
typedef struct { quern_half d; uint8_t qs[16]; } quern_block_iq4_nl;
typedef struct { quern_half d; uint8_t scales_h[2], scales_l[4]; uint8_t qs[128]; } quern_block_iq4_xs;
typedef struct { uint8_t e; uint8_t qs[16]; } quern_block_mxfp4;
typedef struct { uint8_t d[4]; uint8_t qs[32]; } quern_block_nvfp4;
typedef struct { uint8_t qs[48]; uint8_t qh[4]; quern_half d; } quern_block_tq1_0;
typedef struct { uint8_t qs[64]; quern_half d; } quern_block_tq2_0;
typedef struct { quern_half d; uint8_t qs[16]; } quern_block_q1_0;
typedef struct { quern_half d; uint8_t qs[16]; } quern_block_q2_0;
typedef struct { quern_half d; uint8_t qs[64]; uint8_t qh[8]; uint8_t signs[32]; uint8_t scales[4]; } quern_block_iq3_s;
typedef struct { quern_half d; uint8_t qs[96]; } quern_block_iq3_xxs;
typedef struct { quern_half d; uint8_t qs[64]; uint8_t qh[8]; uint8_t scales[8]; } quern_block_iq2_s;
typedef struct { quern_half d; uint8_t qs[64]; uint8_t scales[8]; } quern_block_iq2_xs;
typedef struct { quern_half d; uint8_t qs[64]; } quern_block_iq2_xxs;
typedef struct { quern_half d; uint8_t qs[32]; uint8_t qh[16]; } quern_block_iq1_s;
typedef struct { uint8_t qs[32]; uint8_t qh[16]; uint8_t scales[8]; } quern_block_iq1_m;

_Static_assert(sizeof(quern_block_q4_0) == 18, "Q4_0");
_Static_assert(sizeof(quern_block_q4_1) == 20, "Q4_1");
_Static_assert(sizeof(quern_block_q5_0) == 22, "Q5_0");
_Static_assert(sizeof(quern_block_q5_1) == 24, "Q5_1");
_Static_assert(sizeof(quern_block_q8_0) == 34, "Q8_0");
_Static_assert(sizeof(quern_block_q2_K) == 84, "Q2_K");
_Static_assert(sizeof(quern_block_q3_K) == 110, "Q3_K");
_Static_assert(sizeof(quern_block_q4_K) == 144, "Q4_K");
_Static_assert(sizeof(quern_block_q5_K) == 176, "Q5_K");
_Static_assert(sizeof(quern_block_q6_K) == 210, "Q6_K");
_Static_assert(sizeof(quern_block_iq4_nl) == 18, "IQ4_NL");
_Static_assert(sizeof(quern_block_iq4_xs) == 136, "IQ4_XS");
_Static_assert(sizeof(quern_block_mxfp4) == 17, "MXFP4");
_Static_assert(sizeof(quern_block_nvfp4) == 36, "NVFP4");
_Static_assert(sizeof(quern_block_tq1_0) == 54, "TQ1_0");
_Static_assert(sizeof(quern_block_tq2_0) == 66, "TQ2_0");
_Static_assert(sizeof(quern_block_q1_0) == 18, "Q1_0");
_Static_assert(sizeof(quern_block_q2_0) == 18, "Q2_0");
_Static_assert(sizeof(quern_block_iq3_s) == 110, "IQ3_S");
_Static_assert(sizeof(quern_block_iq3_xxs) == 98, "IQ3_XXS");
_Static_assert(sizeof(quern_block_iq2_s) == 82, "IQ2_S");
_Static_assert(sizeof(quern_block_iq2_xs) == 74, "IQ2_XS");
_Static_assert(sizeof(quern_block_iq2_xxs) == 66, "IQ2_XXS");
_Static_assert(sizeof(quern_block_iq1_s) == 50, "IQ1_S");
_Static_assert(sizeof(quern_block_iq1_m) == 56, "IQ1_M");

#endif
