#pragma once
// What Swift cannot reach on Linux: GNU spawn extensions, variadic system calls and the control-message macros.
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
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

// glibc declares these only under _GNU_SOURCE, which an importer cannot be relied on to have set before its first
// system header; the prototypes are repeated here.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
extern ssize_t splice(int, off64_t *, int, off64_t *, size_t, unsigned int);
extern int pipe2(int[2], int);
extern int syncfs(int);

static const short sortie_spawn_setsid = 0x80;  // POSIX_SPAWN_SETSID

static inline int sortie_fcntl(int fd, int command, long argument) { return fcntl(fd, command, argument); }

static inline int sortie_open(const char *path, int flags, unsigned mode) { return open(path, flags, (mode_t)mode); }

static inline int sortie_openat(int directory, const char *path, int flags, unsigned mode) {
  return openat(directory, path, flags, (mode_t)mode);
}

static inline int sortie_prctl(int option, unsigned long argument) { return prctl(option, argument, 0, 0, 0); }

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
