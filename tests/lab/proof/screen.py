"""A console in tmux: keys in, screens out. Every wait has an end, and every screen that was looked at is kept."""

import os
import re
import shlex
import subprocess
import time

GLANCE = 0.1  # seconds between two looks at the screen
ENDED = "console ended with exit status "  # said behind the command, in the terminal it had
PACE = 0.06  # seconds between two keys, so that each is a key of its own


class Unseen(Exception):
    """What was waited for did not come to the screen."""

    def __init__(self, what, screen):
        super().__init__(f"never seen: {what}")
        self.screen = screen


class Screen:
    """What the terminal showed at one moment."""

    def __init__(self, text):
        self.lines = text.splitlines()
        self.text = text

    def __contains__(self, words):
        return words in self.text

    def row(self, name):
        """The rack's row that begins with `name` after its marks and lines; None when there is none."""
        for line in self.lines:
            left = line.split("││")[0].split("┃│")[0].split("│┃")[0]
            if re.match(rf"^│[^\w]*{re.escape(name)}(?![\w/-])", left):
                return left.strip("│┃ ")
        return None

    def state(self, name):
        """The last word of that row, such as `done`; empty when there is no such row."""
        row = self.row(name)
        return row.split()[-1] if row else ""

    def steps_over(self, node):
        """How many steps of a node are over, of how many."""
        found = re.search(r"\b(\d+)/(\d+)\b", self.row(node) or "")
        return (int(found[1]), int(found[2])) if found else None

    @property
    def header(self):
        """The first line."""
        return self.lines[0] if self.lines else ""

    @property
    def title(self):
        """Of the pane at the right: the selected step."""
        top = self.lines[1] if len(self.lines) > 1 else ""
        return top.split("┌")[-1].strip("─┐ ")

    @property
    def word(self):
        """What the console says at the moment, above its bar of keys."""
        return self.lines[-2].strip() if len(self.lines) > 1 else ""


class Console:
    """A command in a tmux of its own, which nothing else on the machine shares."""

    def __init__(self, folder, command, environment, size=(120, 40)):
        self.folder = folder / "screens"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket = f"kubestep-lab-{os.getpid()}"
        self.kept = 0
        self.keys = []
        columns, lines = size
        line = f"{shlex.join(map(str, command))}; echo {shlex.quote(ENDED)}$?"
        self.tmux(
            "-f", "/dev/null", "new-session", "-d", "-s", "console", "-x", columns, "-y", lines, "-c", folder, "sh",
            ";", "set-option", "-g", "remain-on-exit", "on", ";", "set-option", "-g", "history-limit", "5000",
            ";", "respawn-pane", "-k", "-t", "console", line, env=environment | {"TERM": "xterm-256color"},
        )

    def tmux(self, *words, **options):
        """Runs a tmux command on our server, and returns what it printed."""
        command = ["tmux", "-L", self.socket, *map(str, words)]
        done = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, **options)
        return done.stdout

    def press(self, *keys):
        """Keys by tmux's names, one after the other."""
        for key in keys:
            self.keys.append(key)
            self.tmux("send-keys", "-t", "console", key)
            time.sleep(PACE)

    def write(self, text):
        """Text as it would be typed."""
        self.keys.append(f'"{text}"')
        self.tmux("send-keys", "-t", "console", "-l", text)
        time.sleep(PACE)

    def resize(self, columns, lines):
        """As when the operator drags the window's corner."""
        self.tmux("resize-window", "-t", "console", "-x", columns, "-y", lines)

    def look(self):
        """The screen as it is now."""
        return Screen(self.tmux("capture-pane", "-p", "-t", "console"))

    def await_that(self, holds, what, seconds=20):
        """The first screen of which `holds` is true."""
        deadline = time.monotonic() + seconds
        while True:
            screen = self.look()
            if holds(screen):
                return screen
            if time.monotonic() > deadline or ENDED in screen:
                raise Unseen(what, screen)
            time.sleep(GLANCE)

    def await_words(self, *words, seconds=20):
        """The first screen with all of these on it."""
        return self.await_that(lambda screen: all(word in screen for word in words), " and ".join(words), seconds)

    def keep(self, name, screen=None):
        """Keeps a screen, and the keys that led to it, under a name."""
        screen = screen or self.look()
        self.kept += 1
        keys = " ".join(self.keys) or "none"
        self.keys = []
        path = self.folder / f"{self.kept:02}-{name}.txt"
        path.write_text(f"keys: {keys}\n\n{screen.text}", encoding="utf-8")
        return screen

    def exit_status(self, seconds=20):
        """Of the command, once it has ended; None when it doesn't."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            told = re.search(rf"^{ENDED}(\d+)", self.look().text, re.MULTILINE)
            if told:
                return int(told[1])
            time.sleep(GLANCE)
        return None

    def close(self):
        """Ends the tmux server, and with it the command."""
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], check=False, stderr=subprocess.DEVNULL)
