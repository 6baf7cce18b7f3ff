#pragma once
// What Swift cannot reach on Linux: GNU spawn extensions, variadic system calls and the control-message macros.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc declares these only under _GNU_SOURCE. Setting that here would give this module other versions of system types
// than Swift's own Glibc module has, so the prototypes are repeated instead.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern ssize_t splice(int, long *, int, long *, size_t, unsigned int);
extern int pipe2(int[2], int);
extern int syncfs(int);

static const short sortie_spawn_setsid = 0x80;  // POSIX_SPAWN_SETSID

static inline int sortie_fcntl(int fd, int command, long argument) { return fcntl(fd, command, argument); }

static inline int sortie_open(const char *path, int flags, unsigned mode) { return open(path, flags, (mode_t)mode); }

static inline int sortie_openat(int directory, const char *path, int flags, unsigned mode) {
  return openat(directory, path, flags, (mode_t)mode);
}

static inline int sortie_prctl(int option, unsigned long argument) { return prctl(option, argument, 0, 0, 0); }

static const unsigned sortie_splice_without_waiting = 2;  // SPLICE_F_NONBLOCK

/// Splices without touching user space. Returns bytes moved, 0 at end of file, -1 with errno.
static inline ssize_t sortie_splice(int from, int to, size_t count, unsigned flags) {
  return splice(from, NULL, to, NULL, count, flags);
}

/// Sends `count` descriptors along with one byte. Returns 0, or -1 with errno.
static inline int sortie_send_descriptors(int socket, const int *descriptors, int count) {
  char byte = 'f';
  struct iovec part = {.iov_base = &byte, .iov_len = 1};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int) * 8)];
  } control;
  if (count < 1 || count > 8) {
    errno = EINVAL;
    return -1;
  }
  memset(&control, 0, sizeof control);
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.space,
                           .msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count)};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
  memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
  ssize_t sent;
  do sent = sendmsg(socket, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == 1 ? 0 : -1;
}

/// Receives up to `capacity` (at most 8) descriptors that came with one byte, close-on-exec.
/// Returns how many, or -1 with errno.
static inline int sortie_receive_descriptors(int socket, int *descriptors, int capacity) {
  char byte;
  struct iovec part = {.iov_base = &byte, .iov_len = 1};
  union {
    struct cmsghdr header;
    char space[CMSG_SPACE(sizeof(int) * 8)];
  } control;
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
  ssize_t received;
  do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  while (received < 0 && errno == EINTR);
  if (received < 0) return -1;
  int total = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    int count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
    int *values = (int *)CMSG_DATA(header);
    for (int index = 0; index < count; index++) {
      if (total < capacity) descriptors[total++] = values[index];
      else close(values[index]);
    }
  }
  return total;
}

/// The user id at the other end of a local socket. Returns 0, or -1 with errno.
static inline int sortie_peer_user(int socket, unsigned *user) {
  struct { pid_t pid; uid_t uid; gid_t gid; } credentials;
  socklen_t length = sizeof credentials;
  if (getsockopt(socket, SOL_SOCKET, 17 /* SO_PEERCRED */, &credentials, &length) != 0) return -1;
  *user = credentials.uid;
  return 0;
}

static inline int sortie_wait_exited(int status) { return WIFEXITED(status); }
static inline int sortie_wait_code(int status) { return WEXITSTATUS(status); }
static inline int sortie_wait_signal(int status) { return WIFSIGNALED(status) ? WTERMSIG(status) : 0; }

/// The real-time clock, the clock that stands still in suspend, and the one that does not; in nanoseconds.
#include <time.h>
static inline long long sortie_clock(int clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (long long)now.tv_sec * 1000000000LL + now.tv_nsec;
}
static const int sortie_clock_wall = 0;       // CLOCK_REALTIME
static const int sortie_clock_monotonic = 1;  // CLOCK_MONOTONIC
static const int sortie_clock_boot = 7;       // CLOCK_BOOTTIME
static const int sortie_pipe_size_command = 1031;  // F_SETPIPE_SZ

/// A signalfd for SIGCHLD, close-on-exec and non-blocking, with the signal blocked in this thread.
static inline int sortie_child_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &set, 0) != 0) return -1;
  return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/// A descriptor that becomes readable when the process ends, close-on-exec; -1 with errno.
static inline int sortie_pidfd_open(pid_t process) { return (int)syscall(434 /* pidfd_open */, process, 0); }

/// Signals the process behind a pidfd. Returns 0, or -1 with errno.
static inline int sortie_pidfd_signal(int pidfd, int number) {
  return (int)syscall(424 /* pidfd_send_signal */, pidfd, number, 0, 0);
}

/// Starts `argv[0]`, looked up in PATH, in a session of its own, with `descriptors` as its 0, 1 and 2 and no others,
/// in `directory` and with `envp` (null: the caller's), every signal at its default and unblocked. Returns its id, or -1
/// with errno.
extern char **environ;
static inline pid_t sortie_spawn_detached(char *const argv[], char *const envp[], const char *directory,
                                          const int descriptors[3]) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  int copies[3];
  pid_t process = -1;
  // Above 2, so that no dup2 below overwrites a descriptor that is still to be copied.
  for (int index = 0; index < 3; index++) {
    copies[index] = fcntl(descriptors[index], F_DUPFD_CLOEXEC, 3);
    if (copies[index] < 0) {
      int error = errno;
      while (index > 0) close(copies[--index]);
      errno = error;
      return -1;
    }
  }
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | sortie_spawn_setsid));
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  int error = 0;
  for (int index = 0; index < 3 && error == 0; index++)
    error = posix_spawn_file_actions_adddup2(&actions, copies[index], index);
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (error == 0 && directory) error = posix_spawn_file_actions_addchdir_np(&actions, directory);
  if (error == 0) error = posix_spawnp(&process, argv[0], &actions, &attributes, argv, envp ? envp : environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  for (int index = 0; index < 3; index++) close(copies[index]);
  errno = error;
  return error == 0 ? process : -1;
}

/// A local stream socket, close-on-exec. Returns it, or -1 with errno.
static inline int sortie_local_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

/// A connected pair of local stream sockets, close-on-exec. Returns 0, or -1 with errno.
static inline int sortie_local_pair(int ends[2]) { return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends); }

/// The next connection of a listener, close-on-exec. Returns it, or -1 with errno.
static inline int sortie_accept(int listener) {
  int connection = accept(listener, NULL, NULL);
  if (connection >= 0) fcntl(connection, F_SETFD, FD_CLOEXEC);
  return connection;
}

/// Sends without SIGPIPE. Returns bytes sent, or -1 with errno.
static inline ssize_t sortie_send(int socket, const void *bytes, size_t count) {
  return send(socket, bytes, count, MSG_NOSIGNAL);
}

extern char **environ;
static inline char **sortie_environment(void) { return environ; }

/// Gives the blocks of a file's range back to the file system; the size stays. Returns 0, or -1 with errno.
static inline int sortie_punch_hole(int file, long long offset, long long length) {
  return (int)syscall(SYS_fallocate, file, 3 /* FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE */, offset, length);
}
