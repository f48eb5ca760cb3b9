"""Who fills a position: kinds of assignment, and whether a headcount has room (ORG-02, ORG-07)."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from services.kit.errors import Conflict, FieldError, Text
from services.kit.periods import Period


class AssignmentKind(StrEnum):
    """The kind of an assignment."""

    PRIMARY = "primary"
    CONCURRENT = "concurrent"
    ACTING = "acting"
    ROTATION = "rotation"
    PROJECT = "project"


ASSIGNMENT_KIND_NAMES = {
    AssignmentKind.PRIMARY: Text("主岗", "primary"),
    AssignmentKind.CONCURRENT: Text("兼任", "concurrent"),
    AssignmentKind.ACTING: Text("代理", "acting"),
    AssignmentKind.ROTATION: Text("轮岗", "rotation"),
    AssignmentKind.PROJECT: Text("项目任职", "project"),
}

MAIN = frozenset({AssignmentKind.PRIMARY, AssignmentKind.ROTATION})
"""The kinds that are a person's one main assignment: a rotation replaces the primary one while it runs."""

HOLDING = (AssignmentKind.PRIMARY, AssignmentKind.ROTATION, AssignmentKind.ACTING, AssignmentKind.CONCURRENT)
"""The kinds that fill a position for reporting lines, in order of precedence."""


def first_over_headcount(
    limits: Iterable[tuple[Period, int]], filled: Iterable[Period], *, since: date = date.min
) -> tuple[date, int, int] | None:
    """The first day from ``since`` on with more people in a position than its headcount: (day, people, headcount).

    ``limits`` are the headcounts with their days, ``filled`` the days of each main assignment.
    """
    spans = list(filled)
    rules = list(limits)
    starts = {span.start for span in spans} | {valid.start for valid, _ in rules}
    begun = sorted(span.start for span in spans)
    ended = sorted(span.end for span in spans if span.end is not None)
    for day in sorted({max(start, since) for start in starts}):
        people = bisect_right(begun, day) - bisect_right(ended, day)
        allowed = next((headcount for valid, headcount in rules if valid.contains(day)), None)
        if allowed is not None and people > allowed:
            return day, people, allowed
    return None


class HeadcountExceeded(Conflict):
    """More people would hold the position than its headcount allows."""

    code = "headcount_exceeded"
    zh = "{day} 起该岗位将有 {people} 人，超过编制 {headcount} 人；确需超编的，请由人力资源填写理由后办理。"
    en = (
        "From {day} the position would have {people} people for a headcount of {headcount}; HR can allow it "
        "by giving a reason."
    )


def require_headcount(
    limits: Iterable[tuple[Period, int]], filled: Iterable[Period], *, since: date, pointer: str
) -> None:
    """Accept ``filled`` if no day from ``since`` on has more people than its headcount.

    Raises:
        HeadcountExceeded: naming the first such day.
    """
    worst = first_over_headcount(limits, filled, since=since)
    if worst is not None:
        day, people, headcount = worst
        expected = Text(f"{day} 不超过 {headcount} 人", f"at most {headcount} people on {day}")
        field_errors = [FieldError(pointer, str(people), expected)]
        raise HeadcountExceeded(day=day, people=people, headcount=headcount, field_errors=field_errors)
