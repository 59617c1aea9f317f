// The kernels: everything that needs more than the baseline instruction set, behind tables of function pointers.
#ifndef QUERN_CKERNELS_H
#define QUERN_CKERNELS_H

#include "QuernAttention.h"
#include "QuernBlocks.h"
#include "QuernISA.h"
#include "QuernMatrix.h"
#include "QuernMemory.h"
#include "QuernQuantize.h"
#include "QuernVector.h"

#endif
