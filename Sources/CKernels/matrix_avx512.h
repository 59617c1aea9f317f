// The parts of the AVX-512 table, each in a file of its own.
#ifndef QUERN_MATRIX_AVX512_H
#define QUERN_MATRIX_AVX512_H

#include "matrix_internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// Tokens in a group of packed activations.
#define QUERN_AVX512_INTEGER_GROUP 6
#define QUERN_AVX512_FLOAT_GROUP 12
/// Scratch memory of one thread on the panel path.
#define QUERN_AVX512_PANEL_BYTES 36864

void quern_round_avx512(const float *x, size_t columns, quern_activations *rounded);
/// `quern_unpack_codes` for this table.
void quern_unpack_codes_avx512(quern_weight_type type, const uint8_t *p, size_t groups, quern_codes *out);
void quern_rows_avx512(const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y);

size_t quern_integer_group_bytes_avx512(size_t columns);
void quern_pack_integers_avx512(const quern_inputs *x, size_t group, quern_activations *rounded, void *packed);
void quern_integer_panels_avx512(
    const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y, void *scratch);

size_t quern_float_group_bytes_avx512(size_t columns);
void quern_pack_floats_avx512(const quern_inputs *x, size_t group, void *packed);
void quern_float_panels_avx512(
    const quern_weights *w, size_t first, size_t count, const quern_inputs *x, quern_outputs y, void *scratch);

#endif
