"""Writes each service's API description to services/<service>/openapi.json; `--check` compares instead.

A description is committed so that a change of the API shows as a change of a file, to be looked at by a person.
"""

import difflib
import importlib
import sys
from pathlib import Path

from deploy.database import SERVICES
from deploy.migrations import ROOT
from services.kit.web.openapi import describe

SHOWN_LINES = 40


def path_of(service: str) -> Path:
    """Where a service's description is kept."""
    return ROOT / "services" / service / "openapi.json"


def described(service: str) -> str:
    """The description as the code has it now."""
    main = importlib.import_module(f"services.{service}.main")
    return describe(main.build(None))


def difference(service: str) -> str:
    """What differs between the committed description and the code, as a diff; empty if nothing."""
    path = path_of(service)
    committed = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = difflib.unified_diff(
        committed.splitlines(), described(service).splitlines(), "committed", "code", lineterm="", n=2
    )
    return "\n".join(lines)


def main() -> int:
    """Writes, or compares with `--check`; the exit code is 1 if they differ."""
    if sys.argv[1:] != ["--check"]:
        for service in SERVICES:
            path_of(service).write_text(described(service), encoding="utf-8")
        return 0
    stale = 0
    for service in SERVICES:
        lines = difference(service).splitlines()
        if lines:
            stale = 1
            print(f"services/{service}/openapi.json is not what the code says; run `make openapi` and look at it:")
            print("\n".join(lines[:SHOWN_LINES]))
    return stale


if __name__ == "__main__":
    sys.exit(main())
