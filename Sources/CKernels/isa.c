#include "QuernISA.h"

#include <stdlib.h>
#include <string.h>
#if defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

const char *quern_isa_name(quern_isa isa) {
    static const char *const names[QUERN_ISA_COUNT] = {"scalar", "avx2", "avx512", "neon", "dotprod"};
    return isa < QUERN_ISA_COUNT ? names[isa] : "unknown";
}

#if defined(__aarch64__)
static bool has_dot_products(void) {
#if defined(__APPLE__)
    int found = 0;
    size_t size = sizeof found;
    return sysctlbyname("hw.optional.arm.FEAT_DotProd", &found, &size, NULL, 0) == 0 && found;
#else
    return getauxval(AT_HWCAP) & HWCAP_ASIMDDP;
#endif
}
#endif

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
#elif defined(__aarch64__)
    if (isa == QUERN_ISA_NEON) return true;
    if (isa == QUERN_ISA_DOTPROD) return has_dot_products();
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
