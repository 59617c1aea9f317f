// One instruction set's table, made of the code above it. The including file sets LANES, TABLE and TABLE_NAME.

static bool quantize(uint32_t type, const float *x, void *y, size_t rows, size_t columns, const float *importance) {
    size_t count = rows * columns, blocks = count / 32;
    switch (type) {
    case QUERN_TYPE_F32: memcpy(y, x, 4 * count); return true;
    case QUERN_TYPE_F16: halves_of(x, y, count); return true;
    case QUERN_TYPE_BF16: bfloats_of(x, y, count); return true;
    case QUERN_TYPE_Q8_0: quantize_q8_0(x, y, blocks); return true;
    case QUERN_TYPE_Q4_0:
        if (importance) quantize_weighted(x, y, rows, columns, importance, 8, 0, write_q4_0);
        else quantize_q4_0_plain(x, y, blocks);
        return true;
    case QUERN_TYPE_Q4_1:
        if (importance) quantize_weighted(x, y, rows, columns, importance, 0, 15, write_q4_1);
        else quantize_q4_1_plain(x, y, blocks);
        return true;
    case QUERN_TYPE_Q5_0:
        if (importance) quantize_weighted(x, y, rows, columns, importance, 16, 0, write_q5_0);
        else quantize_q5_0_plain(x, y, blocks);
        return true;
    case QUERN_TYPE_Q5_1:
        if (importance) quantize_weighted(x, y, rows, columns, importance, 0, 31, write_q5_1);
        else quantize_q5_1_plain(x, y, blocks);
        return true;
    case QUERN_TYPE_Q2_K: quantize_q2_K(x, y, rows, columns, importance); return true;
    case QUERN_TYPE_Q3_K: quantize_q3_K(x, y, rows, columns, importance); return true;
    case QUERN_TYPE_Q4_K: quantize_q4_K(x, y, rows, columns, importance); return true;
    case QUERN_TYPE_Q5_K: quantize_q5_K(x, y, rows, columns, importance); return true;
    case QUERN_TYPE_Q6_K: quantize_q6_K(x, y, rows, columns, importance); return true;
    default: return false;
    }
}

static bool dequantize(uint32_t type, const void *y, float *x, size_t count) {
    switch (type) {
    case QUERN_TYPE_F32: memcpy(x, y, 4 * count); return true;
    case QUERN_TYPE_F16: floats_of_halves(y, x, count); return true;
    case QUERN_TYPE_BF16: floats_of_bfloats(y, x, count); return true;
    case QUERN_TYPE_Q4_0: dequantize_q4_0(y, x, count / 32); return true;
    case QUERN_TYPE_Q4_1: dequantize_q4_1(y, x, count / 32); return true;
    case QUERN_TYPE_Q5_0: dequantize_q5_0(y, x, count / 32); return true;
    case QUERN_TYPE_Q5_1: dequantize_q5_1(y, x, count / 32); return true;
    case QUERN_TYPE_Q8_0: dequantize_q8_0(y, x, count / 32); return true;
    case QUERN_TYPE_Q2_K: dequantize_q2_K(y, x, count / 256); return true;
    case QUERN_TYPE_Q3_K: dequantize_q3_K(y, x, count / 256); return true;
    case QUERN_TYPE_Q4_K: dequantize_q4_K(y, x, count / 256); return true;
    case QUERN_TYPE_Q5_K: dequantize_q5_K(y, x, count / 256); return true;
    case QUERN_TYPE_Q6_K: dequantize_q6_K(y, x, count / 256); return true;
    default: return false;
    }
}

const quern_quantize_table TABLE = {TABLE_NAME, quantize, dequantize, first_not_finite};
