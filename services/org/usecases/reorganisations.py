"""Moving, merging and splitting units from a day on, with what became of them (ORG-01, ORG-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.kit.database import ReadSession, WriteSession
from services.kit.errors import Fault, Invalid, Text
from services.kit.identity import Caller
from services.kit.periods import Period
from services.org.domain.amendment import Trigger
from services.org.domain.timeline import arrivals, at
from services.org.domain.unit import UnitFacts, UnitKind
from services.org.store import positions as position_rows
from services.org.store import structure
from services.org.store import successions as rows
from services.org.store import units as unit_rows
from services.org.usecases import positions, reviews, trail, units
from services.org.usecases.reach import days_from, require_hr_on


class MergedIntoItself(Invalid):
    """A unit cannot go on in itself or in something beneath it."""

    code = "merged_into_itself"
    zh = "单元不能并入自身或其下级，请另选单元。"
    en = "A unit cannot be merged into itself or a unit below it; choose another one."


class NotInUnit(Invalid):
    """What should go to a new unit is not in the one that is split."""

    code = "not_in_unit"
    zh = "所列岗位或下级单元不属于被拆分的单元。"
    en = "Some of the positions or units named are not in the unit that is split."


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
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    unit_id: UUID,
    parent_id: UUID | None,
    effective_from: date,
) -> None:
    """Hang a unit with all beneath it elsewhere from a day on; its role documents then become due for review.

    Raises:
        UnitUnknown, NotInForce, ReferenceNotInForce, UnitCircle, ReportingCircle, OutOfReach.
    """
    await structure.lock(session)
    was = at((await unit_rows.timelines(session, [unit_id])).get(unit_id, []), effective_from)
    await _hang_from(session, caller, now, today, unit_id, parent_id, effective_from)
    if was is not None and was.facts.parent_id != parent_id:
        await _review(session, caller, now, [unit_id], effective_from)


async def merge(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    unit_id: UUID,
    into_id: UUID,
    effective_from: date,
) -> None:
    """Let a unit go on in another: its positions and the units beneath it hang there from a day on, it ends before.

    Raises:
        UnitUnknown, MergedIntoItself, NotInForce, ReferenceNotInForce, UnitCircle, ReportingCircle, OutOfReach.
    """
    await structure.lock(session)
    path = await unit_rows.path(session, into_id, effective_from)
    await require_hr_on(
        session, caller, [(each, day) for each in (unit_id, into_id) for day in days_from(effective_from, today)]
    )
    if unit_id in path:
        expected = Text("该单元及其下级以外的单元", "a unit neither this one nor beneath it")
        raise MergedIntoItself(faults=[Fault("/into_id", str(into_id), expected)])
    since = Period(effective_from)
    for child in await rows.child_ids(session, unit_id, since):
        await _hang(session, caller, now, today, child, unit_id, into_id, effective_from)
    for position_id in await rows.position_ids(session, unit_id, since):
        await _seat(session, caller, now, today, position_id, unit_id, into_id, effective_from)
    last_day = effective_from - date.resolution
    await units.close(
        session, caller=caller, now=now, today=today, unit_id=unit_id, expected_version=None, last_day=last_day
    )
    await rows.record(session, unit_id, [into_id], "merge", effective_from)
    await _tell(session, caller, now, unit_id, [into_id], "merge", effective_from)


async def split(
    session: WriteSession,
    *,
    caller: Caller,
    now: datetime,
    today: date,
    unit_id: UUID,
    parts: Sequence[Part],
    effective_from: date,
) -> list[UUID]:
    """Split new units off a unit, beside it, with some of its positions and units; the unit itself goes on.

    Raises:
        UnitUnknown, UnitCodeTaken, NotInUnit, NotInForce, ReportingCircle, OutOfReach.
    """
    await structure.lock(session)
    timeline = (await unit_rows.timelines(session, [unit_id])).get(unit_id, [])
    was = at(timeline, effective_from)
    if was is None:
        raise units.UnitUnknown
    await require_hr_on(session, caller, [(unit_id, day) for day in days_from(effective_from, today)])
    since = Period(effective_from)
    inside = {*await rows.child_ids(session, unit_id, since), *await rows.position_ids(session, unit_id, since)}
    faults = [
        Fault(
            f"/parts/{place}",
            str(wanted),
            Text("被拆分单元内的岗位或下级单元", "a position or unit in the unit that is split"),
        )
        for place, part in enumerate(parts)
        for wanted in (*part.position_ids, *part.unit_ids)
        if wanted not in inside
    ]
    if faults:
        raise NotInUnit(faults=faults)
    made = []
    for part in parts:
        facts = UnitFacts(part.name, part.name_en, part.kind, was.facts.parent_id, None, was.facts.special)
        new_id = await units.create(
            session, caller=caller, now=now, today=today, code=part.code, facts=facts, effective_from=effective_from
        )
        made.append(new_id)
        for child in part.unit_ids:
            await _hang(session, caller, now, today, child, unit_id, new_id, effective_from)
        for position_id in part.position_ids:
            await _seat(session, caller, now, today, position_id, unit_id, new_id, effective_from)
    await rows.record(session, unit_id, made, "split", effective_from)
    await _tell(session, caller, now, unit_id, made, "split", effective_from)
    return made


async def successors(session: ReadSession, *, unit_id: UUID) -> list[rows.Succession]:
    """In which units a unit went on, and out of which it came."""
    return await rows.of_unit(session, unit_id)


async def _hang(
    session: WriteSession,
    caller: Caller,
    now: datetime,
    today: date,
    unit_id: UUID,
    old_id: UUID,
    new_id: UUID,
    since: date,
) -> None:
    timeline = (await unit_rows.timelines(session, [unit_id]))[unit_id]
    for day in arrivals([(version.valid, version.facts.parent_id) for version in timeline], old_id, since):
        await _hang_from(session, caller, now, today, unit_id, new_id, day)


async def _hang_from(
    session: WriteSession,
    caller: Caller,
    now: datetime,
    today: date,
    unit_id: UUID,
    parent_id: UUID | None,
    day: date,
) -> None:
    await units.change(
        session,
        caller=caller,
        now=now,
        today=today,
        unit_id=unit_id,
        expected_version=None,
        effective_from=day,
        changes={"parent_id": parent_id},
        action="unit.move",
    )


async def _seat(
    session: WriteSession,
    caller: Caller,
    now: datetime,
    today: date,
    position_id: UUID,
    old_id: UUID,
    new_id: UUID,
    since: date,
) -> None:
    timeline = (await position_rows.timelines(session, [position_id]))[position_id]
    for day in arrivals([(version.valid, version.facts.unit_id) for version in timeline], old_id, since):
        await positions.change(
            session,
            caller=caller,
            now=now,
            today=today,
            position_id=position_id,
            expected_version=None,
            effective_from=day,
            changes={"unit_id": new_id},
        )


async def _tell(
    session: WriteSession,
    caller: Caller,
    now: datetime,
    unit_id: UUID,
    successor_ids: Sequence[UUID],
    kind: str,
    day: date,
) -> None:
    """News for others, and a review of the role documents of everything concerned (ORG-05)."""
    await trail.leave(
        session,
        caller=caller,
        now=now,
        action=f"unit.{kind}",
        resource="unit",
        resource_id=unit_id,
        after={"successor_ids": list(successor_ids), "effective_from": day},
        news="org.unit.reorganised",
        data={"successor_ids": list(successor_ids), "effective_from": day},
    )
    await _review(session, caller, now, list(successor_ids) if kind == "merge" else [unit_id, *successor_ids], day)


async def _review(session: WriteSession, caller: Caller, now: datetime, unit_ids: Sequence[UUID], day: date) -> None:
    await reviews.open_all(
        session,
        caller=caller,
        now=now,
        trigger=Trigger.REORGANISATION,
        recorded_on=day,
        unit_ids=unit_ids,
        note=None,
    )
