"""Child processes of a launcher: started with a log each, watched, and stopped in the reverse order."""

import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from deploy.forked import Handle, Program, start

TERM_SECONDS = 15.0
SAME_BIRTH_SECONDS = 2.0  # setting the machine's clock moves the births of its processes a little


class ProcessDied(Exception):
    """A child ended though it should not; the text has its last log lines."""


@dataclass(frozen=True)
class Child:
    """A child; one that `ends` has something to do and is then gone."""

    name: str
    process: Handle
    log: Path
    ends: bool = False

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(f"  | {line}" for line in lines[-count:])

    def require_running(self) -> None:
        """Raises:
        ProcessDied: it has ended.
        """
        code = self.process.poll()
        if code is not None and not (self.ends and code == 0):
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            raise ProcessDied(f"{self.name} ended ({how}). The last lines of {self.log}:\n{self.last_lines()}")


@dataclass
class Family:
    """All children of the launcher. `run` holds one file a child, by which a later start finds leftovers.

    `private` are open files of the launcher that no child may hold: its lock.
    """

    logs: Path
    run: Path
    private: Sequence[int] = ()
    children: list[Child] = field(default_factory=list)

    def start(
        self, name: str, program: Program, environment: Mapping[str, str], cwd: Path, *, ends: bool = False
    ) -> Child:
        """Starts a child in a session of its own, so that the terminal's Ctrl-C reaches the launcher alone."""
        log = self.logs / f"{name}.log"
        process = start(program, environment, cwd, log, private=self.private)
        self.remember(name, process.pid)
        child = Child(name, process, log, ends)
        self.children.append(child)
        return child

    def remember(self, name: str, pid: int) -> None:
        """Notes a child for the next start, with its birth: numbers are given again to other processes."""
        born = psutil.Process(pid).create_time()
        (self.run / name).write_text(f"{pid} {born}", encoding="utf-8")

    def require_running(self) -> None:
        """Raises:
        ProcessDied: one of them has ended.
        """
        for child in self.children:
            child.require_running()

    def stop(self) -> None:
        """Asks all children to end, the newest first, and ends by force those that do not."""
        for child in reversed(self.children):
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + TERM_SECONDS
        for child in self.children:
            try:
                child.process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
        self.children.clear()

    def stop_leftovers(self) -> None:
        """Ends what an earlier launcher left running because it was itself ended by force."""
        left = [process for note in self.run.iterdir() if (process := _named_in(note)) is not None]
        for process in left:
            # To PostgreSQL, SIGTERM means to wait for its users, SIGINT to send them away.
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
        _, stubborn = psutil.wait_procs(left, TERM_SECONDS)
        for process in stubborn:
            process.kill()
        psutil.wait_procs(stubborn, TERM_SECONDS)
        self.forget()

    def forget(self) -> None:
        """Removes the notes: nothing is running any more."""
        for note in self.run.iterdir():
            note.unlink()


def _named_in(note: Path) -> psutil.Process | None:
    """The process that a note names, if it still runs."""
    pid, _, born = note.read_text(encoding="utf-8").partition(" ")
    try:
        process = psutil.Process(int(pid))
        same = abs(process.create_time() - float(born)) < SAME_BIRTH_SECONDS
    except (psutil.NoSuchProcess, ValueError):
        return None
    return process if same else None
