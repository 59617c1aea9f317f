#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>

// linux/fs.h has FICLONE, but including it redefines names of sys/mount.h; the number is part of the kernel's ABI.
#define QUERN_FICLONE _IOW(0x94, 9, int)

int quern_clone_file(int target, int source) { return ioctl(target, QUERN_FICLONE, source) == 0 ? 0 : errno; }

void quern_name_thread(const char *name) {
    char cut[16] = {0};
    strncpy(cut, name, sizeof cut - 1);
    pthread_setname_np(pthread_self(), cut);
}

int quern_allowed_processors(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

int quern_terminal_columns(int descriptor) {
    struct winsize size;
    return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

int quern_reserve(int descriptor, long long count) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, count) == 0 ? 0 : errno;
}

void quern_start_writing(int descriptor, long long offset, long long count) {
    sync_file_range(descriptor, offset, count, SYNC_FILE_RANGE_WRITE);
}
