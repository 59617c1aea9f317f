// The tables of the instruction sets, each defined in its own file.
#ifndef QUERN_VECTOR_TABLES_H
#define QUERN_VECTOR_TABLES_H

#include "QuernVector.h"

extern const quern_vector_table quern_vectors_scalar;
#if defined(__x86_64__)
extern const quern_vector_table quern_vectors_avx2;
extern const quern_vector_table quern_vectors_avx512;
#endif

#endif
