"""/v1/appraisal/cycles: the public notice of results, and how grades are distributed (APR-12, APR-13)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from services.appraisal.decisions.usecases import public_notice
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller, Overseer
from services.kit.fields import ExactDecimal, Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import Context, Now, PageAsked, Read

routes = router("/v1/appraisal/cycles", tag="results")


class Public(Model):
    """One line of the publicity in a department."""

    result_id: UUID
    subject_kind: SubjectKind
    subject_code: str
    subject_name: str
    department_id: UUID
    unit_name: str
    grade: Grade


class PublicPage(Page[Public]):
    """A page of the publicity with its window, both days included."""

    first: date
    last: date


class Share(Model):
    """A grade's part of the people; ``cumulative`` counts better grades too."""

    grade: Grade
    count: int
    percent: ExactDecimal
    cumulative: ExactDecimal
    quota: ExactDecimal | None
    exceeded: bool


class Distribution(Model):
    """How grades are distributed over a unit's subtree."""

    unit_id: UUID | None
    people: int
    shares: list[Share]


@routes.get("/{cycle_id}/publicity")
async def read_publicity(
    cycle_id: UUID, caller: AnyCaller, session: Read, context: Context, now: Now, paging: PageAsked
) -> PublicPage:
    """Names and grades in the caller's own department while results are shown; HR sees those of her units."""
    window, found = await public_notice.shown(
        session, caller=caller, cycle_id=cycle_id, zone=context.zone, now=now, paging=paging
    )
    written = found.written(
        lambda row: Public(
            result_id=row.id,
            subject_kind=row.subject_kind,
            subject_code=row.subject_code,
            subject_name=row.subject_name,
            department_id=row.department_id,
            unit_name=row.unit_name,
            grade=row.grade,
        )
    )
    return PublicPage.model_validate({**written, "first": window.first, "last": window.last})


@routes.get("/{cycle_id}/distribution")
async def read_distribution(
    cycle_id: UUID,
    caller: Overseer,
    session: Read,
    unit_id: Annotated[UUID | None, Query(description="a unit's subtree; by default all in scope")] = None,
) -> Distribution:
    """How grades are distributed, against the newest quota of a session about that unit (APR-12)."""
    shares = await public_notice.shares(session, caller=caller, cycle_id=cycle_id, unit_id=unit_id)
    return Distribution(
        unit_id=unit_id, people=sum(share.count for share in shares), shares=[Share.model_validate(s) for s in shares]
    )
