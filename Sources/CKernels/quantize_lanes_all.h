// Everything that is compiled once per instruction set, in the order in which it builds up.
#include "quantize_floats.h"
#include "quantize_lanes.h"
#include "quantize_search.h"
#include "quantize_pack.h"
#include "quantize_super.h"
#include "quantize_simple.h"
#include "quantize_inverse.h"
#include "quantize_table.h"
