#pragma once
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <string.h>

/// How the command of a channel ended, filled in by libssh while it handles packets. Must outlive its callbacks.
struct sortie_channel_end {
  struct ssh_channel_callbacks_struct callbacks;
  int is_known;
  int status;
  char signal[16];  // the name without SIG, empty for a plain exit
};

static inline void sortie_channel_exited(ssh_session session, ssh_channel channel, int status, void *userdata) {
  (void)session, (void)channel;
  struct sortie_channel_end *end = (struct sortie_channel_end *)userdata;
  end->is_known = 1;
  end->status = status;
}

static inline void sortie_channel_signalled(ssh_session session, ssh_channel channel, const char *signal, int core,
                                            const char *message, const char *language, void *userdata) {
  (void)session, (void)channel, (void)core, (void)message, (void)language;
  struct sortie_channel_end *end = (struct sortie_channel_end *)userdata;
  end->is_known = 1;
  strncpy(end->signal, signal ? signal : "?", sizeof end->signal - 1);
}

/// Has `end` filled in. Returns SSH_OK or SSH_ERROR.
static inline int sortie_watch_channel_end(ssh_channel channel, struct sortie_channel_end *end) {
  memset(end, 0, sizeof *end);
  end->callbacks.size = sizeof end->callbacks;
  end->callbacks.userdata = end;
  end->callbacks.channel_exit_status_function = sortie_channel_exited;
  end->callbacks.channel_exit_signal_function = sortie_channel_signalled;
  return ssh_add_channel_callbacks(channel, &end->callbacks);
}

/// To be called before the channel or `end` is freed.
static inline void sortie_unwatch_channel_end(ssh_channel channel, struct sortie_channel_end *end) {
  ssh_remove_channel_callbacks(channel, &end->callbacks);
}
