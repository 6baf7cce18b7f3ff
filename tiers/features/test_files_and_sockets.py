"""What test suites rely on in a node's files, clocks and loopback."""

import errno
import fcntl
import os
import socket
import subprocess
import sys
import threading
import time

import pytest

TRY_LOCK = """
import fcntl, sys
with open(sys.argv[1], "r+b") as target:
    try:
        fcntl.{call}
    except OSError:
        sys.exit(9)
"""


def other_process_locks(path, call):
    """Whether another process gets the lock at once."""
    code = subprocess.run([sys.executable, "-c", TRY_LOCK.format(call=call), str(path)]).returncode
    assert code in (0, 9)
    return code == 0


@pytest.fixture
def target(tmp_path):
    path = tmp_path / "target"
    path.write_bytes(b"0123456789")
    return path


class TestLocks:
    EXCLUSIVE = "flock(target, fcntl.LOCK_EX | fcntl.LOCK_NB)"
    SHARED = "flock(target, fcntl.LOCK_SH | fcntl.LOCK_NB)"

    def test_an_exclusive_lock_keeps_others_out(self, target):
        with target.open("r+b") as holder:
            fcntl.flock(holder, fcntl.LOCK_EX)
            assert not other_process_locks(target, self.EXCLUSIVE)
            assert not other_process_locks(target, self.SHARED)
        assert other_process_locks(target, self.EXCLUSIVE)

    def test_shared_locks_share(self, target):
        with target.open("r+b") as holder:
            fcntl.flock(holder, fcntl.LOCK_SH)
            assert other_process_locks(target, self.SHARED)
            assert not other_process_locks(target, self.EXCLUSIVE)

    def test_record_locks_cover_only_their_bytes(self, target):
        with target.open("r+b") as holder:
            fcntl.lockf(holder, fcntl.LOCK_EX, 4, 0)
            assert not other_process_locks(target, "lockf(target, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 3)")
            assert other_process_locks(target, "lockf(target, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 4)")

    def test_a_lock_ends_with_its_process(self, target):
        code = "import fcntl, os; f = open(%r); fcntl.flock(f, fcntl.LOCK_EX); os.abort()" % str(target)
        assert subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode < 0
        assert other_process_locks(target, self.EXCLUSIVE)


class TestFiles:
    def test_exclusive_creation_has_one_winner(self, tmp_path):
        wins = []
        gate = threading.Barrier(8)

        def create():
            gate.wait()
            try:
                os.close(os.open(tmp_path / "once", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
                wins.append(True)
            except FileExistsError:
                pass

        threads = [threading.Thread(target=create) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(wins) == 1

    def test_a_rename_never_shows_half_a_file(self, tmp_path):
        target = tmp_path / "target"
        versions = [bytes([65 + number]) * 65536 for number in range(2)]
        target.write_bytes(versions[0])
        done = threading.Event()

        def replace():
            for turn in range(200):
                (tmp_path / "new").write_bytes(versions[turn % 2])
                os.replace(tmp_path / "new", target)
            done.set()

        writer = threading.Thread(target=replace)
        writer.start()
        reads = 0
        while not done.is_set() or reads == 0:
            assert target.read_bytes() in versions
            reads += 1
        writer.join()

    def test_an_open_file_outlives_its_name(self, target):
        with target.open("rb") as stream:
            target.unlink()
            assert stream.read() == b"0123456789"
            assert os.fstat(stream.fileno()).st_nlink == 0

    def test_appends_do_not_overwrite_each_other(self, tmp_path):
        path = tmp_path / "log"
        code = "import os, sys; fd = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND | os.O_CREAT)\n" \
               "for n in range(500): os.write(fd, (sys.argv[2] * 63 + '\\n').encode())"
        writers = [subprocess.Popen([sys.executable, "-c", code, str(path), mark]) for mark in "ab"]
        assert [writer.wait() for writer in writers] == [0, 0]
        lines = path.read_text().splitlines()
        assert len(lines) == 1000
        assert all(line in ("a" * 63, "b" * 63) for line in lines)

    def test_a_hole_reads_as_zeros(self, tmp_path):
        with open(tmp_path / "sparse", "w+b") as stream:
            stream.truncate(1 << 20)
            stream.seek(1 << 19)
            stream.write(b"x")
            stream.flush()
            os.fsync(stream.fileno())
            stream.seek(0)
            content = stream.read()
        assert len(content) == 1 << 20
        assert content.count(0) == (1 << 20) - 1


class TestClocks:
    def test_the_monotonic_clock_never_goes_back(self):
        last = time.monotonic_ns()
        for _ in range(200_000):
            now = time.monotonic_ns()
            assert now >= last
            last = now

    def test_threads_agree_on_the_monotonic_clock(self):
        seen = []
        turn = threading.Condition()

        def tick(first):
            for number in range(200):
                with turn:
                    turn.wait_for(lambda: len(seen) % 2 == first)
                    seen.append(time.monotonic_ns())
                    turn.notify_all()

        threads = [threading.Thread(target=tick, args=(first,)) for first in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == sorted(seen)

    def test_the_wall_clock_lies_in_this_century(self):
        assert 1_600_000_000 < time.time() < 4_102_444_800


class TestLoopback:
    def test_a_connection_carries_everything_in_order(self):
        payload = os.urandom(1 << 20)
        received = bytearray()
        with socket.create_server(("127.0.0.1", 0)) as server:
            def receive():
                connection, _ = server.accept()
                with connection:
                    while chunk := connection.recv(65536):
                        received.extend(chunk)

            reader = threading.Thread(target=receive)
            reader.start()
            with socket.create_connection(server.getsockname(), timeout=10) as client:
                client.sendall(payload)
            reader.join()
        assert received == payload

    def test_a_closed_port_refuses(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            # Bound and not listening: nobody else can take the port meanwhile.
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(probe.getsockname(), timeout=10)

    def test_a_port_has_one_listener(self):
        with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as second:
            with pytest.raises(OSError) as caught:
                second.bind(server.getsockname())
            assert caught.value.errno == errno.EADDRINUSE

    def test_a_local_socket_knows_its_peer(self, tmp_path):
        # A relative name: a folder's path may be longer than the 107 bytes that an address can hold.
        before = os.getcwd()
        os.chdir(tmp_path)
        try:
            with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
                server.bind("local.sock")
                server.listen()
                client.connect("local.sock")
                connection, _ = server.accept()
                with connection:
                    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        finally:
            os.chdir(before)
        assert int.from_bytes(credentials[:4], sys.byteorder) == os.getpid()
        assert int.from_bytes(credentials[4:8], sys.byteorder) == os.geteuid()
