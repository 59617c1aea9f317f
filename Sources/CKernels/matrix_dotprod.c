// The matrix kernels for NEON with the instructions of ARMv8.2 that sum four products of bytes at once.
#if defined(__aarch64__)
#include <arm_neon.h>

#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#define DOT(sums, a, b) sums = vdotq_s32(sums, a, b)
#include "matrix_neon_rows.h"
#pragma clang attribute pop

const quern_matrix_kernels quern_matrix_dotprod = {.round = round_tokens, .rows = rows};
#endif
