"""What /proc says about a process, as Robot Framework keywords."""

import os


class Proc:
    ROBOT_LIBRARY_SCOPE = "GLOBAL"

    @staticmethod
    def _stat(pid):
        with open("/proc/%d/stat" % int(pid), encoding="utf-8", errors="replace") as stream:
            # The name stands in parentheses and may hold anything, parentheses too.
            rest = stream.read().rpartition(")")[2].split()
        return {"state": rest[0], "parent": int(rest[1]), "group": int(rest[2]), "session": int(rest[3])}

    def parent_of(self, pid):
        """The process id of the parent."""
        return self._stat(pid)["parent"]

    def group_of(self, pid):
        """The process group."""
        return self._stat(pid)["group"]

    def session_of(self, pid):
        """The session."""
        return self._stat(pid)["session"]

    def state_of(self, pid):
        """The state's letter: R, S, D, T, Z and so on."""
        return self._stat(pid)["state"]

    def arguments_of(self, pid):
        """The command line as a list."""
        with open("/proc/%d/cmdline" % int(pid), "rb") as stream:
            return [os.fsdecode(word) for word in stream.read().split(b"\0")[:-1]]

    def environment_of(self, pid):
        """The environment that the process was started with."""
        with open("/proc/%d/environ" % int(pid), "rb") as stream:
            entries = [os.fsdecode(entry) for entry in stream.read().split(b"\0") if b"=" in entry]
        return dict(entry.split("=", 1) for entry in entries)

    def folder_of(self, pid):
        """The working directory."""
        return os.readlink("/proc/%d/cwd" % int(pid))

    def own_process_id(self):
        """The process id of Robot Framework itself."""
        return os.getpid()

    def should_not_exist_as_process(self, pid):
        """Fails if there is such a process, other than one that waits to be reaped."""
        try:
            state = self.state_of(pid)
        except FileNotFoundError:
            return
        if state not in "ZX":
            raise AssertionError("process %s is still there, in state %s" % (pid, state))
