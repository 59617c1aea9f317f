// The tables of the instruction sets, each defined in its own file.
#ifndef QUERN_VECTOR_TABLES_H
#define QUERN_VECTOR_TABLES_H

#include "QuernVector.h"

/// The factors of GELU's approximation 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), which is also
/// x / (1 + exp(-(QUERN_GELU_LINEAR x + QUERN_GELU_CUBIC x^3))).
#define QUERN_GELU_LINEAR 1.5957691216057308f
#define QUERN_GELU_CUBIC (QUERN_GELU_LINEAR * 0.044715f)

extern const quern_vector_table quern_vectors_scalar;
#if defined(__x86_64__)
extern const quern_vector_table quern_vectors_avx2;
extern const quern_vector_table quern_vectors_avx512;
#elif defined(__aarch64__)
extern const quern_vector_table quern_vectors_neon;
extern const quern_vector_table quern_vectors_dotprod;
#endif

#endif
