"""What the project depends on: declared, locked by hash, and without the address of any registry."""

import ast
import importlib.metadata
import re
import sys
import tomllib

import pytest

from deploy.migrations import ROOT
from tests.architecture.sources import ALL, sources

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
GROUPS = PROJECT["dependency-groups"]
LOCAL = [*RUNTIME, *GROUPS["local"]]
DEVELOPMENT = [*LOCAL, *(each for each in GROUPS["dev"] if isinstance(each, str))]
LOCKS = {"requirements.lock": RUNTIME, "requirements-local.lock": LOCAL, "requirements-dev.lock": DEVELOPMENT}
OWN = set(ALL)


def normal(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def imported(*folders: str) -> set[str]:
    """The top-level modules that files import, apart from the standard library's and our own."""
    names: set[str] = set()
    for source in sources(*folders):
        for node in source.walk():
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - OWN


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_versions_and_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--(index|extra|find|trusted)|^-", text, re.MULTILINE)
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert packages
    assert [package.split()[0] for package in packages if "==" not in package or "--hash=sha256:" not in package] == []


def locked(name: str) -> set[str]:
    """The packages of a lock."""
    return {normal(line) for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line[:1].isalnum()}


@pytest.mark.parametrize(("name", "wanted"), LOCKS.items())
def test_a_lock_holds_everything_that_is_declared(name: str, wanted: list[str]) -> None:
    assert {normal(each) for each in wanted} - locked(name) == set()


def test_the_image_is_installed_from_a_lock_without_what_only_development_needs() -> None:
    assert "pip install --require-hashes -r /srv/requirements.lock" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert {normal(each) for each in DEVELOPMENT if each not in RUNTIME} & locked("requirements.lock") == set()


@pytest.mark.parametrize(
    ("folders", "declared"),
    [
        (("services", "gateway", "migrations"), RUNTIME),
        (("deploy", "examples"), LOCAL),
        (("tests", "gates", "benchmarks"), DEVELOPMENT),
    ],
)
def test_everything_that_is_imported_is_declared(folders: tuple[str, ...], declared: list[str]) -> None:
    known = {normal(each) for each in declared}
    owners = importlib.metadata.packages_distributions()
    # What a declared framework is made of may be imported beside it.
    parts = {"starlette": "fastapi", "pydantic_core": "pydantic", "psycopg_pool": "psycopg"}
    missing = [
        module
        for module in sorted(imported(*folders))
        if not {normal(owner) for owner in owners.get(parts.get(module, module), [module])} & known
    ]
    assert missing == []
