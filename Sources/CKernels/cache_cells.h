// Keys and values in cells of one number each, in plain C: CELL, with WIDEN and NARROW to and from float. CELL_NAME makes the
// names. Layout: QuernAttention.h.

static CELL *CELL_NAME(key_cells)(const void *keys, int64_t position, int32_t key_size) {
    return (CELL *)keys + position / QUERN_KEY_LANES * QUERN_KEY_LANES * key_size + position % QUERN_KEY_LANES;
}

static void CELL_NAME(store_key)(void *keys, int64_t position, const float *x, int32_t key_size) {
    CELL *cells = CELL_NAME(key_cells)(keys, position, key_size);
    for (int32_t d = 0; d < key_size; d++) cells[d * QUERN_KEY_LANES] = NARROW(x[d]);
}

static void CELL_NAME(load_key)(const void *keys, int64_t position, float *x, int32_t key_size) {
    const CELL *cells = CELL_NAME(key_cells)(keys, position, key_size);
    for (int32_t d = 0; d < key_size; d++) x[d] = WIDEN(cells[d * QUERN_KEY_LANES]);
}

static void CELL_NAME(store_value)(void *values, int64_t position, const float *x, int32_t value_size) {
    CELL *cells = (CELL *)values + position * value_size;
    for (int32_t d = 0; d < value_size; d++) cells[d] = NARROW(x[d]);
}

static void CELL_NAME(load_value)(const void *values, int64_t position, float *x, int32_t value_size) {
    const CELL *cells = (const CELL *)values + position * value_size;
    for (int32_t d = 0; d < value_size; d++) x[d] = WIDEN(cells[d]);
}

#undef CELL
#undef CELL_NAME
#undef WIDEN
#undef NARROW
