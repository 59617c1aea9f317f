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
    case QUERN_TYPE_IQ4_NL: quantize_iq4_nl(x, y, rows, columns, importance); return true;
    case QUERN_TYPE_IQ4_XS: quantize_iq4_xs(x, y, rows, columns, importance); return true;
    case QUERN_TYPE_MXFP4: quantize_mxfp4(x, y, count / 32); return true;
    case QUERN_TYPE_NVFP4: quantize_nvfp4(x, y, count / 64); return true;
    case QUERN_TYPE_TQ1_0: quantize_tq1_0(x, y, count / 256); return true;
    case QUERN_TYPE_TQ2_0: quantize_tq2_0(x, y, count / 256); return true;
    case QUERN_TYPE_Q1_0: quantize_q1_0(x, y, count / 128); return true;
    case QUERN_TYPE_Q2_0: quantize_q2_0(x, y, count / 64); return true;
    case QUERN_TYPE_IQ3_S: return quantize_iq3_s(x, y, rows, columns, importance);
    case QUERN_TYPE_IQ3_XXS: return quantize_iq3_xxs(x, y, rows, columns, importance);
    case QUERN_TYPE_IQ2_S: return quantize_iq2_s(x, y, rows, columns, importance);
    case QUERN_TYPE_IQ2_XS: return importance && quantize_iq2_xs(x, y, rows, columns, importance);
    case QUERN_TYPE_IQ2_XXS: return importance && quantize_iq2_xxs(x, y, rows, columns, importance);
    case QUERN_TYPE_IQ1_S: return importance && quantize_iq1_s(x, y, rows, columns, importance);
    case QUERN_TYPE_IQ1_M: return quantize_iq1_m(x, y, rows, columns, importance);
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
    case QUERN_TYPE_IQ4_NL: dequantize_iq4_nl(y, x, count / 32); return true;
    case QUERN_TYPE_IQ4_XS: dequantize_iq4_xs(y, x, count / 256); return true;
    case QUERN_TYPE_MXFP4: dequantize_mxfp4(y, x, count / 32); return true;
    case QUERN_TYPE_NVFP4: dequantize_nvfp4(y, x, count / 64); return true;
    case QUERN_TYPE_TQ1_0: dequantize_tq1_0(y, x, count / 256); return true;
    case QUERN_TYPE_TQ2_0: dequantize_tq2_0(y, x, count / 256); return true;
    case QUERN_TYPE_Q1_0: dequantize_q1_0(y, x, count / 128); return true;
    case QUERN_TYPE_Q2_0: dequantize_q2_0(y, x, count / 64); return true;
    case QUERN_TYPE_IQ3_S: dequantize_iq3_s(y, x, count / 256); return true;
    case QUERN_TYPE_IQ3_XXS: dequantize_iq3_xxs(y, x, count / 256); return true;
    case QUERN_TYPE_IQ2_S: dequantize_iq2_s(y, x, count / 256); return true;
    case QUERN_TYPE_IQ2_XS: dequantize_iq2_xs(y, x, count / 256); return true;
    case QUERN_TYPE_IQ2_XXS: dequantize_iq2_xxs(y, x, count / 256); return true;
    case QUERN_TYPE_IQ1_S: dequantize_iq1_s(y, x, count / 256); return true;
    case QUERN_TYPE_IQ1_M: dequantize_iq1_m(y, x, count / 256); return true;
    default: return false;
    }
}

const quern_quantize_table TABLE = {TABLE_NAME, quantize, dequantize, first_not_finite};
