"""Everything about one person's employments and assignments as one value (ORG-07).

The commands are pure functions from career to career, in the modules beside this one: ``hiring``, ``termination``,
``placement`` and ``absence``. Each ends with ``checked``, so that no two of them can disagree about what a sound
career is. What needs facts of the structure, headcounts and positions in force, is checked by ``headcount``.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.kit.errors import Conflict, FieldError, NotFound, Text, existing
from services.kit.periods import Period, span_in_words
from services.kit.timeline import gaps
from services.org.people.domain.absence import Absence
from services.org.people.domain.assignment import Assignment, RotationLength, check_rotation
from services.org.people.domain.employment import Employment, NotEmployed, Termination
from services.org.structure.domain.occupancy import MAIN, AssignmentKind


class AssignmentUnknown(NotFound):
    """There is no such assignment."""

    code = "assignment_unknown"
    zh = "找不到该任职记录，可能已被撤销。"
    en = "There is no such assignment; it may have been withdrawn."


class AssignmentsOverlap(Conflict):
    """The person would have two main assignments at once, or the same position twice."""

    code = "assignments_overlap"
    zh = "与该员工 {days}的任职重叠，请调整日期。"
    en = "This overlaps the person's assignment from {days}; change the dates."


@dataclass(frozen=True)
class Career:
    """All employments, assignments and absences of one person, each in order of time.

    ``terminations`` say what terminations changed; one counts as long as an employment ends with its last day.
    """

    employee_id: UUID
    employments: tuple[Employment, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    absences: tuple[Absence, ...] = ()
    terminations: tuple[Termination, ...] = ()

    def employment_on(self, day: date, pointer: str) -> Employment:
        """The employment that has ``day``.

        Raises:
            NotEmployed: there is none.
        """
        for employment in self.employments:
            if employment.valid.contains(day):
                return employment
        expected = Text("该员工在职期间内的日期", "a day on which the person is employed")
        raise NotEmployed(day=day, field_errors=[FieldError(pointer, str(day), expected)])

    def assignment(self, assignment_id: UUID) -> Assignment:
        """An assignment.

        Raises:
            AssignmentUnknown: the person has none of this id.
        """
        return existing(next((each for each in self.assignments if each.id == assignment_id), None), AssignmentUnknown)

    def main_on(self, day: date) -> Assignment | None:
        """The main assignment on ``day``."""
        return next((each for each in self.assignments if each.is_main and each.valid.contains(day)), None)

    def before(self, assignment: Assignment) -> Assignment | None:
        """The main assignment that ends where this main one begins."""
        return self.main_on(assignment.valid.start - date.resolution) if assignment.is_main else None

    def returned_to(self, rotation: Assignment) -> Assignment | None:
        """The primary assignment to which a rotation leads back; None for other kinds."""
        if rotation.kind is not AssignmentKind.ROTATION or rotation.valid.end is None:
            return None
        after = self.main_on(rotation.valid.end)
        return after if after is not None and after.kind is AssignmentKind.PRIMARY else None

    def with_employment(self, employment: Employment) -> "Career":
        """The career with one more employment, or with the one of this id as it now is."""
        others = [each for each in self.employments if each.id != employment.id]
        ordered = sorted([*others, employment], key=lambda each: each.valid.start)
        return replace(self, employments=tuple(ordered))

    def with_assignments(self, *changed: Assignment) -> "Career":
        """The career with more assignments, or with those of these ids as they now are, each a revision further."""
        known = {each.id: each for each in self.assignments}
        for each in changed:
            was = known.get(each.id)
            known[each.id] = each if was is None else replace(each, revision=was.revision + (each != was))
        return replace(self, assignments=tuple(sorted(known.values(), key=lambda each: each.valid.start)))

    def without(self, *removed: Assignment) -> "Career":
        """The career without these assignments."""
        ids = {each.id for each in removed}
        return replace(self, assignments=tuple(each for each in self.assignments if each.id not in ids))

    def checked(self, was: "Career", pointers: Mapping[UUID, str] | None = None, *, otherwise: str = "") -> "Career":
        """This career, if what differs from ``was`` is sound; ``pointers`` name the field that changed an assignment.

        Raises:
            RotationLength: unless the rotation ends because the person leaves.
            NotEmployed, AssignmentsOverlap: for days that an assignment did not have before.
        """
        for _, refusal in self.refusals(was, pointers, otherwise=otherwise):
            raise refusal
        return self

    def refusals(
        self, was: "Career", pointers: Mapping[UUID, str] | None = None, *, otherwise: str = ""
    ) -> Iterator[tuple[Assignment, RotationLength | NotEmployed | AssignmentsOverlap]]:
        """All that ``checked`` refuses, each with the assignment that is at fault."""
        differing = list(gained(was, self))
        employed = [each.valid for each in self.employments]
        several = len(self.assignments) > 1
        clashes = self._clashes({each.id for each, added in differing if added}) if several else {}
        for assignment, added in differing:
            pointer = (pointers or {}).get(assignment.id, otherwise)
            if assignment.kind is AssignmentKind.ROTATION:
                try:
                    check_rotation(assignment.valid, [each.end for each in employed])
                except RotationLength as refused:
                    yield assignment, refused
            missing = gaps(assignment.valid, employed) if added and assignment.valid not in employed else []
            if missing:
                day = missing[0].start
                expected = Text("该员工在职期间内的日期", "days on which the person is employed")
                yield assignment, NotEmployed(day=day, field_errors=[FieldError(pointer, str(day), expected)])
            if assignment.id in clashes:
                yield assignment, overlap(clashes[assignment.id], pointer, assignment.valid.start)

    def _clashes(self, new: Collection[UUID]) -> dict[UUID, Period]:
        """Those of ``new`` that share a day with another assignment that excludes them, with that one's days.

        Of two new ones the later is at fault.
        """
        groups: dict[object, list[Assignment]] = defaultdict(list)
        for each in self.assignments:
            groups[each.position_id].append(each)
            if each.is_main:
                groups[MAIN].append(each)
        found: dict[UUID, Period] = {}
        for group in groups.values():
            longest: Assignment | None = None
            for each in sorted(group, key=lambda each: (each.valid.start, each.id in new)):
                if longest is not None and longest.valid.contains(each.valid.start):
                    fault, other = (each, longest) if each.id in new else (longest, each)
                    if fault.id in new:
                        found.setdefault(fault.id, other.valid)
                end = longest.valid.end if longest else date.min
                if end is not None and (each.valid.end is None or each.valid.end > end):
                    longest = each
        return found


def gained(was: Career, now: Career) -> Iterable[tuple[Assignment, list[Period]]]:
    """The assignments that are new or changed, each with the days that it did not have before."""
    known = {each.id: each for each in was.assignments if now.assignments}
    for assignment in now.assignments:
        before = known.get(assignment.id)
        if before is None:
            yield assignment, [assignment.valid]
        elif before != assignment:
            yield assignment, gaps(assignment.valid, [before.valid])


def overlap(other: Period, pointer: str, found: date) -> AssignmentsOverlap:
    """The refusal of days that overlap another assignment of the person."""
    days = span_in_words(other)
    expected = Text(f"不与 {days.zh}的任职重叠", f"no overlap with the assignment from {days.en}")
    return AssignmentsOverlap(days=days, field_errors=[FieldError(pointer, str(found), expected)])
