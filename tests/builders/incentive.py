"""A small company as org and appraisal tell of it, and a bonus quarter in incentive on top of it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid4, uuid5

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.kit.identity import Caller
from tests.builders.neighbour_answers import answer, listed
from tests.identities import person

QUARTER = "2026-Q1"
TWO_FROM = Decimal(200000)
CYCLE = {"code": "2026-Q1", "state": "closed", "valid_from": "2026-01-01", "valid_to": "2026-03-31"}
PLAN: dict[str, Any] = {
    "code": "QB",
    "name": "季度奖金",
    "name_en": "Quarterly bonus",
    "rule": {"kind": "quarterly_bonus", "months": "3"},
    "policy": {
        "grade_coefficients": {"S": "1.5", "A": "1.2", "B": "1.0", "C": "0.6", "D": "0"},
        "unit_coefficients": {"S": "1.2", "A": "1.1", "B": "1.0", "C": "0.9", "D": "0.8"},
    },
    "valid_from": "2026-01-01",
}
PAY_HEADER = "工号,固定月薪,固定占比,浮动占比,月度奖金基数,币种,成本中心,生效日期"


NAMELESS = UUID(int=0)


def id_of(name: str) -> UUID:
    """The id of whatever has this name, the same in every test."""
    return uuid5(NAMESPACE_OID, name)


@dataclass(frozen=True)
class Unit:
    """A unit under the company, with its own grade in the cycle; its id goes by the code unless it is given."""

    code: str
    name: str
    grade: str | None = None
    id: UUID = NAMELESS

    def __post_init__(self) -> None:
        if self.id == NAMELESS:
            object.__setattr__(self, "id", id_of(f"unit {self.code}"))


@dataclass(frozen=True)
class Person:
    """Somebody with one assignment, a grade, and pay as rows of (fixed pay, from).

    The id goes by the number that somebody came with, unless it is given.
    """

    number: str
    name: str
    unit: Unit
    grade: str | None = "B"
    pay: tuple[tuple[str, str], ...] = (("18000.00", "2026-01-01"),)
    first: str = "2025-01-01"
    last: str | None = None
    probation_until: str | None = None
    left_on: str | None = None
    cost_centre: str = "CC-1"
    currency: str = "CNY"
    id: UUID = NAMELESS
    result_id: UUID = NAMELESS
    result_version: int = 1
    absences: tuple[tuple[str, str, str | None], ...] = ()

    def __post_init__(self) -> None:
        for name, prefix in (("id", "employee"), ("result_id", "result of")):
            if getattr(self, name) == NAMELESS:
                object.__setattr__(self, name, id_of(f"{prefix} {self.number}"))

    @property
    def caller(self) -> Caller:
        """The person, signed in, without any role."""
        return person(employee_id=self.id, name=self.name)


@dataclass
class Company:
    """What org and appraisal say. ``group`` is the root unit; of the assignment of ``lost`` org knows no unit.

    ``cycle`` is what appraisal says of the cycle that the results are of, ``cycles`` of others, by id. ``limits`` are
    the numbers of those who may approve payments, up the line, each with their limit; from 200,000 on it takes two.
    """

    people: list[Person]
    group: Unit = field(default_factory=lambda: Unit("G", "集团"))
    away: set[str] = field(default_factory=set)
    lent: dict[str, str] = field(default_factory=dict)
    """Who may approve in whose place, by number."""
    lost: str | None = None
    cycle: dict[str, str] = field(default_factory=lambda: dict(CYCLE))
    asked: list[str] = field(default_factory=list)
    cycles: dict[str, dict[str, str]] = field(default_factory=dict)
    limits: list[tuple[str, Decimal]] = field(default_factory=list)
    other_roots: list[Unit] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    """Earlier assignments, as lines of the snapshot."""

    def snapshot(self, first: str = "2026-01-01", last: str = "2026-03-31") -> list[dict[str, Any]]:
        """org's lines."""
        units = {one.unit.id: one.unit for one in self.people}
        lines: list[dict[str, Any]] = [
            {"kind": "snapshot", "valid_from": first, "valid_to": last, "taken_at": datetime.now(UTC).isoformat()}
        ]
        lines.append(self._unit(self.group, None))
        lines += [self._unit(unit, self.group) for unit in units.values() if unit.id != self.group.id]
        for one in self.people:
            lines.append(
                {
                    "kind": "employee",
                    "id": str(one.id),
                    "number": one.number,
                    "name": one.name,
                    "hired_on": one.first,
                    "probation_until": one.probation_until,
                    "left_on": one.left_on,
                }
            )
            lines += [each for each in self.moved if each["employee_id"] == str(one.id)]
            nowhere: dict[str, Any] = {"unit_id": None, "unit_path": []} if one.number == self.lost else {}
            lines.append(self.assignment(one, **nowhere))
            lines += [
                {
                    "kind": "absence",
                    "id": str(uuid5(one.id, f"{kind} {away_from}")),
                    "employee_id": str(one.id),
                    "absence_kind": kind,
                    "valid_from": away_from,
                    "valid_to": away_to,
                }
                for kind, away_from, away_to in one.absences
            ]
        return lines

    def assignment(self, one: Person, **changed: Any) -> dict[str, Any]:
        """One line of an assignment."""
        return {
            "kind": "assignment",
            "id": str(uuid5(one.id, repr(sorted(changed)))),
            "employee_id": str(one.id),
            "position_id": str(uuid4()),
            "unit_id": str(one.unit.id),
            "unit_path": list(dict.fromkeys((str(self.group.id), str(one.unit.id)))),
            "assignment_kind": "primary",
            "valid_from": one.first,
            "valid_to": one.last,
            "manager_id": None,
            "manager_chain": [],
        } | changed

    def _unit(self, unit: Unit, parent: Unit | None) -> dict[str, Any]:
        path = [str(unit.id)] if parent is None else [str(parent.id), str(unit.id)]
        return {
            "kind": "unit",
            "id": str(unit.id),
            "code": unit.code,
            "name": unit.name,
            "name_en": f"Unit {unit.code}",
            "unit_kind": "department",
            "parent_id": None if parent is None else str(parent.id),
            "path": path,
            "head_employee_id": None,
        }

    def results(self, cycle_id: str = "") -> list[dict[str, Any]]:
        """appraisal's lines."""
        subjects: list[tuple[str, UUID, UUID, str, int]] = [
            ("employee", one.id, one.result_id, one.grade, one.result_version) for one in self.people if one.grade
        ]
        units = {one.unit.id: one.unit for one in self.people}
        subjects += [
            ("unit", unit.id, uuid5(unit.id, "result"), unit.grade, 1) for unit in units.values() if unit.grade
        ]
        return [{"kind": "cycle", "id": str(uuid4()), **self.cycles.get(cycle_id, self.cycle)}] + [
            {
                "kind": "result",
                "id": str(result_id),
                "version": version,
                "subject_kind": kind,
                f"{kind}_id": str(subject_id),
                "unit_path": [],
                "total": "88.00",
                "grade": grade,
                "attainment": "101.00",
                "hash": "0" * 64,
            }
            for kind, subject_id, result_id, grade, version in subjects
        ]

    def pay_csv(self) -> bytes:
        """The pay file."""
        rows = [
            f"{one.number},{fixed},6,4,,{one.currency},{one.cost_centre},{start}"
            for one in self.people
            for fixed, start in one.pay
        ]
        return "\n".join((PAY_HEADER, *rows)).encode("utf-8-sig")

    def change(self, who: str, /, **changed: Any) -> Person:
        """Replaces the data of one person."""
        place = next(place for place, one in enumerate(self.people) if one.number == who)
        self.people[place] = replace(self.people[place], **changed)
        return self.people[place]

    def approval(self, check: dict[str, Any]) -> dict[str, Any]:
        """org's answer to one check: whether a person may approve, otherwise the next superior who may."""
        ids = {str(one.id): one for one in self.people}
        amount, asking = Decimal(check["amount"]), ids[check["employee_id"]].number
        line = [number for number, _ in self.limits]
        out = {ids[each].number for each in (check["requester_id"], *check["barred_ids"])}
        able = [number for number, limit in self.limits if amount <= limit and number not in out]
        above = line[line.index(asking) + 1 :] if asking in line else line
        on = {number: number for number in able} | {to: giver for to, giver in self.lent.items() if giver in able}
        approved = [ids[each].number for each in check["approved_by"]]
        following = next((number for number in above if number in on and number not in approved), None)
        needed = 2 if amount >= TWO_FROM else 1
        giver = on.get(asking)
        reason = {"zh": "本人额度不足", "en": "beyond the own limit"}
        return {
            "allowed": asking in on,
            "needed": needed,
            "complete": len({on[number] for number in approved if number in on}) >= needed,
            "next": self._ref(following),
            "chain": [{"acting_for": None if giver == asking else self._ref(giver), "reason": reason}],
        }

    def _ref(self, number: str | None) -> dict[str, str] | None:
        one = next((one for one in self.people if one.number == number), None)
        return None if one is None else {"id": str(one.id), "number": one.number, "name": one.name}

    def app(self) -> Starlette:
        """Answers as org and appraisal do on the routes that incentive calls; 503 while one is ``away``."""

        async def approvals(request: Request) -> Response:
            if "org" in self.away:
                return answer(away=True, lines=())
            checks = (await request.json())["checks"]
            if not {str(one.id) for one in self.people} >= {each["employee_id"] for each in checks}:
                return JSONResponse({"code": "approval_checks_invalid"}, status_code=422)
            return JSONResponse({"results": [self.approval(each) for each in checks]})

        async def snapshot(request: Request) -> Response:
            self.asked.append("org")
            first, last = (request.query_params[name] for name in ("valid_from", "valid_to"))
            return answer("org" in self.away, self.snapshot(first, last))

        async def assignments(request: Request) -> Response:
            unit, employee, first, last = (
                request.query_params[name] for name in ("unit_id", "employee_id", "valid_from", "valid_to")
            )
            years = range(int(first[:4]), int(last[:4]) + 1)
            lines = [each for year in years for each in self.snapshot(f"{year}-01-01", f"{year}-12-31")]
            held = [each for each in lines if each["kind"] == "assignment" and each["employee_id"] == employee]
            return listed("org" in self.away, [each for each in held if unit in each["unit_path"]])

        async def roots(_: Request) -> Response:
            return listed("org" in self.away, [{"id": str(each.id)} for each in (self.group, *self.other_roots)])

        async def results(request: Request) -> Response:
            self.asked.append("appraisal")
            return answer("appraisal" in self.away, self.results(request.path_params["cycle_id"]))

        return Starlette(
            routes=[
                Route("/v1/org/snapshot", snapshot),
                Route("/v1/org/assignments", assignments),
                Route("/v1/org/units", roots),
                Route("/v1/org/approval_checks", approvals, methods=["POST"]),
                Route("/v1/appraisal/cycles/{cycle_id}/results", results),
            ]
        )


def small_company() -> Company:
    """Two departments, four people: the two worked examples of the domain, one on probation, one who left."""
    brand, sales = Unit("BRAND", "品牌部"), Unit("SALES", "销售部", grade="B")
    return Company(
        [
            Person("E001", "林一", sales, grade="S"),
            Person("E002", "苏二", brand, "A", pay=(("18000.00", "2026-01-01"), ("27000.00", "2026-02-10"))),
            Person("E003", "陈三", brand, "A", probation_until="2026-01-31"),
            Person("E004", "王四", sales, "B", left_on="2026-03-15", last="2026-03-15"),
        ]
    )
