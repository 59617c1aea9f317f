// Which instruction sets this machine has, and which of them the process uses: chosen once, the same for every table.
#ifndef QUERN_ISA_H
#define QUERN_ISA_H

#include <stdbool.h>

/// Tells the processor that this is a loop that waits.
static inline void quern_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Instruction sets that kernels are written for, from the one every machine has upwards.
typedef enum quern_isa {
    QUERN_ISA_SCALAR = 0,  ///< plain C; defines the bits of every file
    QUERN_ISA_AVX2 = 1,    ///< AVX2, FMA, F16C
    QUERN_ISA_AVX512 = 2,  ///< AVX-512 F, BW, DQ, VL and VNNI
    QUERN_ISA_NEON = 3,    ///< what every ARM processor of 64 bits has
    QUERN_ISA_DOTPROD = 4, ///< NEON with the dot products of ARMv8.2
    QUERN_ISA_COUNT = 5,
} quern_isa;

/// Whether this machine (processor and operating system) runs `isa`.
bool quern_isa_available(quern_isa isa);

/// The best instruction set available, or what the environment variable QUERN_KERNELS (`quern_isa_name`) asks for where
/// the machine has it.
quern_isa quern_isa_selected(void);

/// Its name: "scalar", "avx2", "avx512", "neon", "dotprod".
const char *quern_isa_name(quern_isa isa);

#endif
