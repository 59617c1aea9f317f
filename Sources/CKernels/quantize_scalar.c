// The reference: one block at a time in plain C. It defines the bits of every file that Quern writes.
#pragma STDC FP_CONTRACT OFF

#define LANES 1
#define TABLE quern_quantize_scalar
#define TABLE_NAME "scalar"
#include "quantize_lanes_all.h"
