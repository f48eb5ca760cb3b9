"""What keeps a run from being calculated, as the API answers it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from services.kit.errors import Language
from services.kit.fields import Model


class RunFieldError(Model):
    """A faulty field of the run, with the value found and the value expected."""

    pointer: str = Field(description="JSON pointer to the field of the run.", examples=["/cycle_id"])
    found: str | None = Field(description="Value found.", examples=["goal_setting"])
    expected: str = Field(
        description="Expected value, in the language of `Accept-Language`.", examples=["已关闭（closed）"]
    )


class RunProblem(Model):
    """The reason why a run could not be calculated."""

    code: str = Field(description="Stable code of the problem.", examples=["cycle_not_closed"])
    title: str = Field(
        description="Description of the problem, in the language of `Accept-Language`.",
        examples=["所选考核周期尚未关闭。"],
    )
    errors: list[RunFieldError] = Field(description="Faulty fields of the run.")
    retry_after: int | None = Field(description="Seconds until the next automatic attempt.", examples=[7])
    occurred_at: datetime = Field(
        description="Time at which the problem occurred.", examples=["2026-04-22T09:00:00+08:00"]
    )


def run_problem(stored: Mapping[str, Any] | None, language: Language) -> dict[str, Any] | None:
    """What ``RunProblem`` holds, from the problem that a run keeps."""
    if stored is None:
        return None
    field_errors = [
        {"pointer": fault["pointer"], "found": fault["found"], "expected": fault[language]}
        for fault in stored["errors"]
    ]
    kept = {name: stored[name] for name in ("code", "retry_after", "occurred_at")}
    return {**kept, "title": stored[language], "errors": field_errors}
