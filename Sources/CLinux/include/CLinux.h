// What Swift cannot call on Linux: variadic system calls and macros. Nothing else lives here.
#ifndef QUERN_CLINUX_H
#define QUERN_CLINUX_H

#include <stddef.h>

/// Clones the data of `source` into `target` without copying it (the FICLONE ioctl). Returns 0, or the errno.
int quern_clone_file(int target, int source);

/// Names the calling thread for `perf` and `top`; names longer than 15 bytes are cut.
void quern_name_thread(const char *name);

/// How many processors the calling process may run on (affinity mask), at least 1.
int quern_allowed_processors(void);

/// Width of the terminal behind `descriptor` in columns, or 0 when it is none.
int quern_terminal_columns(int descriptor);

/// Sets `count` bytes aside for the file without changing its size (fallocate). Returns 0, or the errno.
int quern_reserve(int descriptor, long long count);

/// Starts writing `count` bytes from `offset` to the disk without waiting for them (sync_file_range).
void quern_start_writing(int descriptor, long long offset, long long count);

/// Opens a new file in `folder` that has no name yet (O_TMPFILE), for writing. Returns its descriptor, or -1 and errno, also where the file
/// could not be given a name later.
int quern_open_unnamed(const char *folder, unsigned mode);

/// Gives the unnamed file behind `descriptor` the name `path`, which must be free. Returns 0, or -1 and errno.
int quern_name_file(int descriptor, const char *path);

/// Copies `count` bytes between files inside the kernel, sharing them where the file system can (copy_file_range). Returns the bytes
/// copied, or -1 and errno.
long long quern_copy_range(int source, long long from, int target, long long to, unsigned long long count);

/// The number by which the kernel knows the kind of file system that holds `path` (statfs), or 0.
unsigned quern_file_system_kind(const char *path);

/// Gives standard streams that the caller closed to /dev/null, so that no file that is opened later gets their numbers.
void quern_open_standard_streams(void);

/// From here on SIGINT and SIGTERM are noted, and a second one ends the process with status 128 + its number. SIGPIPE is ignored.
void quern_watch_interrupts(void);

/// The number of the signal noted since the last clearing, or 0.
int quern_interrupted(void);
void quern_clear_interrupt(void);

/// Watches a mapped file: should it become shorter, its lost pages read as zeros instead of ending the process with SIGBUS. Returns the
/// number that the other two functions take, or -1 when too many files are mapped for one more to be watched.
int quern_watch_mapping(const void *address, size_t length);
/// To be called before the mapping goes away.
void quern_forget_mapping(int slot);
/// Whether a page of the mapping was found missing.
int quern_mapping_was_truncated(int slot);

/// Switches the terminal behind `descriptor` to reading key by key without echo; 0 or the errno. The way back is `quern_restore_terminal`.
int quern_raw_terminal(int descriptor);
void quern_restore_terminal(int descriptor);

/// Waits until `descriptor` can be read: 1 when it can, 0 after `milliseconds`.
int quern_wait_readable(int descriptor, int milliseconds);

#endif
