#ifndef QUERN_QUANTIZE_H
#define QUERN_QUANTIZE_H

#include "QuernBlocks.h"
#include "QuernISA.h"

#endif
