// Reading a mapped page that lies past the end of its file raises SIGBUS. The file was long enough when it was mapped, so somebody
// made it shorter since. The handler lets the reader go on with zeros and notes which mapping it was; whoever reads looks at the note
// before it trusts what it read.

#include "CLinux.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>

enum { QUERN_MAPPINGS = 4096 };

// A slot is free while `start` is 0. `end` is written before `start`, so a handler that sees a slot sees all of it.
static struct {
    _Atomic uintptr_t start;
    _Atomic uintptr_t end;
    atomic_bool truncated;
} mappings[QUERN_MAPPINGS];

static struct sigaction previous_action;
static atomic_int watch_state;  // 0: nobody watches, 1: a thread is setting the handler, 2: set

static void replace_lost_pages(int signal, siginfo_t *info, void *context) {
    (void)context;
    uintptr_t address = (uintptr_t)info->si_addr;
    for (int slot = 0; slot < QUERN_MAPPINGS; slot++) {
        uintptr_t start = atomic_load(&mappings[slot].start), end = atomic_load(&mappings[slot].end);
        if (start == 0 || address < start || address >= end) continue;
        atomic_store(&mappings[slot].truncated, true);
        // From the page that is missing to the end of the mapping: what lies behind it is missing as well. Mappings start at a page.
        uintptr_t lost = address & ~(uintptr_t)4095;
        void *zeros = mmap((void *)lost, end - lost, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
        if (zeros != MAP_FAILED) return;
        break;
    }
    // Not ours: the instruction runs again and meets what was there before us.
    sigaction(signal, &previous_action, NULL);
}

static void watch(void) {
    int expected = 0;
    if (atomic_load(&watch_state) == 2 || !atomic_compare_exchange_strong(&watch_state, &expected, 1)) return;
    struct sigaction action = {.sa_sigaction = replace_lost_pages, .sa_flags = SA_SIGINFO | SA_NODEFER};
    sigaction(SIGBUS, &action, &previous_action);
    atomic_store(&watch_state, 2);
}

int quern_watch_mapping(const void *address, size_t length) {
    watch();
    for (int slot = 0; slot < QUERN_MAPPINGS; slot++) {
        uintptr_t free_end = 0;
        // The end claims the slot; the start publishes it.
        if (!atomic_compare_exchange_strong(&mappings[slot].end, &free_end, (uintptr_t)address + length)) continue;
        atomic_store(&mappings[slot].truncated, false);
        atomic_store(&mappings[slot].start, (uintptr_t)address);
        return slot;
    }
    return -1;
}

void quern_forget_mapping(int slot) {
    if (slot < 0) return;
    atomic_store(&mappings[slot].start, 0);
    atomic_store(&mappings[slot].end, 0);
}

int quern_mapping_was_truncated(int slot) { return slot >= 0 && atomic_load(&mappings[slot].truncated); }
