"""Python programs that begin as copies of the launcher.

Eight Python processes that each load the same libraries take a core twenty seconds; loaded once in the launcher and
copied, they are there at once. Where copying is not safe (outside Linux) a program is started the usual way.
"""

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

COPYING = sys.platform == "linux"


class Handle(Protocol):
    """What the launcher does with a child; `subprocess.Popen` is one."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Its exit code, None while it runs; negative for the signal that ended it."""

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end. Raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Sends it a signal."""

    def kill(self) -> None:
        """Ends it by force."""


@dataclass(frozen=True)
class Program:
    """A module to run, as `python -m module arguments…` does."""

    module: str
    arguments: tuple[str, ...] = ()

    @property
    def command(self) -> list[str]:
        """The command that runs it."""
        return [sys.executable, "-m", self.module, *self.arguments]


@dataclass(frozen=True)
class Copy:
    """A child that began as a copy of this process."""

    process: "multiprocessing.context.ForkProcess"

    @property
    def pid(self) -> int:
        """Its number."""
        return int(self.process.pid or 0)

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(self.process.name, timeout or 0.0)
        return self.process.exitcode

    def send_signal(self, sig: int) -> None:
        """Sends it a signal."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """Ends it by force."""
        self.process.kill()


def start(
    program: Program, environment: Mapping[str, str], cwd: Path, log: Path, *, private: Sequence[int] = ()
) -> Handle:
    """Starts a program in a session of its own. `private` are open files that it must not keep open."""
    if COPYING:
        arguments = (program, dict(environment), cwd, log, tuple(private))
        process = multiprocessing.get_context("fork").Process(target=_become, args=arguments, name=program.module)
        process.start()
        return Copy(process)
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own programs
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **environment},
            cwd=cwd,
            start_new_session=True,
        )


def _become(program: Program, environment: Mapping[str, str], cwd: Path, log: Path, private: Sequence[int]) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    for descriptor in private:
        os.close(descriptor)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", closefd=False)
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = [program.module, *program.arguments]
    sys.modules.pop(program.module, None)  # it is run anew, whatever of it was imported before the copy was made
    runpy.run_module(program.module, run_name="__main__", alter_sys=True)
