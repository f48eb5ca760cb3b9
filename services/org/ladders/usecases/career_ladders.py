"""Career ladders: written by HR or created from a template, changed by new versions only (ORG-10)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kit.database.codec import fields_of
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Stale, Text, existing
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.store import authorities as authority_rows
from services.org.ladders.domain.career_history import years_in_step, years_managing
from services.org.ladders.domain.career_ladder import CareerLadder, Eligibility, Measure
from services.org.ladders.domain.ladder_version import Ladder, LadderVersion
from services.org.ladders.store import career_history as history_rows
from services.org.ladders.store import career_ladders as rows
from services.org.ladders.store.tables import CareerLadderRow
from services.org.structure.store import codes


class LadderUnknown(NotFound):
    """There is no such career ladder on that day."""

    code = "career_ladder_unknown"
    zh = "找不到该职业发展通道，或其在所查日期尚未生效。"
    en = "There is no such career ladder on that day."


class LadderCodeTaken(Conflict):
    """Another ladder has this code, or one that looks like it."""

    code = "career_ladder_code_taken"
    zh = "职业发展通道编码“{found}”与已有的“{taken}”相同或容易混淆，请换一个。"
    en = "The career ladder code '{found}' is the same as '{taken}' or too similar to it; choose another one."


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
    zh = "部分候选人在所查日期不在职，请核对人员和日期。"
    en = "Some candidates are not employed on that day."


@dataclass(frozen=True)
class Candidate:
    """A candidate for promotion to ``step``: facts given, amounts in the units of the measures, and the person."""

    step: str
    facts: Mapping[Measure, Decimal]
    employee_id: UUID | None = None


async def create(uow: UnitOfWork, *, wanted: Wanted) -> Ladder:
    """Write the first version of a ladder; it may begin in the past.

    Raises:
        LadderCodeTaken.
    """
    code = wanted.ladder.code
    await codes.require_distinct(uow.session, CareerLadderRow.code, code, refused=LadderCodeTaken, pointer="/code")
    row = CareerLadderRow(code=code, revision=1)
    uow.session.add(row)
    await uow.session.flush()
    return await _write(uow, row, number=1, before=None, wanted=wanted)


async def revise(uow: UnitOfWork, *, ladder_id: UUID, revision: int, wanted: Wanted) -> Ladder:
    """Write the next version, under the ladder's own code; it is in force from its day.

    Raises:
        LadderUnknown, Stale, LadderBackdated.
    """
    row = existing(await rows.find_for_update(uow.session, ladder_id), LadderUnknown)
    if row.revision != revision:
        raise Stale
    newest = (await rows.versions(uow.session, ladder_id))[-1]
    earliest = max(uow.today, newest.valid_from)
    if wanted.valid_from < earliest:
        expected = Text(f"不早于 {earliest}", f"not before {earliest}")
        raise LadderBackdated(
            earliest=earliest, field_errors=[FieldError("/valid_from", str(wanted.valid_from), expected)]
        )
    row.revision += 1
    kept = replace(wanted, ladder=replace(wanted.ladder, code=row.code))
    return await _write(uow, row, number=newest.number + 1, before=newest, wanted=kept)


async def listed(session: ReadSession, *, day: date, paging: Paging) -> Rows[Ladder]:
    """Ladders in force on ``day``, by code."""
    return await page(session, rows.as_of(day), rows.ladder_of, keys=[CareerLadderRow.code], paging=paging)


async def one(session: ReadSession, *, ladder_id: UUID, day: date) -> Ladder:
    """A ladder with its version in force on ``day``.

    Raises:
        LadderUnknown: not in force then.
    """
    found = (await session.execute(rows.as_of(day).where(CareerLadderRow.id == ladder_id))).first()
    return rows.ladder_of(existing(found, LadderUnknown))


async def history(session: ReadSession, *, ladder_id: UUID) -> list[LadderVersion]:
    """Every version of a ladder, the first first.

    Raises:
        LadderUnknown: there is none of this id.
    """
    return existing(await rows.versions(session, ladder_id) or None, LadderUnknown)


async def check(
    session: ReadSession, *, ladder_id: UUID, day: date, candidates: Sequence[Candidate]
) -> tuple[int, list[Eligibility]]:
    """Whether people meet the criteria of their steps on ``day``, and by which version.

    What is not given is taken from the organisation's own history, where it is known who the candidate is.

    Raises:
        LadderUnknown, StepUnknown, CandidatesUnknown.
    """
    version = (await one(session, ladder_id=ladder_id, day=day)).version
    ladder = version.content
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
    employed = await authority_rows.employments(session, named) if named else {}
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
    assignments = await history_rows.stretches(session, by_history) if by_history else {}
    headed = await history_rows.headed(session, by_history) if by_history else {}
    teams = await history_rows.team_sizes(session, leading, day) if leading else {}
    found: dict[UUID, dict[Measure, Decimal]] = {}
    for person, measures in wanted.items():
        own = assignments.get(person, [])
        facts = {
            Measure.YEARS_MANAGING: years_managing(own, headed.get(person, []), day),
            Measure.YEARS_IN_STEP: years_in_step(own, day),
            Measure.TEAM_SIZE: Decimal(teams.get(person, 0)),
        }
        found[person] = {name: fact for name, fact in facts.items() if fact is not None and name in measures}
    return found


async def _write(
    uow: UnitOfWork, row: CareerLadderRow, *, number: int, before: LadderVersion | None, wanted: Wanted
) -> Ladder:
    version = LadderVersion(
        number=number,
        valid_from=wanted.valid_from,
        content=wanted.ladder,
        reason=wanted.reason,
        created_at=uow.now,
        created_by=uow.caller.account_id,
        created_by_name=uow.caller.name,
    )
    await rows.add(uow.session, row.id, version)
    data = {"number": number, "valid_from": wanted.valid_from}
    await uow.record(
        "org.career_ladder.created" if before is None else "org.career_ladder.revised",
        subject=("career_ladder", row.id),
        before=None if before is None else fields_of(before.content),
        after={**data, **fields_of(wanted.ladder)},
        data=data,
    )
    return Ladder(row.id, row.revision, version)
