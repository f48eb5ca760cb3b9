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
DEVELOPMENT = PROJECT["dependency-groups"]["dev"]
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


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_names_versions_and_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--(index|extra|find|trusted)|^-", text, re.MULTILINE)
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert packages
    assert [package.split()[0] for package in packages if "==" not in package or "--hash=sha256:" not in package] == []


@pytest.mark.parametrize(
    ("name", "wanted"), [("requirements.lock", RUNTIME), ("requirements-dev.lock", [*RUNTIME, *DEVELOPMENT])]
)
def test_a_lock_holds_everything_that_is_declared(name: str, wanted: list[str]) -> None:
    locked = {normal(line) for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line[:1].isalnum()}
    assert {normal(each) for each in wanted} - locked == set()


@pytest.mark.parametrize(
    ("folders", "declared"),
    [
        (("services", "gateway", "deploy", "examples"), RUNTIME),
        (("tests", "gates", "benchmarks"), [*RUNTIME, *DEVELOPMENT]),
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
