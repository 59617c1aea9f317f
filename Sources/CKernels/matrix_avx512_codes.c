// Codebook types with AVX-512: the plain unpackers, eight words to a register.
#include "matrix_avx512.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,popcnt"))), apply_to = function)
#pragma STDC FP_CONTRACT OFF

#include "matrix_codes.h"

void quern_unpack_codes_avx512(quern_weight_type type, const uint8_t *p, size_t groups, quern_codes *out) {
    unpack_codes(type, p, groups, out);
}

#pragma clang attribute pop
#endif
