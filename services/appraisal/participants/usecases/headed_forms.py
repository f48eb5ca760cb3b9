"""The forms for which the head of a unit answers: those of units, and of the suppliers they work with (APR-03, APR-04).

A supplier does not sign in: the head of the unit that works with it agrees on its targets and may appeal, the head's
superior agrees and rates, and what the head enters about it waits for a second person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.appraisal.cycles.domain.goal import GoalRevision, GoalState, is_complete
from services.appraisal.cycles.store import goals as goal_store
from services.appraisal.cycles.store.tables import CycleRow, SnapshotUnitRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.participants.domain.outside_party import OutsideParty, promised_goals
from services.appraisal.participants.store import snapshots as store
from services.appraisal.participants.usecases.opening_work import Opening, prepared, write
from services.kit.database.sessions import WriteSession, new_id
from services.kit.work.unit_of_work import UnitOfWork

Subject = tuple[str, UUID, str, str, str]
"""A subject's kind, id, code and name in both languages."""
_SUPPLIER: Final = SubjectKind.SUPPLIER.value


@dataclass(frozen=True)
class _Made:
    """A form as a row, and the goals that an agreement sets on it."""

    form: Sequence[Any]
    promised: GoalRevision | None


async def add_unit_forms(session: WriteSession, opening: Opening) -> None:
    """Make the forms of the units that a scheme covers."""
    for unit in opening.units.values():
        scheme = opening.schemes.get((SubjectKind.UNIT.value, unit.code))
        if scheme is not None and opening.in_scope(unit.path):
            subject = (SubjectKind.UNIT.value, unit.unit_id, unit.code, unit.name, unit.name_en)
            opening.forms.append(await _form(session, opening, unit, subject, scheme))
    await write(session, opening)


async def add_supplier_forms(uow: UnitOfWork, opening: Opening, suppliers: Sequence[OutsideParty]) -> None:
    """Make the forms of suppliers by their class, with the goals that their framework agreements set.

    Nothing is said of suppliers where no scheme is about them.
    """
    if not any(covered == _SUPPLIER for covered, _ in opening.schemes):
        return
    units = {unit.code: unit for unit in opening.units.values()}
    made: list[_Made] = []
    for each in suppliers:
        unit = units.get(each.unit_code)
        path = unit.path if unit else []
        if not opening.in_scope(path):
            continue
        found = await _supplier_form(uow, opening, unit, each)
        if isinstance(found, str):
            opening.exclusions.append((new_id(), opening.cycle.id, *_subject(each)[:-1], path, found))
        else:
            made.append(found)
    await _write(uow, opening, made)


async def add_supplier_form(uow: UnitOfWork, cycle: CycleRow, supplier: OutsideParty) -> UUID | str:
    """Make the form of a supplier in a cycle that is open already; returns its id, or a key of ``EXCLUSION_NAMES``."""
    opening = await prepared(uow.session, cycle)
    unit = next((unit for unit in opening.units.values() if unit.code == supplier.unit_code), None)
    found = await _supplier_form(uow, opening, unit, supplier)
    if isinstance(found, str):
        return found
    await _write(uow, opening, [found])
    form_id: UUID = found.form[0]
    return form_id


async def _write(uow: UnitOfWork, opening: Opening, made: Sequence[_Made]) -> None:
    opening.forms.extend(each.form for each in made)
    await write(uow.session, opening)
    for each in made:
        if each.promised is not None:
            await goal_store.add(uow.session, each.form[0], each.promised)


async def _supplier_form(
    uow: UnitOfWork, opening: Opening, unit: SnapshotUnitRow | None, supplier: OutsideParty
) -> _Made | str:
    scheme_id = opening.schemes.get((_SUPPLIER, supplier.category or ""))
    if unit is None or scheme_id is None:
        return "no_unit" if unit is None else "not_classified" if supplier.category is None else "no_scheme"
    state, promised = await _promised(uow, opening, supplier, scheme_id)
    form = await _form(uow.session, opening, unit, _subject(supplier), scheme_id, state)
    return _Made(form, promised)


async def _promised(
    uow: UnitOfWork, opening: Opening, supplier: OutsideParty, scheme_id: UUID
) -> tuple[GoalState, GoalRevision | None]:
    """What the agreement sets: both sides have signed it, so that nothing is left to agree if it is complete."""
    scheme = await scheme_store.find(uow.session, scheme_id)
    goals = promised_goals(scheme, supplier.promises, opening.period.last or opening.period.start)
    if not goals:
        return GoalState.EMPTY, None
    state = GoalState.AGREED if is_complete(scheme, goals) else GoalState.PROPOSED
    return state, GoalRevision(1, "agreement", goals, None, uow.caller.account_id, uow.caller.name, uow.now)


def _subject(supplier: OutsideParty) -> Subject:
    return _SUPPLIER, supplier.id, supplier.code, supplier.name, supplier.name


async def _form(
    session: WriteSession,
    opening: Opening,
    unit: SnapshotUnitRow,
    subject: Subject,
    scheme: UUID,
    state: GoalState = GoalState.EMPTY,
) -> Sequence[Any]:
    last = opening.period.last or opening.period.start
    head = unit.head_employee_id
    above = await store.superior_of(session, opening.cycle.id, head, last) if head else None
    manager, chain = above or _heads_above(opening, unit)
    place = (unit.unit_id, unit.name, unit.name_en, opening.department(unit.path), unit.path)
    form = (new_id(), opening.cycle.id, scheme, *subject, *place, None, None, None, None, opening.period)
    proposed, agreed = int(state is not GoalState.EMPTY), 1 if state is GoalState.AGREED else None
    return (*form, head, manager, chain, state.value, 1, proposed, agreed)


def _heads_above(opening: Opening, unit: SnapshotUnitRow) -> tuple[UUID | None, list[UUID]]:
    """For a unit without a head: the heads of the units above it, nearest first."""
    above = [opening.units[each] for each in reversed(unit.path[:-1]) if each in opening.units]
    heads = [row.head_employee_id for row in above if row.head_employee_id]
    return (heads[0] if heads else None), heads
