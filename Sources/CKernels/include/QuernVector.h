// Kernels on vectors of activations, with those on the KV cache (QuernAttention.h): everything of a forward pass but the matrix products.
//
// They compute activations, never bytes of files, so they may fuse multiply and add; the instruction sets agree within rounding
// and each one gives the same bits for the same row, however rows are batched or split between threads.
#ifndef QUERN_VECTOR_H
#define QUERN_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "QuernAttention.h"
#include "QuernBlocks.h"
#include "QuernISA.h"

typedef struct quern_vector_table {
    quern_isa isa;
    /// out = x / sqrt(mean(x^2) + epsilon) * weight (Zhang and Sennrich 2019); `out` may be `x`.
    void (*rms_norm)(float *out, const float *x, const float *weight, int64_t n, float epsilon);
    /// Rotates n components whose pairs are neighbours: x[i] = x[i] * cosines[i] + x[i ^ 1] * sines[i].
    void (*rotate_neighbours)(float *x, const float *cosines, const float *sines, int64_t n);
    /// Rotates n components whose pairs are n / 2 apart: x[i] = x[i] * cosines[i] + x[(i + n / 2) % n] * sines[i].
    void (*rotate_halves)(float *x, const float *cosines, const float *sines, int64_t n);
    /// x += y
    void (*add)(float *x, const float *y, int64_t n);
    /// x += y * factor
    void (*add_scaled)(float *x, const float *y, float factor, int64_t n);
    /// x *= factor
    void (*scale)(float *x, float factor, int64_t n);
    /// x = cap * tanh(x / cap)
    void (*soft_cap)(float *x, float cap, int64_t n);
    /// out = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias (Ba et al. 2016); `out` may be `x`.
    void (*layer_norm)(float *out, const float *x, const float *weight, const float *bias, int64_t n, float epsilon);
    /// x = x * Phi(x), where Phi is the normal distribution's function (Hendrycks and Gimpel 2016), to 2e-7 of x.
    void (*gelu)(float *x, int64_t n);
    /// gate = gate / (1 + exp(-gate)) * up
    void (*silu_multiply)(float *gate, const float *up, int64_t n);
    /// gate = gelu(gate) * up, by the approximation with tanh (Hendrycks and Gimpel 2016).
    void (*gelu_multiply)(float *gate, const float *up, int64_t n);
    /// Whether no element is infinite or not a number.
    bool (*all_finite)(const float *x, int64_t n);
    /// Joins what `count` spans gave for one row, `stride` floats apart, in their order; `out` gets the `value_size` components.
    void (*join_spans)(float *out, const float *partials, ptrdiff_t stride, int32_t count, int32_t value_size);
    quern_cache_table cache[QUERN_CELL_COUNT];
} quern_vector_table;

/// The kernels for `isa`, which the machine must have.
const quern_vector_table *quern_vector_kernels(quern_isa isa);

#endif
