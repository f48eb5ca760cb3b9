"""Career ladders: two tracks of equal standing, each step with its criteria and effects as data (ORG-10)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import CodeText, Day, Id, Model, Prose
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import located, router
from services.org.ladders.api.career_ladder_steps import (
    NAME,
    BilingualLabel,
    LadderStep,
    Steps,
    ladder_sent,
    steps_shown,
)
from services.org.ladders.domain.ladder_version import Ladder
from services.org.ladders.usecases import career_ladders
from services.org.permissions import CompanyHrUnitOfWork, Reader
from services.org.schemas import AsOf

routes = router("/v1/org/career_ladders", tag="career_ladders")
AS_OF_ITS_DAY = "/v1/org/career_ladders/{id}?as_of={valid_from}"
"""Where a new version is found before it is in force."""

LadderId = Annotated[UUID, Path(description="Id of the career ladder.")]
VALID_FROM = Field(description="First day of the span.", examples=["2026-04-01"])
REASON = Field(description="Reason, kept with the version.", examples=["Annual review of the ladders."])


class NewCareerLadder(Model):
    """A career ladder to be created, in force from a day on."""

    code: CodeText = Field(description="Code of the ladder.", examples=["marketing"])
    name: BilingualLabel = NAME
    steps: Steps
    valid_from: Day = VALID_FROM
    reason: Prose = REASON


class CareerLadderRevision(Model):
    """The complete content of a ladder from a day on."""

    name: BilingualLabel = NAME
    steps: Steps
    valid_from: Day = VALID_FROM
    reason: Prose = REASON


class CareerLadder(Model):
    """A career ladder as of a day."""

    id: Id = Field(description="Id of the career ladder.")
    code: str = Field(description="Code of the ladder.", examples=["marketing"])
    name: BilingualLabel = NAME
    number: int = Field(description="Number of the version in force.", examples=[1])
    valid_from: date = VALID_FROM
    steps: list[LadderStep] = Field(description="Steps, from lower to higher in each track.")
    revision: int = Field(description="Revision for `If-Match` when the next version is written.", examples=[1])


class CareerLadderVersion(Model):
    """The content of a ladder from a day until its next version."""

    number: int = Field(description="Number of the version; the first is 1.", examples=[1])
    valid_from: date = VALID_FROM
    name: BilingualLabel = NAME
    steps: list[LadderStep] = Field(description="Steps, from lower to higher in each track.")
    reason: str = REASON
    created_at: datetime = Field(description="Time of writing.")
    created_by: Id = Field(description="Account of the author.")
    created_by_name: str = Field(description="Name of the author.", examples=["李雷"])


class RankedStep(Model):
    """A step with the next one of its track and its equals on the other."""

    step: LadderStep = Field(description="Step of the ladder.")
    next: str | None = Field(description="Next step of the track; null at the top.", examples=["director"])
    equals: list[str] = Field(description="Steps of the other track that rank equally.", examples=[["expert"]])


@routes.post("", status_code=201, summary="Create a career ladder")
@located(AS_OF_ITS_DAY)
async def create_career_ladder(body: NewCareerLadder, uow: CompanyHrUnitOfWork) -> CareerLadder:
    """Writes the first version of a ladder. For HR over the whole organisation."""
    wanted = career_ladders.Wanted(ladder_sent(body.code, body.name, body.steps), body.valid_from, body.reason)
    return ladder_shown(await career_ladders.create(uow, wanted=wanted))


@routes.get("", summary="List career ladders")
async def list_career_ladders(session: Read, _caller: Reader, day: AsOf, paging: PageAsked) -> Page[CareerLadder]:
    """Ladders as of a day, by code."""
    found = await career_ladders.listed(session, day=day, paging=paging)
    return Page[CareerLadder](**found.written(ladder_shown))


@routes.get("/{ladder_id}", summary="Get a career ladder")
async def get_career_ladder(ladder_id: LadderId, session: Read, _caller: Reader, day: AsOf) -> CareerLadder:
    """The ladder as of a day."""
    return ladder_shown(await career_ladders.one(session, ladder_id=ladder_id, day=day))


@routes.get("/{ladder_id}/steps", summary="List the steps of a career ladder")
async def list_career_ladder_steps(ladder_id: LadderId, session: Read, _caller: Reader, day: AsOf) -> list[RankedStep]:
    """The steps as of a day, each with the next step of its track and its equals on the other."""
    ladder = (await career_ladders.one(session, ladder_id=ladder_id, day=day)).version.content
    ranked = []
    for step, shown in zip(ladder.steps, steps_shown(ladder.steps), strict=True):
        above = ladder.next_step(step.code)
        equals = [other.code for other in ladder.equals(step.code)]
        ranked.append(RankedStep(step=shown, next=above.code if above else None, equals=equals))
    return ranked


@routes.get("/{ladder_id}/versions", summary="List the versions of a career ladder")
async def list_career_ladder_versions(ladder_id: LadderId, session: Read, _caller: Reader) -> list[CareerLadderVersion]:
    """All past, present and future versions of a ladder."""
    return [
        CareerLadderVersion(
            number=each.number,
            valid_from=each.valid_from,
            name=BilingualLabel.model_validate(each.content.name),
            steps=steps_shown(each.content.steps),
            reason=each.reason,
            created_at=each.created_at,
            created_by=each.created_by,
            created_by_name=each.created_by_name,
        )
        for each in await career_ladders.history(session, ladder_id=ladder_id)
    ]


@routes.post("/{ladder_id}/versions", status_code=201, summary="Write the next version of a career ladder")
@located(AS_OF_ITS_DAY)
async def revise_career_ladder(
    ladder_id: LadderId, body: CareerLadderRevision, uow: CompanyHrUnitOfWork, revision: IfMatch
) -> CareerLadder:
    """Writes the next version; earlier ones are kept unchanged. For HR over the whole organisation."""
    wanted = career_ladders.Wanted(ladder_sent("", body.name, body.steps), body.valid_from, body.reason)
    found = await career_ladders.revise(uow, ladder_id=ladder_id, revision=revision, wanted=wanted)
    return ladder_shown(found)


def ladder_shown(found: Ladder) -> CareerLadder:
    """A ladder as it is answered."""
    version = found.version
    return CareerLadder(
        id=found.id,
        code=version.content.code,
        name=BilingualLabel.model_validate(version.content.name),
        number=version.number,
        valid_from=version.valid_from,
        steps=steps_shown(version.content.steps),
        revision=found.revision,
    )
