"""Career ladders: taken from the catalogue or written by HR, changed by new versions only (ORG-10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.kit.codec import fields_of
from services.kit.database import ReadSession
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Stale, Text
from services.kit.identity import Role
from services.kit.pages import Paging, Rows, page
from services.kit.unit_of_work import UnitOfWork
from services.org.authority.store import authorities as authority_rows
from services.org.ladders.domain.career_history import years_in_step, years_managing
from services.org.ladders.domain.career_ladder import CareerLadder, Eligibility, Measure
from services.org.ladders.store import career_history as history_rows
from services.org.ladders.store import career_ladders as rows
from services.org.ladders.store.tables import CareerLadderRow, CareerLadderVersionRow
from services.org.structure.usecases.scope import require_over
from services.org.templates.store.templates import starter_catalogue


class LadderUnknown(NotFound):
    """There is no such career ladder on that day."""

    code = "career_ladder_unknown"
    zh = "找不到该职业发展通道，或其在所查日期尚未生效，或您无权查看。"
    en = "There is no such career ladder on that day, or you may not see it."


class LadderCodeTaken(Conflict):
    """Another ladder has this code."""

    code = "career_ladder_code_taken"
    zh = "职业发展通道编码“{found}”已被使用，请换一个。"
    en = "The career ladder code '{found}' is taken; choose another one."


class LadderBackdated(Conflict):
    """A new version cannot begin before today, nor before the version that it follows."""

    code = "career_ladder_backdated"
    zh = "新版本的生效日期不能早于 {earliest}。"
    en = "A new version cannot take effect before {earliest}."


@dataclass(frozen=True)
class Wanted:
    """A version to write: what the ladder is to say from a day on, and why."""

    ladder: CareerLadder
    valid_from: date
    reason: str


class CandidatesUnknown(Invalid):
    """Some of those to be checked do not work here on that day."""

    code = "candidates_unknown"
    zh = "部分候选人在所查日期不在职，或您无权查看。"
    en = "Some candidates are not employed on that day, or you may not see them."


@dataclass(frozen=True)
class Candidate:
    """Somebody who might be promoted to ``step``: facts given, amounts as the measures say, and who it is."""

    step: str
    facts: Mapping[Measure, Decimal]
    employee_id: UUID | None = None


def templates() -> tuple[CareerLadder, ...]:
    """The ladders of the starter catalogue."""
    return starter_catalogue().ladders


def template(code: str) -> CareerLadder:
    """A ladder of the starter catalogue.

    Raises:
        LadderUnknown: there is none of that code.
    """
    found = next((ladder for ladder in templates() if ladder.code == code), None)
    if found is None:
        raise LadderUnknown(
            field_errors=[
                FieldError("/template", code, Text("范本库中的职业发展通道编码", "a ladder of the template library"))
            ]
        )
    return found


async def create(uow: UnitOfWork, *, wanted: Wanted) -> UUID:
    """Write the first version of a ladder; it may begin in the past.

    Raises:
        OutOfScope, LadderCodeTaken.
    """
    require_over(uow.caller, Role.HR)
    code = wanted.ladder.code
    if await rows.code_taken(uow.session, code):
        raise LadderCodeTaken(
            found=code, field_errors=[FieldError("/code", code, Text("未使用的编码", "a code not in use"))]
        )
    row = CareerLadderRow(code=code, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    await _write(uow, ladder_id=row.id, number=1, before=None, wanted=wanted)
    return row.id


async def revise(
    uow: UnitOfWork,
    *,
    ladder_id: UUID,
    expected_revision: int,
    wanted: Wanted,
) -> int:
    """Write the next version, under the ladder's own code; it holds from its day on. Gives its number.

    Raises:
        OutOfScope, LadderUnknown, Stale, LadderBackdated.
    """
    require_over(uow.caller, Role.HR)
    row = await rows.find_for_update(uow.session, ladder_id)
    if row is None:
        raise LadderUnknown
    if row.revision != expected_revision:
        raise Stale
    newest = (await rows.versions(uow.session, ladder_id))[-1]
    earliest = max(uow.today, newest.valid_from)
    if wanted.valid_from < earliest:
        expected = Text(f"不早于 {earliest}", f"not before {earliest}")
        raise LadderBackdated(
            earliest=earliest, field_errors=[FieldError("/valid_from", str(wanted.valid_from), expected)]
        )
    row.revision += 1
    number = newest.number + 1
    kept = replace(wanted, ladder=replace(wanted.ladder, code=row.code))
    await _write(uow, ladder_id=ladder_id, number=number, before=newest.content, wanted=kept)
    return number


async def listed(session: ReadSession, *, day: date, paging: Paging) -> Rows[Row[Any]]:
    """Ladders in force on ``day``, by code."""
    return await page(session, rows.as_of(day), keys=[CareerLadderRow.code], paging=paging)


async def one(session: ReadSession, *, ladder_id: UUID, day: date) -> tuple[CareerLadderRow, CareerLadderVersionRow]:
    """A ladder with its version in force on ``day``.

    Raises:
        LadderUnknown: not in force then.
    """
    found = (await session.execute(rows.as_of(day).where(CareerLadderRow.id == ladder_id))).first()
    if found is None:
        raise LadderUnknown
    return found.CareerLadderRow, found.CareerLadderVersionRow


async def history(session: ReadSession, *, ladder_id: UUID) -> list[CareerLadderVersionRow]:
    """Every version of a ladder, the first first.

    Raises:
        LadderUnknown: there is none of this id.
    """
    found = await rows.versions(session, ladder_id)
    if not found:
        raise LadderUnknown
    return found


async def check(
    session: ReadSession, *, ladder_id: UUID, day: date, candidates: Sequence[Candidate]
) -> tuple[int, list[Eligibility]]:
    """Whether people meet the criteria of their steps on ``day``, and by which version.

    What is not given is taken from the organisation's own history, where it is known who the candidate is.

    Raises:
        LadderUnknown, StepUnknown, CandidatesUnknown.
    """
    _, version = await one(session, ladder_id=ladder_id, day=day)
    ladder = rows.ladder_of(version)
    await _demand_employed(session, candidates, day)
    wanted: dict[UUID, set[Measure]] = {}
    for each in candidates:
        if each.employee_id is not None:
            wanted.setdefault(each.employee_id, set()).update(ladder.open_measures(each.step, each.facts))
    known = await _known_here(session, wanted, day)
    return version.number, [
        ladder.eligibility(each.step, each.facts, known.get(each.employee_id) if each.employee_id else None)
        for each in candidates
    ]


async def _demand_employed(session: ReadSession, candidates: Sequence[Candidate], day: date) -> None:
    named = {each.employee_id for each in candidates if each.employee_id is not None}
    employed = await authority_rows.known(session, named) if named else {}
    expected = Text(f"{day} 在职的员工", f"somebody who works here on {day}")
    field_errors = [
        FieldError(f"/candidates/{index}/employee_id", str(each.employee_id), expected)
        for index, each in enumerate(candidates)
        if each.employee_id is not None and not any(span.contains(day) for span in employed.get(each.employee_id, ()))
    ]
    if field_errors:
        raise CandidatesUnknown(field_errors=field_errors)


async def _known_here(
    session: ReadSession, wanted: Mapping[UUID, set[Measure]], day: date
) -> dict[UUID, dict[Measure, Decimal]]:
    """What the organisation knows of these people on ``day``, as far as it is wanted; a few statements for all."""
    by_history = [person for person, measures in wanted.items() if measures - {Measure.TEAM_SIZE}]
    leading = [person for person, measures in wanted.items() if Measure.TEAM_SIZE in measures]
    seats = await history_rows.stretches(session, by_history) if by_history else {}
    headed = await history_rows.headed(session, by_history) if by_history else {}
    teams = await history_rows.team_sizes(session, leading, day) if leading else {}
    found: dict[UUID, dict[Measure, Decimal]] = {}
    for person, measures in wanted.items():
        own = seats.get(person, [])
        facts = {
            Measure.YEARS_MANAGING: years_managing(own, headed.get(person, []), day),
            Measure.YEARS_IN_STEP: years_in_step(own, day),
            Measure.TEAM_SIZE: Decimal(teams.get(person, 0)),
        }
        found[person] = {name: fact for name, fact in facts.items() if fact is not None and name in measures}
    return found


async def _write(
    uow: UnitOfWork,
    *,
    ladder_id: UUID,
    number: int,
    before: Mapping[str, object] | None,
    wanted: Wanted,
) -> None:
    await rows.add(
        uow.session,
        wanted.ladder,
        ladder_id=ladder_id,
        number=number,
        valid_from=wanted.valid_from,
        reason=wanted.reason,
        made_at=uow.now,
        actors_of=uow.caller.account_id,
    )
    await uow.record(
        "org.career_ladder.changed",
        subject=("career_ladder", ladder_id),
        before=before,
        after={"number": number, "valid_from": wanted.valid_from, **fields_of(wanted.ladder)},
        data={"number": number, "valid_from": wanted.valid_from},
    )
