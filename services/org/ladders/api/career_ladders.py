"""Career ladders: two tracks of equal standing, each step with its criteria and effects as data (ORG-10)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from pydantic import Field
from sqlalchemy import Row

from services.kit.fields import CodeText, ExactDecimal, Id, Model, Prose
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, tag
from services.org.ladders.api.career_ladder_steps import (
    Criterion,
    Effect,
    LadderStep,
    Named,
    Steps,
    ladder_sent,
    steps_shown,
)
from services.org.ladders.domain.career_ladder import MEASURE_NAMES, CareerLadder, Eligibility, FactSource, Measure
from services.org.ladders.store.career_ladders import ladder_of
from services.org.ladders.store.tables import CareerLadderRow, CareerLadderVersionRow
from services.org.ladders.usecases import career_ladders
from services.org.permissions import HrUnitOfWork, Reader
from services.org.schemas import AsOf, Made, Words, words

routes = router("/v1/org/career_ladders", tag="career_ladders")
templates = router("/v1/org/career_ladder_templates", tag="career_ladder_templates")


class NewLadder(Model):
    """A ladder from a day on."""

    code: CodeText
    name: Named
    steps: Steps
    valid_from: date
    reason: Prose


class LadderAdoption(Model):
    """A ladder of the starter catalogue from a day on, under its own code or another."""

    template: CodeText
    code: CodeText | None = None
    valid_from: date


class LadderRevision(Model):
    """What the ladder says from a day on, whole."""

    name: Named
    steps: Steps
    valid_from: date
    reason: Prose


class LadderTemplate(Model):
    """A ladder of the starter catalogue."""

    code: str
    name: Words
    steps: list[LadderStep]


class Ladder(Model):
    """A ladder as of a day. ``number`` counts its versions; ``version`` is for If-Match."""

    id: Id
    code: str
    name: Words
    number: int
    valid_from: date
    steps: list[LadderStep]
    revision: int


class LadderVersion(Model):
    """What a ladder says from ``valid_from`` on until a later version does."""

    number: int
    valid_from: date
    name: Words
    steps: list[LadderStep]
    reason: str
    made_at: datetime


class PlacedStep(Model):
    """A step with the next one of its track (null at the top) and those of the other track that equal it."""

    step: LadderStep
    next: str | None
    equals: list[str]


class Candidate(Model):
    """Somebody who might be promoted to ``step``, and what is known of him.

    With ``employee_id``, the organisation's own history tells what is left out of ``years_managing`` (on the management
    track or as head of a unit), ``years_in_step`` (without a break on the present track and grade) and ``team_size``
    (who reports to him, also over others). What nobody knows counts as not met.
    """

    step: CodeText
    employee_id: Id | None = None
    facts: Annotated[dict[Measure, ExactDecimal], Field(default_factory=dict)]


class Candidates(Model):
    """Up to 500 people to check."""

    candidates: Annotated[list[Candidate], Field(min_length=1, max_length=500)]


class CriterionCheck(Model):
    """A criterion held against the facts; ``found`` and ``source`` null where nothing is known."""

    criterion: Criterion
    name: Words
    found: ExactDecimal | None
    source: FactSource | None
    met: bool


class EligibilityAnswer(Model):
    """Whether all criteria are met, each by itself, and what the step would bring."""

    step: str
    eligible: bool
    checks: list[CriterionCheck]
    effects: list[Effect]


class EligibilityAnswers(Model):
    """One answer a candidate, in their order, by the version of the ladder in force on the day."""

    number: int
    answers: list[EligibilityAnswer]


@templates.get("")
async def starters(_caller: Reader) -> list[LadderTemplate]:
    """The ladders of the starter catalogue."""
    return [
        LadderTemplate(code=ladder.code, name=words(ladder.name), steps=steps_shown(ladder))
        for ladder in career_ladders.templates()
    ]


@routes.post("", status_code=201)
async def create(body: NewLadder, uow: HrUnitOfWork) -> Made:
    """Write a ladder; for HR over everything."""
    wanted = career_ladders.Wanted(ladder_sent(body.code, body.name, body.steps), body.valid_from, body.reason)
    return Made(id=await career_ladders.create(uow, wanted=wanted))


@routes.post("/adopt", status_code=201)
async def adopt(body: LadderAdoption, uow: HrUnitOfWork) -> Made:
    """Take a ladder over from the starter catalogue; for HR over everything."""
    found = career_ladders.template(body.template)
    ladder = CareerLadder(body.code or found.code, found.name, found.steps)
    wanted = career_ladders.Wanted(ladder, body.valid_from, f"catalogue/{found.code}")
    return Made(id=await career_ladders.create(uow, wanted=wanted))


@routes.get("")
async def listed(session: Read, _caller: Reader, day: AsOf, paging: PageAsked) -> Page[Ladder]:
    """Ladders as of a day, by code."""
    found = await career_ladders.listed(session, day=day, paging=paging)
    return Page[Ladder](**found.written(_shown))


@routes.get("/{ladder_id}")
async def one(ladder_id: UUID, session: Read, _caller: Reader, day: AsOf, response: Response) -> Ladder:
    """A ladder as of a day."""
    row, version = await career_ladders.one(session, ladder_id=ladder_id, day=day)
    tag(response, row.revision)
    return _laid(row, version)


@routes.get("/{ladder_id}/steps")
async def steps(ladder_id: UUID, session: Read, _caller: Reader, day: AsOf) -> list[PlacedStep]:
    """The steps as of a day, each with the next of its track and its equals on the other."""
    _, version = await career_ladders.one(session, ladder_id=ladder_id, day=day)
    ladder = ladder_of(version)
    placed = []
    for step, shown in zip(ladder.steps, steps_shown(ladder), strict=True):
        above = ladder.next_step(step.code)
        equals = [other.code for other in ladder.equals(step.code)]
        placed.append(PlacedStep(step=shown, next=above.code if above else None, equals=equals))
    return placed


@routes.get("/{ladder_id}/versions")
async def versions(ladder_id: UUID, session: Read, _caller: Reader) -> list[LadderVersion]:
    """Everything that a ladder said, says and will say."""
    return [
        LadderVersion(
            number=row.number,
            valid_from=row.valid_from,
            name=Words(zh=row.name, en=row.name_en),
            steps=steps_shown(ladder_of(row)),
            reason=row.reason,
            made_at=row.made_at,
        )
        for row in await career_ladders.history(session, ladder_id=ladder_id)
    ]


@routes.post("/{ladder_id}/versions", status_code=201)
async def revise(
    ladder_id: UUID,
    body: LadderRevision,
    uow: HrUnitOfWork,
    revision: IfMatch,
) -> Made:
    """Write the next version; earlier ones stay as they were. For HR over everything."""
    wanted = career_ladders.Wanted(ladder_sent("", body.name, body.steps), body.valid_from, body.reason)
    await career_ladders.revise(uow, ladder_id=ladder_id, expected_revision=revision, wanted=wanted)
    return Made(id=ladder_id)


@routes.post("/{ladder_id}/eligibility_checks")
async def check(ladder_id: UUID, body: Candidates, session: Read, _caller: Reader, day: AsOf) -> EligibilityAnswers:
    """Hold what is known of people against the criteria of the steps that they might be promoted to."""
    candidates = [career_ladders.Candidate(each.step, each.facts, each.employee_id) for each in body.candidates]
    number, found = await career_ladders.check(session, ladder_id=ladder_id, day=day, candidates=candidates)
    return EligibilityAnswers(number=number, answers=[_eligibility(each) for each in found])


def _shown(found: Row[Any]) -> Ladder:
    return _laid(found.CareerLadderRow, found.CareerLadderVersionRow)


def _laid(row: CareerLadderRow, version: CareerLadderVersionRow) -> Ladder:
    return Ladder(
        id=row.id,
        code=row.code,
        name=Words(zh=version.name, en=version.name_en),
        number=version.number,
        valid_from=version.valid_from,
        steps=steps_shown(ladder_of(version)),
        revision=row.revision,
    )


def _eligibility(found: Eligibility) -> EligibilityAnswer:
    [shown] = steps_shown(CareerLadder("", found.step.name, (found.step,)))
    return EligibilityAnswer(
        step=found.step.code,
        eligible=found.met,
        checks=[
            CriterionCheck(
                criterion=criterion,
                name=words(MEASURE_NAMES[check.criterion.measure]),
                found=check.found,
                source=check.source,
                met=check.met,
            )
            for criterion, check in zip(shown.criteria, found.checks, strict=True)
        ],
        effects=list(shown.effects),
    )
