// Half precision without the F16C instructions, rounding to nearest even.
#ifndef QUERN_VECTOR_HALF_H
#define QUERN_VECTOR_HALF_H

#include <stdint.h>
#include <string.h>

#include "QuernBlocks.h"

static inline float quern_widen_half(quern_half half) {
    uint32_t sign = (uint32_t)(half & 0x8000) << 16, magnitude = half & 0x7FFF;
    float value;
    uint32_t bits = magnitude << 13;
    if (magnitude >= 0x7C00) {
        bits += (255u - 31u) << 23;
        memcpy(&value, &bits, 4);
    } else {
        // A multiplication by 2^112 moves the exponent's bias and normalises subnormal numbers at once.
        memcpy(&value, &bits, 4);
        value *= 0x1p112f;
    }
    memcpy(&bits, &value, 4);
    bits |= sign;
    memcpy(&value, &bits, 4);
    return value;
}

static inline quern_half quern_narrow_to_half(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7FFFFFFF;
    if (magnitude > 0x7F800000) return (quern_half)(sign | 0x7E00 | (magnitude >> 13 & 0x3FF));
    if (magnitude >= 0x47800000) return (quern_half)(sign | 0x7C00);
    if (magnitude < 0x38800000) {
        // Subnormal: the addition lets the processor round at the right bit.
        float absolute;
        memcpy(&absolute, &magnitude, 4);
        absolute += 0.5f;
        memcpy(&magnitude, &absolute, 4);
        return (quern_half)(sign | (magnitude - 0x3F000000));
    }
    magnitude += 0xFFF + (magnitude >> 13 & 1);
    return (quern_half)(sign | (magnitude - 0x38000000) >> 13);
}

#endif
