"""Fills the positions: every employee with number, dates, assignments, pay and strength."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from examples.authoring.cast import ACTING, CAST, CONCURRENT, PROJECT, TRANSFER, Member
from examples.authoring.names import stream
from examples.authoring.structure import POSITIONS, UNITS, Position

SEED = 20260105
DOMAIN = "chengchuan.example"
QUARTER = (date(2026, 1, 1), date(2026, 3, 31))

PAY = {
    "M7": 60000, "M6": 45000, "M5": 36000, "M4": 24000, "M3": 18000, "M2": 15000, "M1": 11000,
    "P6": 16500, "P5": 13500, "P4": 10500, "P3": 8400, "P2": 6900,
}  # fmt: skip


@dataclass(frozen=True)
class Assignment:
    position: Position
    kind: str
    start: date
    end: date | None
    note: str = ""


@dataclass
class Person:
    name: str
    login: str
    position: Position
    hired: date
    strength: float
    fixed_pay: Decimal
    probation: date | None = None
    left: date | None = None
    number: str = ""
    assignments: list[Assignment] = field(default_factory=list)

    @property
    def mail(self) -> str:
        return f"{self.login}@{DOMAIN}"


BY_CODE = {position.code: position for position in POSITIONS}
HEAD_OF = {unit.code: unit.head for unit in UNITS}
OPENED_OF = {unit.code: unit.opened for unit in UNITS}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _draw(member: Member) -> random.Random:
    return random.Random(f"{SEED}:{member.name}")  # noqa: S311 - made-up people, nothing secret


def _hired(draw: random.Random, position: Position) -> date:
    """A working day between the opening of the unit and a year before the quarter."""
    opened = date.fromisoformat(OPENED_OF[position.unit])
    years = 1 + 1.4 * int(position.grade[1:]) * draw.random()
    day = max(date(2026, 1, 1) - timedelta(days=int(365 * years)), opened + timedelta(days=draw.randint(0, 90)))
    return day + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[day.weekday()])


def _strength(draw: random.Random) -> float:
    return min(94.0, max(66.0, draw.gauss(83.0, 5.6)))


def _person(draw: random.Random, position: Position, member: Member) -> Person:
    drawn_hire, drawn_strength = _hired(draw, position), _strength(draw)
    step = draw.choice((-900, -600, -300, 0, 0, 300, 600, 900))
    pay = member.fixed_pay or PAY[position.grade] + step
    return Person(
        name=member.name,
        login=member.pinyin,
        position=position,
        hired=_day(member.hired) or drawn_hire,
        strength=drawn_strength if member.strength is None else float(member.strength),
        fixed_pay=Decimal(pay).quantize(Decimal("0.01")),
        probation=_day(member.probation),
        left=_day(member.left),
    )


def _assignment(person: Person) -> None:
    """Give the person the assignments of the quarter."""
    transfer = date.fromisoformat(TRANSFER[2])
    if person.name == TRANSFER[0]:
        target = BY_CODE[TRANSFER[1]]
        last = transfer - timedelta(days=1)
        person.assignments = [
            Assignment(person.position, "主岗", person.hired, last),
            Assignment(target, "主岗", transfer, None, "本人申请转岗，两部门同意"),
        ]
        return
    person.assignments = [Assignment(person.position, "主岗", person.hired, person.left)]
    for (name, code, start), kind, note in (
        (ACTING, "代理", "部长离任，暂代部门负责人"),
        (CONCURRENT, "兼任", "指导新品孵化项目的线上渠道"),
        (PROJECT, "项目任职", "借调参与新品线上首发"),
    ):
        if person.name == name:
            person.assignments.append(Assignment(BY_CODE[code], kind, date.fromisoformat(start), None, note))


def roster() -> list[Person]:
    """Return everybody, numbered by the date of hire, the same on every call."""
    waiting = {code: [member for member in CAST if member.position == code] for code in BY_CODE}
    names = iter(stream(SEED, {member.name for member in CAST}))
    logins = {member.pinyin for member in CAST}
    people: list[Person] = []
    for position in POSITIONS:
        for place in range(position.filled):
            if place < len(waiting[position.code]):
                member = waiting[position.code][place]
            else:
                name, pinyin = next(pair for pair in names if pair[1] not in logins)
                logins.add(pinyin)
                member = Member(position.code, name, pinyin)
            people.append(_person(_draw(member), position, member))
    for index, person in enumerate(sorted(people, key=lambda each: (each.hired, each.name)), start=1):
        person.number = f"CC{1000 + index}"
        _assignment(person)
    return people
