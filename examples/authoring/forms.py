"""Which sheets of the quarter exist: one for each primary assignment and for each unit with a scheme."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from examples.authoring.roster import BY_CODE, HEAD_OF, QUARTER, Assignment, Person
from examples.authoring.schemes import SCHEMES, UNIT_STRENGTH, Scheme
from examples.authoring.structure import UNITS, Position


@dataclass(frozen=True)
class Form:
    """`first` and `last` are the assignment's days inside the quarter, both included."""

    kind: str
    code: str
    name: str
    position: str
    scheme: Scheme
    first: date
    last: date
    strength: float
    person: Person | None = None

    @property
    def months(self) -> list[int]:
        return list(range(self.first.month, self.last.month + 1))

    @property
    def items(self) -> list[str]:
        return [code for section in self.scheme.sections for code, _ in section.items]


def forms(people: Iterable[Person]) -> list[Form]:
    """Sheets of people in the order of the roster, then of units."""
    by_subject = {subject: scheme for scheme in SCHEMES for subject in scheme.subjects}
    found: list[Form] = []
    for person in people:
        for assignment in person.assignments:
            first, last = within(assignment)
            scheme = by_subject.get(assignment.position.code)
            if assignment.kind == "主岗" and scheme is not None and first <= last:
                found.append(_form(person, assignment, scheme))
    for unit in UNITS:
        if unit.code in UNIT_STRENGTH:
            strength = float(UNIT_STRENGTH[unit.code])
            found.append(Form("单元", unit.code, unit.name, "", by_subject[unit.code], *QUARTER, strength))
    return found


def within(assignment: Assignment) -> tuple[date, date]:
    return max(assignment.start, QUARTER[0]), min(assignment.end or QUARTER[1], QUARTER[1])


def _form(person: Person, assignment: Assignment, scheme: Scheme) -> Form:
    first, last = within(assignment)
    return Form(
        "员工", person.number, person.name, assignment.position.code, scheme, first, last, person.strength, person
    )


class Lines:
    """Who reports to whom on a day, over vacant positions."""

    def __init__(self, people: Iterable[Person]) -> None:
        self.people = list(people)
        self.parents = {unit.code: unit.parent for unit in UNITS}

    def _active(self, day: date, kind: str) -> list[tuple[Person, Assignment]]:
        return [
            (person, each)
            for person in self.people
            for each in person.assignments
            if each.kind == kind and each.start <= day and (each.end is None or day <= each.end)
        ]

    def holder(self, code: str, day: date) -> Person | None:
        for kind in ("主岗", "代理"):
            for person, assignment in self._active(day, kind):
                if assignment.position.code == code:
                    return person
        return None

    def manager(self, position: Position, day: date) -> Person | None:
        code = position.reports_to
        while code:
            holder = self.holder(code, day)
            if holder is not None:
                return holder
            code = BY_CODE[code].reports_to
        unit = position.unit if HEAD_OF[position.unit] != position.code else self.parents[position.unit]
        return self.holder(HEAD_OF[unit], day) if unit else None

    def raters(self, form: Form) -> list[tuple[str, Person]]:
        """(relation, person) for the sheet, on the last day of the assignment in the quarter."""
        own, day = BY_CODE[form.position], form.last
        boss = self.manager(own, day)
        found = [("上级", boss)] if boss else []
        reports = [(person, self.manager(each.position, day)) for person, each in self._active(day, "主岗")]
        found += [("同级", person) for person, manager in reports if manager is boss and person is not form.person]
        found += [("下级", person) for person, manager in reports if manager is form.person]
        return [*found, *([("本人", form.person)] if form.person else [])]
