"""The forms for which the head of a unit answers: those of units, and of the suppliers they work with (APR-03, APR-04).

A supplier does not sign in: the head of the unit that works with it agrees on its targets and may appeal, the head's
superior agrees and rates, and what the head enters about it waits for a second person.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.store.tables import SnapshotUnitRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.domain.outside_party import OutsideParty
from services.appraisal.participants.store import snapshots as store
from services.appraisal.participants.usecases.opening_work import Opening, write
from services.kit.database import WriteSession, new_id

Subject = tuple[str, UUID, str, str]
"""A subject's kind, id, code and name."""


async def add_unit_forms(session: WriteSession, opening: Opening) -> None:
    """Make the forms of the units that a scheme covers."""
    for unit in opening.units.values():
        scheme = opening.schemes.get((SubjectKind.UNIT.value, unit.code))
        if scheme is not None and opening.in_scope(unit.path):
            subject = (SubjectKind.UNIT.value, unit.unit_id, unit.code, unit.name)
            opening.forms.append(await _form(session, opening, unit, subject, scheme))
    await write(session, opening)


async def add_supplier_forms(session: WriteSession, opening: Opening, suppliers: Sequence[OutsideParty]) -> None:
    """Make the forms of suppliers by their class; nothing is said of them where no scheme is about suppliers."""
    kind = SubjectKind.SUPPLIER.value
    if not any(covered == kind for covered, _ in opening.schemes):
        return
    units = {unit.code: unit for unit in opening.units.values()}
    for each in suppliers:
        unit, subject = units.get(each.unit_code), (kind, each.id, each.code, each.name)
        path = unit.path if unit else []
        if not opening.in_scope(path):
            continue
        scheme = opening.schemes.get((kind, each.category or ""))
        if unit is None or scheme is None:
            reason = "no_unit" if unit is None else "not_classified" if each.category is None else "no_scheme"
            opening.exclusions.append((new_id(), opening.cycle.id, *subject, path, reason))
        else:
            opening.forms.append(await _form(session, opening, unit, subject, scheme))
    await write(session, opening)


async def _form(
    session: WriteSession, opening: Opening, unit: SnapshotUnitRow, subject: Subject, scheme: UUID
) -> Sequence[Any]:
    last = opening.period.last or opening.period.start
    head = unit.head_employee_id
    above = await store.superior_of(session, opening.cycle.id, head, last) if head else None
    manager, chain = above or _heads_above(opening, unit)
    place = (unit.unit_id, unit.name, opening.department(unit.path), unit.path)
    form = (new_id(), opening.cycle.id, scheme, *subject, *place, None, None, None, opening.period)
    return (*form, head, manager, chain, GoalState.EMPTY.value, 1, 0, None)


def _heads_above(opening: Opening, unit: SnapshotUnitRow) -> tuple[UUID | None, list[UUID]]:
    """For a unit without a head: the heads of the units above it, nearest first."""
    above = [opening.units[each] for each in reversed(unit.path[:-1]) if each in opening.units]
    heads = [row.head_employee_id for row in above if row.head_employee_id]
    return (heads[0] if heads else None), heads
