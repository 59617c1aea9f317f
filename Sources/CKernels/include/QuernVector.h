#ifndef QUERN_VECTOR_H
#define QUERN_VECTOR_H

#include "QuernBlocks.h"
#include "QuernISA.h"

#endif
