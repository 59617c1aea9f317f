#include "CLinux.h"

#include <errno.h>
#include <poll.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <termios.h>
#include <unistd.h>

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

static void descriptor_path(int descriptor, char path[32]) { snprintf(path, 32, "/proc/self/fd/%d", descriptor); }

int quern_open_unnamed(const char *folder, unsigned mode) {
    int descriptor = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
    if (descriptor == -1) return -1;
    // Without /proc there is no way to the name.
    char path[32];
    descriptor_path(descriptor, path);
    if (access(path, F_OK) == 0) return descriptor;
    close(descriptor);
    errno = EOPNOTSUPP;
    return -1;
}

int quern_name_file(int descriptor, const char *path) {
    char source[32];
    descriptor_path(descriptor, source);
    return linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

long long quern_copy_range(int source, long long from, int target, long long to, unsigned long long count) {
    off64_t input = from, output = to;
    return copy_file_range(source, &input, target, &output, count, 0);
}

unsigned quern_file_system_kind(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (unsigned)status.f_type : 0;
}

void quern_open_standard_streams(void) {
    // open() takes the lowest free number, which is the one just found closed.
    for (int descriptor = 0; descriptor <= 2; descriptor++)
        if (fcntl(descriptor, F_GETFD) == -1 && open("/dev/null", O_RDWR) == -1) return;
}

static volatile sig_atomic_t noted_signal = 0;

static void note_signal(int signal) {
    if (noted_signal) _exit(128 + signal);
    noted_signal = signal;
}

void quern_watch_interrupts(void) {
    struct sigaction action = {.sa_handler = note_signal};  // no SA_RESTART: a blocked read returns and is looked at
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    // Whoever started us may have done so from a thread that blocks signals, and we inherited that.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

int quern_interrupted(void) { return noted_signal; }
void quern_clear_interrupt(void) { noted_signal = 0; }

static struct termios saved_terminal;
static int terminal_is_raw = 0;

int quern_raw_terminal(int descriptor) {
    if (terminal_is_raw) return 0;
    if (tcgetattr(descriptor, &saved_terminal) != 0) return errno;
    struct termios raw = saved_terminal;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INPCK | ISTRIP | IXON);
    raw.c_cflag |= CS8;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (tcsetattr(descriptor, TCSAFLUSH, &raw) != 0) return errno;
    terminal_is_raw = 1;
    return 0;
}

void quern_restore_terminal(int descriptor) {
    if (terminal_is_raw) tcsetattr(descriptor, TCSAFLUSH, &saved_terminal);
    terminal_is_raw = 0;
}

int quern_wait_readable(int descriptor, int milliseconds) {
    struct pollfd wait = {.fd = descriptor, .events = POLLIN};
    return poll(&wait, 1, milliseconds) > 0;
}
