// Reading memory and nothing else: what generation, which reads every weight once, can be compared with.
#include "QuernMemory.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

enum { AHEAD = 9216 };

#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
static uint64_t read_avx512(const uint8_t *p, size_t bytes) {
    __m512i a = _mm512_setzero_si512(), b = a;
    for (size_t i = 0; i + 128 <= bytes; i += 128) {
        _mm_prefetch((const char *)p + i + AHEAD, _MM_HINT_NTA);
        _mm_prefetch((const char *)p + i + AHEAD + 64, _MM_HINT_NTA);
        a = _mm512_xor_si512(a, _mm512_loadu_si512(p + i));
        b = _mm512_xor_si512(b, _mm512_loadu_si512(p + i + 64));
    }
    return (uint64_t)_mm512_reduce_or_epi64(_mm512_xor_si512(a, b));
}
#pragma clang attribute pop
#endif

uint64_t quern_read_memory(quern_isa isa, const uint8_t *p, size_t bytes) {
#if defined(__x86_64__)
    if (isa == QUERN_ISA_AVX512) return read_avx512(p, bytes);
#endif
    (void)isa;
    uint64_t sums[8] = {0};
    for (size_t i = 0; i + 64 <= bytes; i += 64)
        for (size_t k = 0; k < 8; k++) {
            uint64_t word;
            memcpy(&word, p + i + 8 * k, sizeof word);
            sums[k] ^= word;
        }
    return sums[0] ^ sums[1] ^ sums[2] ^ sums[3] ^ sums[4] ^ sums[5] ^ sums[6] ^ sums[7];
}
