"""What test suites rely on in a node's pipes, signals, timers and descriptors."""

import array
import os
import select
import signal
import socket
import subprocess
import sys
import time
import unittest


class Pipes(unittest.TestCase):
    def setUp(self):
        self.reading, self.writing = os.pipe()
        self.addCleanup(self.close, self.reading)
        self.addCleanup(self.close, self.writing)

    @staticmethod
    def close(descriptor):
        try:
            os.close(descriptor)
        except OSError:
            pass  # the test closed it

    def test_a_full_pipe_does_not_take_more(self):
        os.set_blocking(self.writing, False)
        written = 0
        with self.assertRaises(BlockingIOError):
            while True:
                written += os.write(self.writing, b"x" * 4096)
        self.assertGreaterEqual(written, 4096)
        self.assertEqual(select.select([], [self.writing], [], 0)[1], [])
        while written:
            written -= len(os.read(self.reading, 65536))
        self.assertEqual(select.select([], [self.writing], [], 0)[1], [self.writing])

    def test_the_last_writer_ends_the_stream(self):
        copy = os.dup(self.writing)
        os.close(self.writing)
        os.write(copy, b"last words")
        os.close(copy)
        self.assertEqual(os.read(self.reading, 100), b"last words")
        self.assertEqual(os.read(self.reading, 100), b"")

    def test_writing_to_nobody_is_an_error(self):
        os.close(self.reading)
        with self.assertRaises(BrokenPipeError):
            os.write(self.writing, b"x")

    def test_small_writes_of_two_processes_stay_whole(self):
        code = "import os, sys\nfor n in range(200): os.write(1, sys.argv[1].encode() * 512)"
        writers = [subprocess.Popen([sys.executable, "-c", code, mark], stdout=self.writing) for mark in "ab"]
        os.close(self.writing)
        with os.fdopen(os.dup(self.reading), "rb") as stream:
            content = stream.read()
        self.assertEqual([writer.wait() for writer in writers], [0, 0])
        blocks = {content[at:at + 512] for at in range(0, len(content), 512)}
        self.assertEqual(len(content), 2 * 200 * 512)
        self.assertEqual(blocks, {b"a" * 512, b"b" * 512})

    def test_descriptors_are_not_inherited_unasked(self):
        code = "import os, sys; os.fstat(int(sys.argv[1]))"
        command = [sys.executable, "-c", code, str(self.writing)]
        quiet = {"stderr": subprocess.DEVNULL}
        self.assertNotEqual(subprocess.run(command, **quiet).returncode, 0)
        self.assertEqual(subprocess.run(command, pass_fds=[self.writing], **quiet).returncode, 0)

    def test_a_descriptor_travels_through_a_local_socket(self):
        left, right = socket.socketpair(socket.AF_UNIX)
        with left, right:
            rights = array.array("i", [self.writing])
            left.sendmsg([b"!"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
            _, ancillary, _, _ = right.recvmsg(1, socket.CMSG_SPACE(rights.itemsize))
            received = array.array("i", ancillary[0][2])
        os.write(received[0], b"hello")
        os.close(received[0])
        self.assertEqual(os.read(self.reading, 100), b"hello")


class Signals(unittest.TestCase):
    def child(self, code):
        """A Python that has run `code` up to its first line of output."""
        child = subprocess.Popen(
            [sys.executable, "-u", "-c", "import os, signal, sys, time\n" + code], stdout=subprocess.PIPE)
        self.addCleanup(child.stdout.close)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        self.assertEqual(child.stdout.readline(), b"ready\n")
        return child

    def test_the_default_action_ends_the_process(self):
        child = self.child("print('ready'); time.sleep(60)")
        child.terminate()
        self.assertEqual(child.wait(30), -signal.SIGTERM)

    def test_a_handler_decides(self):
        child = self.child(
            "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); print('ready'); time.sleep(60)")
        child.terminate()
        self.assertEqual(child.wait(30), 7)

    def test_kill_cannot_be_ignored(self):
        child = self.child(
            "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready')\nwhile True: time.sleep(60)")
        child.terminate()
        child.kill()
        self.assertEqual(child.wait(30), -signal.SIGKILL)

    def test_a_blocked_signal_waits(self):
        waiting = {signal.SIGUSR1}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, waiting)
        try:
            os.kill(os.getpid(), signal.SIGUSR1)
            self.assertIn(signal.SIGUSR1, signal.sigpending())
            self.assertEqual(signal.sigwait(waiting), signal.SIGUSR1)
            self.assertNotIn(signal.SIGUSR1, signal.sigpending())
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def test_stop_and_continue(self):
        child = self.child("print('ready'); time.sleep(60)")
        child.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(child.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        child.send_signal(signal.SIGCONT)
        _, status = os.waitpid(child.pid, os.WCONTINUED)
        self.assertTrue(os.WIFCONTINUED(status))

    def test_a_group_is_signalled_as_one(self):
        child = subprocess.Popen(
            ["sh", "-c", "sleep 60 & sleep 60 & echo ready; wait"], stdout=subprocess.PIPE, start_new_session=True)
        with child.stdout:
            self.assertEqual(child.stdout.readline(), b"ready\n")
            os.killpg(child.pid, signal.SIGKILL)
            self.assertEqual(child.wait(30), -signal.SIGKILL)
            # End of file: nobody of the group is left to hold the pipe.
            self.assertEqual(child.stdout.read(), b"")


class Timers(unittest.TestCase):
    def test_an_alarm_arrives_in_its_time(self):
        alarm = {signal.SIGALRM}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, alarm)
        self.addCleanup(signal.pthread_sigmask, signal.SIG_SETMASK, before)
        start = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        self.assertIsNotNone(signal.sigtimedwait(alarm, 30))
        self.assertGreaterEqual(time.monotonic() - start, 0.05)

    def test_sleep_is_never_too_short(self):
        for seconds in (0.001, 0.02, 0.1):
            start = time.monotonic()
            time.sleep(seconds)
            self.assertGreaterEqual(time.monotonic() - start, seconds)


if __name__ == "__main__":
    unittest.main()
