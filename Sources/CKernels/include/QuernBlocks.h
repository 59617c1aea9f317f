// The blocks of GGUF's quantized tensor types, as they lie in a file. Layouts: ggml's block structs (MIT), which define the format.
#ifndef QUERN_BLOCKS_H
#define QUERN_BLOCKS_H

#include <stdint.h>

/// Elements in a block of the simple types.
#define QUERN_QK 32
/// Elements in a super-block of the K types.
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

#endif
