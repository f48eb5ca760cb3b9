"""Moving, merging and splitting units from a day, with what became of them (ORG-01, ORG-05)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.database.sessions import ReadSession
from services.kit.errors import FieldError, Invalid, Text, existing
from services.kit.periods import Period
from services.kit.timeline import arrivals, at
from services.kit.work.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import Trigger
from services.org.documents.usecases import document_reviews
from services.org.structure.domain.unit import UnitFacts, UnitKind
from services.org.structure.store import positions as position_rows
from services.org.structure.store import structure
from services.org.structure.store import successions as rows
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases import positions, units
from services.org.structure.usecases.scope import days_from, require_hr_on


class MergedIntoItself(Invalid):
    """A unit cannot be succeeded by itself or by a unit below it."""

    code = "merged_into_itself"
    zh = "单元不能并入自身或其下级，请另选单元。"
    en = "A unit cannot be merged into itself or a unit below it; choose another one."


class NotInUnit(Invalid):
    """What should go to a new unit is not in the one that is split."""

    code = "not_in_unit"
    zh = "所列岗位或下级单元不属于被拆分的单元。"
    en = "Some of the positions or units named are not in the unit that is split."


@dataclass(frozen=True)
class Reorganisation:
    """What was done to a unit: the units that follow it, and the reviews of role documents that were opened."""

    unit_id: UUID
    valid_from: date
    successor_ids: Sequence[UUID] = ()
    document_review_ids: Sequence[UUID] = ()


@dataclass(frozen=True)
class Part:
    """A new unit that is split off, with what goes to it."""

    code: str
    name: str
    name_en: str
    kind: UnitKind
    position_ids: Sequence[UUID]
    unit_ids: Sequence[UUID]


async def move(
    uow: UnitOfWork, *, unit_id: UUID, expected_revision: int, parent_id: UUID | None, valid_from: date
) -> None:
    """Move a unit with all below it under another parent from a day; its role documents become due for review.

    Raises:
        UnitUnknown, Stale, NotInForce, ReferenceNotInForce, UnitCircle, ReportingCircle, OutOfScope.
    """
    await structure.lock(uow.session)
    was = at((await unit_rows.timelines(uow.session, [unit_id])).get(unit_id, []), valid_from)
    await _change_parent(uow, unit_id, parent_id, valid_from, expected_revision)
    if was is not None and was.facts.parent_id != parent_id:
        await _review(uow, [unit_id], valid_from)


async def merge(
    uow: UnitOfWork, *, unit_id: UUID, expected_revision: int, into_id: UUID, valid_from: date
) -> Reorganisation:
    """Merge a unit into another: its positions and the units below it belong there from a day, and it ends before.

    Raises:
        UnitUnknown, Stale, MergedIntoItself, NotInForce, ReferenceNotInForce, UnitCircle, ReportingCircle, OutOfScope.
    """
    await structure.lock(uow.session)
    path = await unit_rows.path(uow.session, into_id, valid_from)
    await require_hr_on(
        uow.session,
        uow.caller,
        [(each, day) for each in (unit_id, into_id) for day in days_from(valid_from, uow.today)],
    )
    if unit_id in path:
        expected = Text("该单元及其下级以外的单元", "a unit that is neither this one nor below it")
        raise MergedIntoItself(field_errors=[FieldError("/into_id", str(into_id), expected)])
    since = Period(valid_from)
    for child in await rows.child_ids(uow.session, unit_id, since):
        await _hang(uow, child, unit_id, into_id, valid_from)
    for position_id in await rows.position_ids(uow.session, unit_id, since):
        await _move_position(uow, position_id, unit_id, into_id, valid_from)
    last_day = valid_from - date.resolution
    await units.close(uow, unit_id=unit_id, expected_revision=expected_revision, valid_to=last_day)
    await rows.record(uow.session, unit_id, [into_id], "merge", valid_from)
    return await _reorganised(uow, unit_id, [into_id], "org.unit.merged", [into_id], valid_from)


async def split(
    uow: UnitOfWork, *, unit_id: UUID, expected_revision: int, parts: Sequence[Part], valid_from: date
) -> Reorganisation:
    """Split new units off a unit, beside it, with some of its positions and units; the unit itself continues.

    Raises:
        UnitUnknown, Stale, UnitCodeTaken, NotInUnit, NotInForce, ReportingCircle, OutOfScope.
    """
    await structure.lock(uow.session)
    await require_hr_on(uow.session, uow.caller, [(unit_id, day) for day in days_from(valid_from, uow.today)])
    unit = await units.touch(uow, unit_id=unit_id, expected_revision=expected_revision)
    was = existing(unit.facts_on(valid_from), units.UnitUnknown)
    since = Period(valid_from)
    inside = {*await rows.child_ids(uow.session, unit_id, since), *await rows.position_ids(uow.session, unit_id, since)}
    _demand_inside(parts, inside)
    made = []
    for part in parts:
        facts = UnitFacts(part.name, part.name_en, part.kind, was.parent_id, None, was.special)
        new_id = await units.create(uow, code=part.code, facts=facts, valid_from=valid_from)
        made.append(new_id)
        for child in part.unit_ids:
            await _hang(uow, child, unit_id, new_id, valid_from)
        for position_id in part.position_ids:
            await _move_position(uow, position_id, unit_id, new_id, valid_from)
    await rows.record(uow.session, unit_id, made, "split", valid_from)
    return await _reorganised(uow, unit_id, made, "org.unit.split", [unit_id, *made], valid_from)


async def successions(session: ReadSession, *, unit_id: UUID) -> list[rows.Succession]:
    """In which units a unit continued, and from which it came."""
    return await rows.of_unit(session, unit_id)


def _demand_inside(parts: Sequence[Part], inside: Collection[UUID]) -> None:
    expected = Text("被拆分单元内的岗位或下级单元", "a position or unit in the unit that is split")
    field_errors = [
        FieldError(f"/parts/{place}", str(wanted), expected)
        for place, part in enumerate(parts)
        for wanted in (*part.position_ids, *part.unit_ids)
        if wanted not in inside
    ]
    if field_errors:
        raise NotInUnit(field_errors=field_errors)


async def _hang(uow: UnitOfWork, unit_id: UUID, old_id: UUID, new_id: UUID, since: date) -> None:
    """Move a unit from one parent to another on every day from ``since`` on which it comes to the old one."""
    timeline = (await unit_rows.timelines(uow.session, [unit_id]))[unit_id]
    for day in arrivals([(version.valid, version.facts.parent_id) for version in timeline], old_id, since):
        await _change_parent(uow, unit_id, new_id, day)


async def _change_parent(
    uow: UnitOfWork, unit_id: UUID, parent_id: UUID | None, day: date, expected_revision: int | None = None
) -> None:
    await units.change(
        uow,
        unit_id=unit_id,
        expected_revision=expected_revision,
        valid_from=day,
        changes={"parent_id": parent_id},
    )


async def _move_position(uow: UnitOfWork, position_id: UUID, old_id: UUID, new_id: UUID, since: date) -> None:
    timeline = (await position_rows.timelines(uow.session, [position_id]))[position_id]
    for day in arrivals([(version.valid, version.facts.unit_id) for version in timeline], old_id, since):
        await positions.change(
            uow,
            position_id=position_id,
            expected_revision=None,
            valid_from=day,
            changes={"unit_id": new_id},
        )


async def _reorganised(
    uow: UnitOfWork, unit_id: UUID, successor_ids: Sequence[UUID], event: str, reviewed: Sequence[UUID], day: date
) -> Reorganisation:
    """Record what was done, and open a review of the role documents of every unit concerned (ORG-05)."""
    data = {"successor_ids": list(successor_ids), "valid_from": day}
    await uow.record(event, subject=("unit", unit_id), after=data, data=data)
    return Reorganisation(unit_id, day, successor_ids, await _review(uow, reviewed, day))


async def _review(uow: UnitOfWork, unit_ids: Sequence[UUID], day: date) -> list[UUID]:
    opened = await document_reviews.open_all(
        uow, trigger=Trigger.REORGANISATION, recorded_on=day, unit_ids=unit_ids, note=None
    )
    return [review.id for review in opened]
