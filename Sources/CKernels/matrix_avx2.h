// The parts of the AVX2 table, each in a file of its own.
#ifndef QUERN_MATRIX_AVX2_H
#define QUERN_MATRIX_AVX2_H

#include "matrix_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// Tokens in a group of packed activations.
#define QUERN_AVX2_GROUP 4
/// Scratch memory of one thread on the panel path.
#define QUERN_AVX2_PANEL_BYTES 32768

void quern_round_avx2(const float *x, size_t columns, quern_activations *rounded);

size_t quern_integer_group_bytes_avx2(size_t columns);
void quern_pack_integers_avx2(const quern_inputs *x, size_t group, quern_activations *rounded, void *packed);
void quern_integer_panels_avx2(
    const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y, void *scratch);

#endif
