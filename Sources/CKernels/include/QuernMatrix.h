#ifndef QUERN_MATRIX_H
#define QUERN_MATRIX_H

#include "QuernBlocks.h"
#include "QuernISA.h"

#endif
