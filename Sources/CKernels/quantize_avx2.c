// Eight blocks side by side.
#if defined(__x86_64__)
#pragma STDC FP_CONTRACT OFF
#pragma clang attribute push(__attribute__((target("avx2,f16c"))), apply_to = function)

#define LANES 8
#define TABLE quern_quantize_avx2
#define TABLE_NAME "avx2"
#include "quantize_lanes_all.h"

#pragma clang attribute pop
#endif
