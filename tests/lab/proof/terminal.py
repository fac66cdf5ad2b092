"""A terminal of our own around a command, for what is too quick for tmux: when a key was answered, to the millisecond."""

import fcntl
import os
import pathlib
import pty
import select
import struct
import termios
import time


class Terminal:
    """A pseudo-terminal with a command in it. Everything it wrote is kept."""

    def __init__(self, command, environment, folder, size=(120, 40)):
        columns, lines = size
        self.raw = b""
        self.child, self.master = pty.fork()
        if self.child == 0:
            os.chdir(folder)
            words = list(map(str, command))
            os.execvpe(words[0], words, environment | {"TERM": "xterm-256color"})
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def read(self, seconds):
        """What comes within so long, at once when something comes; empty otherwise."""
        if not select.select([self.master], [], [], max(0, seconds))[0]:
            return b""
        try:
            came = os.read(self.master, 1 << 16)
        except OSError:
            raise TimeoutError("the command is over") from None
        self.raw += came
        return came

    def press(self, key):
        """Bytes as a keyboard sends them."""
        os.write(self.master, key)

    def await_bytes(self, wanted, seconds, since=None):
        """Reads until `wanted` was written, after the offset `since` of all that was."""
        since = len(self.raw) if since is None else since
        deadline = time.monotonic() + seconds
        while wanted not in self.raw[since:]:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{wanted!r} never came")
            self.read(left)

    def answer(self, key, wanted, seconds):
        """Seconds between a key and the first `wanted` that is written after it."""
        while self.read(0):
            pass
        pressed, since = time.monotonic(), len(self.raw)
        self.press(key)
        self.await_bytes(wanted, seconds, since)
        return time.monotonic() - pressed

    def rest(self, seconds):
        """Lets the command write for so long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self.read(left)

    def most_memory(self, name):
        """Megabytes that the process `name` under this terminal has held at most (VmHWM of proc(5))."""
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                fields = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines() if ":" in line)
                session = int((process / "stat").read_text().rsplit(")", 1)[1].split()[3])
            except OSError:
                continue
            if session == self.child and fields["Name"].strip() == name[:15]:
                return int(fields["VmHWM"].split()[0]) / 1024
        raise TimeoutError(f"no process {name}")

    def close(self):
        """The window is closed."""
        os.close(self.master)
        os.waitpid(self.child, 0)
