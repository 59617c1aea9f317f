// Sixteen blocks side by side.
#if defined(__x86_64__)
#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)

#define LANES 16
#define TABLE quern_quantize_avx512
#define TABLE_NAME "avx512"
#include "quantize_lanes_all.h"

#pragma clang attribute pop
#endif
