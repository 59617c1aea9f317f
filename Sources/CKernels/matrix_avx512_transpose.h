// Transpositions in AVX-512 registers; included by the panel kernels, inside their target region.
#ifndef QUERN_MATRIX_AVX512_TRANSPOSE_H
#define QUERN_MATRIX_AVX512_TRANSPOSE_H

#include <stddef.h>
#include <stdint.h>

/// Sixteen rows of 32 bytes, `stride` bytes apart, to eight registers: register k has bytes 4k...4k+3 of each row, in the order
/// of the rows. Adds `bias` to each byte and stores the registers one after the other.
static inline __attribute__((always_inline)) void quern_transpose_16x32(
    const uint8_t *rows, size_t stride, __m512i bias, uint8_t *out
) {
    __m512i a[8], b[8];
    // Rows r and r + 8 to one register: the transposition of words runs in both halves at once.
    for (size_t r = 0; r < 8; r++) {
        __m512i low = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(rows + r * stride)));
        a[r] = _mm512_inserti64x4(low, _mm256_loadu_si256((const __m256i *)(rows + (r + 8) * stride)), 1);
    }
    for (int r = 0; r < 4; r++) {
        b[2 * r] = _mm512_unpacklo_epi32(a[2 * r], a[2 * r + 1]);
        b[2 * r + 1] = _mm512_unpackhi_epi32(a[2 * r], a[2 * r + 1]);
    }
    for (int r = 0; r < 2; r++)
        for (int k = 0; k < 2; k++) {
            a[4 * r + 2 * k] = _mm512_unpacklo_epi64(b[4 * r + k], b[4 * r + 2 + k]);
            a[4 * r + 2 * k + 1] = _mm512_unpackhi_epi64(b[4 * r + k], b[4 * r + 2 + k]);
        }
    // a[k] has word k of rows 0-3, word k + 4 of rows 0-3, then the same of rows 8-11; a[k + 4] of rows 4-7 and 12-15.
    const __m512i even = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0), odd = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
    for (int k = 0; k < 4; k++) {
        __m512i first = _mm512_permutex2var_epi64(a[k], even, a[k + 4]), second = _mm512_permutex2var_epi64(a[k], odd, a[k + 4]);
        _mm512_store_si512(out + 64 * k, _mm512_add_epi8(first, bias));
        _mm512_store_si512(out + 64 * (k + 4), _mm512_add_epi8(second, bias));
    }
}

/// Sixteen rows of sixteen floats in registers to sixteen registers, one per column.
static inline __attribute__((always_inline)) void quern_transpose_registers(__m512 a[16]) {
    __m512 b[16];
    for (int r = 0; r < 16; r += 2) {
        b[r] = _mm512_unpacklo_ps(a[r], a[r + 1]);
        b[r + 1] = _mm512_unpackhi_ps(a[r], a[r + 1]);
    }
    for (int r = 0; r < 16; r += 4)
        for (int k = 0; k < 2; k++) {
            __m512d x = _mm512_castps_pd(b[r + k]), y = _mm512_castps_pd(b[r + k + 2]);
            a[r + 2 * k] = _mm512_castpd_ps(_mm512_unpacklo_pd(x, y));
            a[r + 2 * k + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(x, y));
        }
    // a[4 r + k] has columns k, k + 4, k + 8, k + 12 of rows 4 r to 4 r + 3, four lanes each.
    for (int k = 0; k < 4; k++) {
        __m512 x = _mm512_shuffle_f32x4(a[k], a[k + 4], 0x88), y = _mm512_shuffle_f32x4(a[k + 8], a[k + 12], 0x88);
        __m512 z = _mm512_shuffle_f32x4(a[k], a[k + 4], 0xdd), w = _mm512_shuffle_f32x4(a[k + 8], a[k + 12], 0xdd);
        b[k] = _mm512_shuffle_f32x4(x, y, 0x88);
        b[k + 8] = _mm512_shuffle_f32x4(x, y, 0xdd);
        b[k + 4] = _mm512_shuffle_f32x4(z, w, 0x88);
        b[k + 12] = _mm512_shuffle_f32x4(z, w, 0xdd);
    }
    for (int k = 0; k < 16; k++) a[k] = b[k];
}

/// Sixteen rows of sixteen floats, `stride` floats apart, to registers, one per column.
static inline __attribute__((always_inline)) void quern_transpose_16x16(const float *rows, size_t stride, __m512 out[16]) {
    for (size_t r = 0; r < 16; r++) out[r] = _mm512_loadu_ps(rows + r * stride);
    quern_transpose_registers(out);
}

#endif
