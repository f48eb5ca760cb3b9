"""Everything on this machine in one go (`make up`): PostgreSQL, three services with workers, gateway, example company.

Stays up until Ctrl-C or SIGTERM. `--once` ends after the example quarter; `--empty` leaves the example company out;
`--language` chooses zh or en, where the machine's own is not wanted.
"""

import argparse
import fcntl
import gc
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from deploy import database, migrations, postgres, secrets, words
from deploy.forked import COPYING, Program
from deploy.layout import PORTS, BadSetting, Layout
from deploy.processes import Family, ProcessDied

READY_SECONDS = 60.0
POSTGRES_SETTINGS = {"max_connections": "200", "shared_buffers": "256MB", "jit": "off"}


class CannotStart(Exception):
    """Something outside is in the way; the text says what, and what to do."""


class Stopped(Exception):
    """The process was asked to stop."""


@dataclass
class Progress:
    """Prints on the terminal what is being done and how long it took."""

    began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        """One line with the seconds since the start."""
        print(f"  {time.monotonic() - self.began:5.1f} s  {text}", flush=True)


def main() -> int:
    """Starts Merit, keeps it up, stops it; the exit code."""
    parser = argparse.ArgumentParser(prog="make up", description=__doc__)
    parser.add_argument("--once", action="store_true", help="end after the example quarter")
    parser.add_argument("--empty", action="store_true", help="start without the example company")
    parser.add_argument("--language", choices=("zh", "en"), default=own_language(), help="of what is printed")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        _run(Layout.from_environment(), words.OF[options.language], once=options.once, empty=options.empty)
    except Stopped:
        return 0
    except (BadSetting, CannotStart, ProcessDied, postgres.PostgresFailed) as reason:
        print(f"\nMerit is not running: {reason}", file=sys.stderr)
        return 1
    return 0


def own_language() -> str:
    """The language of the terminal, by the variables that say so; the first that is set counts."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh" if value.startswith("zh") else "en"
    return "en"


def _stop(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # stopping is under way: a second Ctrl-C must not cut it short
    raise Stopped


def _run(layout: Layout, say: words.Words, *, once: bool, empty: bool) -> None:
    for folder in (layout.data, layout.secrets, layout.logs, layout.run):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _only_one(layout.data / "lock") as lock:
        family = Family(layout.logs, layout.run, private=[lock])
        family.stop_leftovers()
        _require_free_ports(layout)
        progress = Progress()
        print(say.starting, flush=True)
        for log in layout.logs.glob("*.log"):
            log.replace(log.with_suffix(".log.before"))
        secrets.make(layout.secrets)
        server = postgres.start(
            layout.data / "postgres", layout.ports["postgres"], layout.logs / "postgres.log", POSTGRES_SETTINGS
        )
        try:
            family.remember("postgres", server.process.pid)
            progress.say(say.postgres.format(port=server.port))
            places = _prepare(layout, server)
            progress.say(say.migrated)
            _load_programs()
            _start_all(layout, places, family)
            progress.say(say.ready)
            if not empty:
                _live_through_the_quarter(layout, family, progress, say)
            _tell_where_to_look(layout, say, empty=empty)
            if not once:
                _stay(family, server)
        finally:
            print(say.stopping, flush=True)
            family.stop()
            server.stop()
            family.forget()


@contextmanager
def _only_one(lock: Path) -> Iterator[int]:
    """Holds the installation's lock; the system lets it go even if we are killed."""
    with lock.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"it is running already from {lock.parent} (see the other terminal).") from None
        yield file.fileno()


def _require_free_ports(layout: Layout) -> None:
    for name, port in layout.ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                variable = PORTS[name][0]
                raise CannotStart(f"port {port} ({name}) is in use; set {variable} to a free one.") from None


def _prepare(layout: Layout, server: postgres.Server) -> dict[str, database.Place]:
    """Roles, schemas, migrations."""
    places = {}
    for service in database.SERVICES:
        urls = []
        for role in (f"merit_{service}_owner", f"merit_{service}"):
            password = secrets.keep(layout.secrets / f"{role}_password", secrets.random_word)
            urls.append(secrets.address(role, password, "127.0.0.1", server.port))
        places[service] = database.Place.of(service, server.url(), *urls)
        database.prepare(places[service])
        migrations.upgrade(service, places[service].owner)
    return places


def _load_programs() -> None:
    """Loads what the programs need before they are copied from this process.

    All of it stays, so the collector of garbage need not look through it: neither meanwhile nor in the copies.
    """
    if COPYING:
        gc.disable()
        for module in ("gateway.main", *(f"services.{service}.main" for service in database.SERVICES)):
            importlib.import_module(module)
        gc.freeze()
        gc.enable()


def _start_all(layout: Layout, places: dict[str, database.Place], family: Family) -> None:
    environment = layout.environment("org-bootstrap", _address(places["org"]))
    bootstrap = Program("services.org", ("bootstrap",))
    first = family.start("org-bootstrap", bootstrap, environment, migrations.ROOT, ends=True)
    for service in database.SERVICES:
        environment = layout.environment(service, _address(places[service]))
        for process in ("api", "worker"):
            program = Program(f"services.{service}", (process,))
            family.start(f"{service}-{process}", program, environment, migrations.ROOT)
    family.start("gateway", Program("gateway"), layout.environment("gateway", None), migrations.ROOT)
    for name in (*database.SERVICES, "gateway"):
        _wait_until_ready(layout.url(name), name, family)
    first.process.wait()
    first.require_running()


def _address(place: database.Place) -> str:
    return place.app.render_as_string(hide_password=False)


def _wait_until_ready(url: str, name: str, family: Family) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        family.require_running()
        try:
            with urllib.request.urlopen(f"{url}/health/ready", timeout=5):  # noqa: S310 - our own http address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise CannotStart(f"{name} was not ready after {READY_SECONDS:.0f} s; see its log.")


def _live_through_the_quarter(layout: Layout, family: Family, progress: Progress, say: words.Words) -> None:
    """Loads the example company and runs its quarter, once for all; its report is kept."""
    report = layout.data / "story"
    if report.exists():
        progress.say(say.there_already.format(report=report))
        return
    progress.say(say.quarter)
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "MERIT_CLOCK_FILE": str(layout.clock),
        "MERIT_BOOTSTRAP_PASSWORD_FILE": str(layout.secrets / "bootstrap_password"),
        "MERIT_BOOTSTRAP_SECOND_PASSWORD_FILE": str(layout.secrets / "bootstrap_second_password"),
    }
    story = subprocess.Popen(  # noqa: S603 - our own program
        Program("examples.story", ("--gateway", layout.url("gateway"), "--language", say.language)).command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=environment,
        cwd=migrations.ROOT,
        start_new_session=True,
        text=True,
        encoding="utf-8",
    )
    family.remember("story", story.pid)
    lines: list[str] = []
    try:
        for line in story.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
            family.require_running()
        code = story.wait()
    finally:
        if story.poll() is None:
            story.terminate()
            story.wait()
    if code != 0:
        raise CannotStart(
            f"the example quarter failed (exit code {code}); the reason stands above, more in {layout.logs}.\n"
            "`make up` goes on where it stopped; `make clean` and `make up` begin anew."
        )
    unfinished = report.with_suffix(".new")
    unfinished.write_text("".join(lines), encoding="utf-8")
    unfinished.rename(report)


def _tell_where_to_look(layout: Layout, say: words.Words, *, empty: bool) -> None:
    places = {
        "gateway": layout.url("gateway"),
        "password": layout.secrets / "bootstrap_password",
        "second_password": layout.secrets / "bootstrap_second_password",
        "logs": layout.logs,
        "data": layout.data,
    }
    print(say.up.format(**places), flush=True)
    if empty:
        print(say.next_commands.format(**places), flush=True)
    print(say.staying.format(**places), flush=True)


def _stay(family: Family, server: postgres.Server) -> None:
    while True:
        time.sleep(0.5)
        family.require_running()
        if server.process.poll() is not None:
            raise ProcessDied("PostgreSQL ended; see postgres.log.")


if __name__ == "__main__":
    sys.exit(main())
