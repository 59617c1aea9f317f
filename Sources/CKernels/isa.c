#include "QuernISA.h"

#include <stdlib.h>
#include <string.h>

const char *quern_isa_name(quern_isa isa) {
    static const char *const names[QUERN_ISA_COUNT] = {"scalar", "avx2", "avx512"};
    return isa < QUERN_ISA_COUNT ? names[isa] : "unknown";
}

bool quern_isa_available(quern_isa isa) {
    if (isa == QUERN_ISA_SCALAR) return true;
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    if (isa == QUERN_ISA_AVX2) return avx2;
    if (isa == QUERN_ISA_AVX512)
        return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("avx512vnni");
#endif
    return false;
}

static quern_isa choose(void) {
    const char *wanted = getenv("QUERN_KERNELS");
    if (wanted)
        for (int isa = 0; isa < QUERN_ISA_COUNT; isa++)
            if (strcmp(wanted, quern_isa_name(isa)) == 0 && quern_isa_available(isa)) return isa;
    for (int isa = QUERN_ISA_COUNT - 1; isa > 0; isa--)
        if (quern_isa_available(isa)) return isa;
    return QUERN_ISA_SCALAR;
}

quern_isa quern_isa_selected(void) {
    // Choosing twice at the same time gives the same answer, so a relaxed cache needs no lock.
    static _Atomic int chosen = -1;
    int isa = chosen;
    if (isa < 0) chosen = isa = choose();
    return isa;
}
