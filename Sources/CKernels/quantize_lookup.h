// Small tables in a register: looked up lane by lane with one shuffle where the instruction set has one.
/// A table of up to eight values; with 16 lanes, whatever bit 3 of an index says, provided that the table repeats itself.
typedef struct {
#if LANES > 1
    F entries;
#else
    float entries[8];
#endif
} Palette;

/// Entry `index & 7` of a table of eight (`index & 15` of one of sixteen), whatever the higher bits are.
LANE_CODE F look_up(const Palette *table, I index) {
#if LANES == 16
    return (F)_mm512_permutexvar_ps((__m512i)index, (__m512)table->entries);
#elif LANES == 8
    return (F)_mm256_permutevar8x32_ps((__m256)table->entries, (__m256i)index);
#else
    return (F){table->entries[index[0] & 7]};
#endif
}

/// The first eight or sixteen of 16 values.
LANE_CODE Palette palette_of(const float values[16]) {
    Palette result;
    memcpy(&result, values, sizeof result);
    return result;
}
