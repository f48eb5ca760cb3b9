"""What keeps a run from being calculated, as the API answers it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.kit.errors import Language
from services.kit.fields import Model


class Wrong(Model):
    """A field of the run, what was found for it and what was expected."""

    pointer: str
    found: str | None
    expected: str


class Hindrance(Model):
    """Why the run is not calculated. ``retry_after`` in seconds: it is tried again by itself."""

    code: str
    title: str
    errors: list[Wrong]
    retry_after: int | None
    at: datetime


def hindrance(stored: Mapping[str, Any] | None, language: Language) -> dict[str, Any] | None:
    """What ``Hindrance`` holds, from the problem that a run keeps."""
    if stored is None:
        return None
    wrong = [
        {"pointer": fault["pointer"], "found": fault["found"], "expected": fault[language]}
        for fault in stored.get("errors", ())  # problems noted before they named fields
    ]
    kept = {name: stored[name] for name in ("code", "retry_after", "at")}
    return {**kept, "title": stored[language], "errors": wrong}
