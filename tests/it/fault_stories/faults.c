/* A disk and a clock with faults, between the real program and the system: loaded before libc (LD_PRELOAD).
 *
 * The disk: only files below FAULTS_DIR, the index of shared memory (-shm) excepted. Writes, truncations and syncs of them
 * are counted from 1. From number FAULTS_AT on, FAULTS_FOR of them (1 unless told) go wrong as FAULTS_MODE says:
 *   fail   EIO, nothing is done
 *   full   ENOSPC, nothing is done
 *   torn   of a write the first half is done, then EIO
 *   every  as fail, for each FAULTS_AT-th
 *   power  the process ends at once, and of what was written since the last sync of a file any sector of 512 bytes may be
 *          as it was before: which ones FAULTS_SEED decides
 * As long as the file FAULTS_SWITCH holds a number, everything that would change a file there ends with that errno, and
 * opening one for writing too: EROFS is a disk that turned read-only.
 *
 * The clock: the wall clock is off by the seconds in the file FAULTS_CLOCK. The monotonic clock is right.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECTOR 512

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long count;
static uint64_t dice;

struct unsynced {
  struct unsynced *before;
  int fd;
  dev_t dev;
  ino_t ino;
  off_t at;
  size_t length;
  unsigned char old[];
};
static struct unsynced *last;

static ssize_t real_pwrite(int fd, const void *from, size_t length, off_t at) {
  return syscall(SYS_pwrite64, fd, from, length, at);
}

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text && *text ? atol(text) : otherwise;
}

static long number_in(const char *name) {
  const char *path = getenv(name);
  if (!path) return 0;
  int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return 0;
  char text[32] = {0};
  ssize_t got = syscall(SYS_read, fd, text, sizeof text - 1);
  syscall(SYS_close, fd);
  return got > 0 ? atol(text) : 0;
}

static int is_ours(const char *path) {
  const char *dir = getenv("FAULTS_DIR");
  size_t length = strlen(path);
  if (!dir || strncmp(path, dir, strlen(dir)) != 0) return 0;
  return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

static int is_our_file(int fd) {
  if (fd < 3 || !getenv("FAULTS_DIR")) return 0;
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = 0;
  return is_ours(path);
}

static uint64_t roll(void) {
  dice ^= dice << 13;
  dice ^= dice >> 7;
  dice ^= dice << 17;
  return dice;
}

static void remember(int fd, off_t at, size_t length) {
  struct stat stat;
  if (fstat(fd, &stat) != 0) return;
  struct unsynced *write = malloc(sizeof *write + length);
  if (!write) return;
  memset(write->old, 0, length);
  if (syscall(SYS_pread64, fd, write->old, length, at) < 0) memset(write->old, 0, length);
  write->fd = fd;
  write->dev = stat.st_dev;
  write->ino = stat.st_ino;
  write->at = at;
  write->length = length;
  write->before = last;
  last = write;
}

static void forget(int fd) {
  struct stat stat;
  if (fstat(fd, &stat) != 0) return;
  for (struct unsynced **one = &last; *one;) {
    struct unsynced *write = *one;
    if (write->dev == stat.st_dev && write->ino == stat.st_ino) {
      *one = write->before;
      free(write);
    } else {
      one = &write->before;
    }
  }
}

static void power_goes(void) {
  dice = 0x9e3779b97f4a7c15ULL ^ (uint64_t)number("FAULTS_SEED", 1) * 0xff51afd7ed558ccdULL;
  for (struct unsynced *write = last; write; write = write->before) {
    struct stat stat;
    if (fstat(write->fd, &stat) != 0 || stat.st_dev != write->dev || stat.st_ino != write->ino) continue;
    for (size_t from = 0; from < write->length;) {
      size_t piece = SECTOR - (size_t)((write->at + (off_t)from) % SECTOR);
      if (piece > write->length - from) piece = write->length - from;
      if (roll() & 1) real_pwrite(write->fd, write->old + from, piece, write->at + (off_t)from);
      from += piece;
    }
  }
  _exit(137);
}

/* What goes wrong with this one: an errno, 0 for nothing, -1 where half of a write is to be done. */
static int fault(void) {
  int errno_now = (int)number_in("FAULTS_SWITCH");
  if (errno_now) return errno_now;
  long at = number("FAULTS_AT", 0);
  if (at <= 0) return 0;
  const char *mode = getenv("FAULTS_MODE");
  count++;
  if (mode && strcmp(mode, "every") == 0) return count % at == 0 ? EIO : 0;
  if (count < at || count >= at + number("FAULTS_FOR", 1)) return 0;
  if (!mode || strcmp(mode, "fail") == 0) return EIO;
  if (strcmp(mode, "full") == 0) return ENOSPC;
  if (strcmp(mode, "torn") == 0) return -1;
  power_goes();
  return EIO;
}

static ssize_t write_at(int fd, const void *from, size_t length, off_t at) {
  pthread_mutex_lock(&mutex);
  int wrong = fault();
  if (wrong == -1) length = length / 2;
  ssize_t written = -1;
  if (wrong <= 0) {
    remember(fd, at, length);
    written = real_pwrite(fd, from, length, at);
  }
  pthread_mutex_unlock(&mutex);
  if (wrong) {
    errno = wrong == -1 ? EIO : wrong;
    return -1;
  }
  return written;
}

ssize_t pwrite(int fd, const void *from, size_t length, off_t at) {
  return is_our_file(fd) ? write_at(fd, from, length, at) : real_pwrite(fd, from, length, at);
}

ssize_t pwrite64(int fd, const void *from, size_t length, off64_t at) { return pwrite(fd, from, length, at); }

ssize_t write(int fd, const void *from, size_t length) {
  if (!is_our_file(fd)) return syscall(SYS_write, fd, from, length);
  off_t at = lseek(fd, 0, SEEK_CUR);
  ssize_t written = write_at(fd, from, length, at);
  if (written > 0) lseek(fd, at + written, SEEK_SET);
  return written;
}

static int sync_file(int fd, long call) {
  if (!is_our_file(fd)) return (int)syscall(call, fd);
  pthread_mutex_lock(&mutex);
  int wrong = fault();
  int done = -1;
  if (!wrong) {
    done = (int)syscall(call, fd);
    forget(fd);
  }
  pthread_mutex_unlock(&mutex);
  if (wrong) errno = wrong == -1 ? EIO : wrong;
  return done;
}

int fsync(int fd) { return sync_file(fd, SYS_fsync); }

int fdatasync(int fd) { return sync_file(fd, SYS_fdatasync); }

int ftruncate(int fd, off_t length) {
  if (is_our_file(fd)) {
    pthread_mutex_lock(&mutex);
    int wrong = fault();
    pthread_mutex_unlock(&mutex);
    if (wrong) {
      errno = wrong == -1 ? EIO : wrong;
      return -1;
    }
  }
  return (int)syscall(SYS_ftruncate, fd, length);
}

int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

static int open_file(int dir, const char *path, int flags, mode_t mode) {
  if ((flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) && is_ours(path)) {
    int wrong = (int)number_in("FAULTS_SWITCH");
    if (wrong == EROFS) {
      errno = wrong;
      return -1;
    }
  }
  return (int)syscall(SYS_openat, dir, path, flags, mode);
}

#define MODE(flags, last)                        \
  mode_t mode = 0;                               \
  if ((flags) & (O_CREAT | __O_TMPFILE)) {       \
    va_list list;                                \
    va_start(list, last);                        \
    mode = (mode_t)va_arg(list, int);            \
    va_end(list);                                \
  }

int open(const char *path, int flags, ...) {
  MODE(flags, flags)
  return open_file(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE(flags, flags)
  return open_file(AT_FDCWD, path, flags | O_LARGEFILE, mode);
}

int openat(int dir, const char *path, int flags, ...) {
  MODE(flags, flags)
  return open_file(dir, path, flags, mode);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int done = real(clock, now);
  if (done == 0 && clock == CLOCK_REALTIME) now->tv_sec += number_in("FAULTS_CLOCK");
  return done;
}
