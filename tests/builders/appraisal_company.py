"""A small company for appraisal's tests: people in units, as org's snapshot would tell it."""

import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from services.appraisal.clients.org import DelegationLine, Snapshot, StandardLine
from services.kit.identity import Caller, Role, RoleAssignment

FIRST, LAST = date(2026, 1, 1), date(2026, 3, 31)


def id_of(name: str) -> UUID:
    """The id of whatever has this name."""
    return uuid5(NAMESPACE_OID, name)


@dataclass(frozen=True)
class Unit:
    """A unit of the company."""

    code: str
    parent: "Unit | None" = None
    kind: str = "department"

    @property
    def id(self) -> UUID:
        """The same in every test."""
        return id_of(f"unit {self.code}")

    @property
    def path(self) -> list[UUID]:
        """From the root to it."""
        return [*(self.parent.path if self.parent else []), self.id]


@dataclass
class Person:
    """Somebody in the company; ``boss`` is the manager."""

    number: str
    unit: Unit
    position: str
    boss: "Person | None" = None
    roles: tuple[Role, ...] = ()
    over: UUID | None = None
    left_on: date | None = None
    assignments: list[tuple[str, Unit, date, date | None, str]] | None = None
    account_id: UUID | None = None

    @property
    def id(self) -> UUID:
        """The same in every test."""
        return id_of(f"employee {self.number}")

    @property
    def caller(self) -> Caller:
        """The person as caller."""
        grants = tuple(RoleAssignment(role, self.over) for role in self.roles)
        account = self.account_id or id_of(f"account {self.number}")
        return Caller(account, f"name of {self.number}", "person", self.id, grants)

    @property
    def chain(self) -> list["Person"]:
        """Those above, nearest first."""
        return [] if self.boss is None else [self.boss, *self.boss.chain]

    @property
    def own_assignments(self) -> list[tuple[str, Unit, date, date | None, str]]:
        """Assignments as (position, unit, first, last, kind)."""
        return self.assignments or [(self.position, self.unit, date(2025, 1, 1), self.left_on, "primary")]


class Unlinked(Person):
    """An account that belongs to no employee."""

    @property
    def caller(self) -> Caller:
        """The person as caller, of whom org knows nothing."""
        return replace(super().caller, employee_id=None)


class Company:
    """People in units. As an ``Organisation`` it gives the snapshot that org would give."""

    def __init__(self) -> None:
        self.group = Unit("G00", None, "group")
        self.sales = Unit("D12", self.group)
        self.brand = Unit("D17", self.group)
        self.team = Unit("T121", self.sales, "team")
        self.chief = Person("E001", self.group, "CHIEF")
        self.hr = Person("E002", self.group, "HR", self.chief, (Role.HR,))
        self.hr2 = Person("E003", self.group, "HR", self.chief, (Role.HR,))
        self.head = Person("E100", self.sales, "HEAD", self.chief)
        self.other_head = Person("E200", self.brand, "HEAD", self.chief)
        self.people = [self.chief, self.hr, self.hr2, self.head, self.other_head]
        self.people += [Person(f"E10{n}", self.sales, "REP", self.head) for n in (1, 2, 3)]
        self.people += [Person(f"E20{n}", self.brand, "BRAND", self.other_head) for n in (1, 2, 3, 4, 5)]
        self.english_names: dict[str, str] = {}
        self.asked: list[tuple[date, date]] = []
        self.told: list[StandardLine] = []
        self.absent: list[dict[str, Any]] = []
        self.delegated: list[DelegationLine] = []

    def __getitem__(self, number: str) -> Person:
        return next(person for person in self.people if person.number == number)

    @property
    def reps(self) -> list[Person]:
        """Three sales representatives: each has two peers."""
        return [person for person in self.people if person.position == "REP"]

    @property
    def brands(self) -> list[Person]:
        """Five brand specialists: each has four peers."""
        return [person for person in self.people if person.position == "BRAND"]

    @property
    def units(self) -> list[Unit]:
        """All units."""
        return [self.group, self.sales, self.brand, self.team]

    def own_transfer(self, number: str, day: str) -> tuple[str, str]:
        """Somebody moves from sales to brand on a day; the last day of the old post and the first of the new."""
        first = date.fromisoformat(day)
        last = first - timedelta(days=1)
        self[number].assignments = [
            ("REP", self.sales, date(2025, 1, 1), last, "primary"),
            ("BRAND", self.brand, first, None, "primary"),
        ]
        return str(last), str(first)

    def is_absent(self, who: Person, first: str, last: str | None) -> None:
        """Somebody is absent on these days."""
        days = {"valid_from": first, "valid_to": last}
        self.absent.append({"kind": "absence", "id": id_of(f"{who.number} {first}"), "employee_id": who.id, **days})

    async def standards(self) -> AsyncIterator[StandardLine]:
        """The work standards that org would tell."""
        for line in self.told:
            yield line

    def delegates(
        self, who: Person, to: Person, unit: Unit, first: str, last: str, limit: str | None = "500.00"
    ) -> None:
        """Somebody has another act for them in a unit on these days, up to a limit."""
        self.delegated.append(
            DelegationLine(
                id=id_of(f"delegation {who.number} {to.number} {first}"),
                delegator_id=who.id,
                delegate_id=to.id,
                unit_id=unit.id,
                limit=None if limit is None else Decimal(limit),
                valid_from=date.fromisoformat(first),
                valid_to=date.fromisoformat(last),
            )
        )

    async def delegations(self, day: date) -> AsyncIterator[DelegationLine]:
        """The delegations in force that org would tell."""
        for line in self.delegated:
            if line.valid_from <= day <= line.valid_to:
                yield line

    def lines(self) -> list[dict[str, Any]]:
        """The snapshot's lines, as org writes them."""
        heads = {self.sales.id: self.head.id, self.brand.id: self.other_head.id, self.group.id: self.chief.id}
        lines: list[dict[str, Any]] = [
            {"kind": "snapshot", "valid_from": str(FIRST), "valid_to": str(LAST), "taken_at": "now"}
        ]
        for unit in self.units:
            path = [str(each) for each in unit.path]
            head = heads.get(unit.id)
            line = {"kind": "unit", "id": unit.id, "code": unit.code, "name": unit.code, "unit_kind": unit.kind}
            line["name_en"] = self.english_names.get(unit.code)
            lines.append({**line, "path": path, "parent_id": None, "head_employee_id": head})
        units = {code: unit.id for person in self.people for code, unit, *_ in person.own_assignments}
        positions = {code: id_of(f"position {code}") for code in units}
        for code, position in positions.items():
            line = {"kind": "position", "id": position, "code": code, "title": f"title of {code}"}
            lines.append({**line, "title_en": self.english_names.get(code), "unit_id": units[code]})
        for person in self.people:
            line = {"kind": "employee", "id": person.id, "number": person.number, "name": f"name of {person.number}"}
            lines.append({**line, "left_on": person.left_on, "hired_on": "2020-01-01", "probation_until": None})
            for code, unit, first, last, kind in person.own_assignments:
                lines.append(
                    {
                        "kind": "assignment",
                        "id": id_of(f"assignment {person.number} {code} {first}"),
                        "employee_id": person.id,
                        "position_id": positions[code],
                        "unit_id": unit.id,
                        "unit_path": [str(each) for each in unit.path],
                        "assignment_kind": kind,
                        "valid_from": first,
                        "valid_to": last,
                        "manager_id": person.boss.id if person.boss else None,
                        "manager_chain": [str(above.id) for above in person.chain],
                    }
                )
        return [*lines, {"kind": "end", "lines": len(lines), "hash": "0"}]

    @asynccontextmanager
    async def snapshot(
        self, first: date, last: date, *, absences: bool = False, people: bool = True
    ) -> AsyncIterator[Snapshot]:
        """What org's client would give."""
        self.asked.append((first, last))
        lines = [line for line in self.lines() if people or line["kind"] not in {"employee", "assignment"}]
        lines += self.absent if absences else ()
        text = "".join(json.dumps(line, default=str) + "\n" for line in lines)
        yield Snapshot("f" * 64, io.BytesIO(text.encode()))
