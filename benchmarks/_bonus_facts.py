"""What org and appraisal send about a generated company, as the lines that they send."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

UNITS = 1_000
SPACE = UUID(int=7)
GRADES = "SAABBBBBCD"


def unit_of(place: int) -> UUID:
    """The unit of the person at ``place``."""
    return uuid5(SPACE, f"unit {place % UNITS}")


def employee_of(place: int) -> UUID:
    """The person at ``place``."""
    return uuid5(SPACE, f"person {place}")


def snapshot_lines(people: int) -> Iterator[dict[str, Any]]:
    """What org tells: units in two levels; one in ten people moves in mid-quarter, one in fifty is on probation."""
    yield {
        "kind": "snapshot",
        "valid_from": "2026-01-01",
        "valid_to": "2026-03-31",
        "taken_at": "2026-04-22T01:00:00+00:00",
    }
    root = str(uuid5(SPACE, "root"))
    unit = {"kind": "unit", "unit_kind": "department", "name_en": "Unit", "head_employee_id": None}
    yield {**unit, "id": root, "code": "ROOT", "name": "集团", "parent_id": None, "path": [root]}
    for place in range(UNITS):
        id_ = str(unit_of(place))
        yield {**unit, "id": id_, "code": f"U{place}", "name": f"单元{place}", "parent_id": root, "path": [root, id_]}
    for place in range(people):
        probation = "2026-01-31" if place % 50 == 0 else None
        person = {"kind": "employee", "id": str(employee_of(place)), "number": f"P{place:07}", "name": f"员工{place}"}
        yield {**person, "hired_on": "2020-01-01", "probation_until": probation, "left_on": None}
        if place % 10 == 0:
            yield assignment(place, place, "2020-01-01", "2026-02-14")
            yield assignment(place, place + 1, "2026-02-15", None)
        else:
            yield assignment(place, place, "2020-01-01", None)


def assignment(place: int, unit: int, first: str, last: str | None) -> dict[str, Any]:
    """An assignment as org tells it."""
    managers = [str(employee_of(unit % UNITS)), str(employee_of(0))]
    return {
        "kind": "assignment",
        "id": str(uuid5(SPACE, f"assignment {place} {first}")),
        "employee_id": str(employee_of(place)),
        "position_id": str(uuid5(SPACE, f"position {place}")),
        "unit_id": str(unit_of(unit)),
        "unit_path": [str(uuid5(SPACE, "root")), str(unit_of(unit))],
        "assignment_kind": "primary",
        "valid_from": first,
        "valid_to": last,
        "manager_id": managers[0],
        "manager_chain": managers,
    }


def result_lines(people: int, *, corrected: int | None = None) -> Iterator[dict[str, Any]]:
    """What appraisal tells: the cycle, a grade for everybody and for every unit.

    One of ``corrected`` people has a second version of the result with another grade.
    """
    days = {"valid_from": "2026-01-01", "valid_to": "2026-03-31"}
    yield {"kind": "cycle", "id": str(uuid5(SPACE, "cycle")), "code": "2026-Q1", "state": "closed", **days}
    rest = {"kind": "result", "version": 1, "total": "88.00", "attainment": "101.00", "hash": "0" * 64}
    path = [str(uuid5(SPACE, "root"))]
    for place in range(people):
        about = {"subject_kind": "employee", "employee_id": str(employee_of(place)), "unit_id": str(unit_of(place))}
        changed = corrected is not None and place % corrected == 0
        grade = GRADES[(place + (2 if changed else 0)) % len(GRADES)]
        own = {"id": str(uuid5(SPACE, f"result {place}")), "version": 2 if changed else 1, "grade": grade}
        yield {**rest, **own, **about, "unit_path": path}
    for place in range(UNITS):
        about = {"subject_kind": "unit", "unit_id": str(unit_of(place))}
        id_ = str(uuid5(SPACE, f"unit result {place}"))
        yield {**rest, "id": id_, **about, "unit_path": path, "grade": GRADES[place % len(GRADES)]}


def prepare_lines(file: Path, lines: Iterator[dict[str, Any]]) -> None:
    """Writes an answer with its end line."""
    sha, count = hashlib.sha256(), 0
    with file.open("wb") as target:
        for line in lines:
            written = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            sha.update(written)
            count += 1
            target.write(written)
        target.write(json.dumps({"kind": "end", "lines": count, "hash": sha.hexdigest()}).encode() + b"\n")
