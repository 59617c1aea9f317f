// Reading memory at full speed, to measure how fast that is.
#ifndef QUERN_MEMORY_H
#define QUERN_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "QuernISA.h"

/// Reads `bytes` bytes, but for what is left of less than 128 at the end. The result depends on all of them, so that no
/// compiler leaves the reading out.
uint64_t quern_read_memory(quern_isa isa, const uint8_t *p, size_t bytes);

#endif
