// Shared by the matrix kernels of all instruction sets; not part of the module's interface.
#ifndef QUERN_MATRIX_INTERNAL_H
#define QUERN_MATRIX_INTERNAL_H

#include <string.h>

#include "QuernMatrix.h"

extern const quern_matrix_kernels quern_matrix_scalar;
#if defined(__x86_64__)
extern const quern_matrix_kernels quern_matrix_avx2;
extern const quern_matrix_kernels quern_matrix_avx512;
#elif defined(__aarch64__)
extern const quern_matrix_kernels quern_matrix_neon;
extern const quern_matrix_kernels quern_matrix_dotprod;
#endif

/// Thirty-two activations whose largest magnitude is below this are taken for zero: 127 / magnitude must be finite.
#define QUERN_LEAST_ACTIVATION 1e-30f

/// 32 neighbouring weights: value[i] = scale[i / 16] * q[i] - min[i / 16].
typedef struct quern_unpacked {
    int8_t q[32];
    float scale[2];
    float min[2];
} quern_unpacked;

/// Unpacks up to eight groups of 32 weights, from group `first`, a multiple of eight, of a row of a quantized type.
void quern_unpack(quern_weight_type type, const uint8_t *row, size_t first, size_t groups, quern_unpacked out[8]);

/// 256 neighbouring weights of a type with a codebook or few levels: value[i] = scale[i / 16] * q[i], q not below -127.
typedef struct quern_codes {
    int8_t q[256];
    float scale[16];
} quern_codes;

/// Whether `type` is one of those.
static inline bool quern_is_coded(quern_weight_type type) { return type >= QUERN_WEIGHT_IQ4_NL; }

/// Bytes of 256 columns of such a type.
size_t quern_codes_bytes(quern_weight_type type);

/// Unpacks up to eight groups of 32 weights from a column that is a multiple of 256; what is missing of eight is zero.
void quern_unpack_codes(quern_weight_type type, const uint8_t *p, size_t groups, quern_codes *out);

/// Whether `type` is multiplied in F32, its activations unrounded.
static inline bool quern_is_float(quern_weight_type type) { return type <= QUERN_WEIGHT_BF16; }

/// Blocks of 256 that hold `columns` activations.
static inline size_t quern_activation_blocks(size_t columns) { return (columns + 255) / 256; }

static inline float quern_float_from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/// Half of a power of two that is given by its biased exponent (E8M0); exact, subnormals included.
static inline float quern_half_power(uint8_t e) { return quern_float_from_bits(e < 2 ? 0x00200000u << e : (uint32_t)(e - 1) << 23); }

static inline uint16_t quern_load16(const void *p) {
    uint16_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

static inline uint32_t quern_load32(const void *p) {
    uint32_t value;
    memcpy(&value, p, sizeof value);
    return value;
}

/// IEEE half to single, exact for every value, subnormals and infinities included.
static inline float quern_half_to_float(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    uint32_t rest = half & 0x7fffu;
    if (rest >= 0x7c00u) return quern_float_from_bits(sign | 0x7f800000u | (rest & 0x3ffu) << 13);
    if (rest >= 0x0400u) return quern_float_from_bits(sign | ((rest << 13) + 0x38000000u));
    float magnitude = (float)rest * 0x1p-24f;
    return sign ? -magnitude : magnitude;
}

/// Six-bit scale and minimum `j` (0 to 7) of Q4_K and Q5_K, packed in twelve bytes.
static inline void quern_scale_min(int j, const uint8_t *packed, uint8_t *scale, uint8_t *min) {
    if (j < 4) {
        *scale = packed[j] & 63;
        *min = packed[j + 4] & 63;
    } else {
        *scale = (uint8_t)((packed[j + 4] & 15) | (packed[j - 4] >> 6) << 4);
        *min = (uint8_t)((packed[j + 4] >> 4) | (packed[j] >> 6) << 4);
    }
}

/// The sixteen six-bit scales of Q3_K, biased by 32, packed in twelve bytes.
static inline void quern_scales_q3_K(const uint8_t *packed, uint8_t scales[16]) {
    for (int j = 0; j < 16; j++) {
        uint8_t low = j < 8 ? packed[j] & 15 : packed[j - 8] >> 4;
        scales[j] = (uint8_t)(low | ((packed[8 + j % 4] >> 2 * (j / 4)) & 3) << 4);
    }
}

#endif
