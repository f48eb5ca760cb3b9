"""Probation reviews: who is to be decided about, and the decision (ORG-15)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Day, Id, Model, Prose
from services.kit.web.application import IfMatch, PageAsked, Read, Today
from services.kit.web.routing import answers_with, router
from services.org.employment.domain import probation_review as probation
from services.org.employment.usecases import probation_reviews
from services.org.people.api.fields import EXAMPLE_ID, EmployeeField, RevisionField
from services.org.people.domain.probation import ProbationState
from services.org.permissions import HrUnitOfWork, ProbationDeciderUnitOfWork, ProbationReader

PATH = "/v1/org/probation_reviews"
routes = router(PATH, tag="probation_reviews")

ReviewId = Annotated[UUID, Path(description="Id of the probation review.")]
Reason = Annotated[
    Prose, Field(description="Reason, kept for the person, HR and auditors.", examples=["三项业务目标均未达到录用条件"])
]


class NewProbationReview(Model):
    """The employee whose probation is to be reviewed."""

    employee_id: EmployeeField


class ProbationPassed(Model):
    """The decision that the person becomes a regular employee."""

    effective_on: Annotated[
        Day | None,
        Field(
            description="First day as a regular employee, today or later; null: the day after probation.",
            examples=["2026-04-05"],
        ),
    ] = None
    reason: Annotated[
        Prose | None,
        Field(description="Reason; required if HR decides in place of the manager.", examples=["目标完成"]),
    ] = None


class ProbationExtended(Model):
    """An extension of probation, within the legal limit."""

    probation_until: Annotated[Day, Field(description="New last day of probation.", examples=["2026-05-04"])]
    contract_months: Annotated[
        int | None,
        Field(
            ge=1,
            le=600,
            description="Term of the employment contract in months, which sets the limit; null if it has no fixed "
            "term.",
            examples=[36],
        ),
    ]
    reason: Reason


class ProbationFailed(Model):
    """The decision that the person does not meet the conditions of employment."""

    reason: Reason


class ProbationReview(Model):
    """A probation review, open or decided."""

    id: Annotated[Id, Field(description="Id of the probation review.", examples=[EXAMPLE_ID])]
    employee_id: EmployeeField
    employee_number: Annotated[str, Field(description="Number of the employee.", examples=["E1024"])]
    employee_name: Annotated[str, Field(description="Name of the employee.", examples=["张伟"])]
    position_title: Annotated[
        str | None, Field(description="Title of the main position today, in Chinese.", examples=["渠道经理"])
    ]
    position_title_en: Annotated[
        str | None, Field(description="Title of the main position today, in English.", examples=["Channel manager"])
    ]
    unit_name: Annotated[
        str | None, Field(description="Name of the position's unit today, in Chinese.", examples=["销售部"])
    ]
    unit_name_en: Annotated[
        str | None, Field(description="Name of the position's unit today, in English.", examples=["Sales"])
    ]
    superior_id: Annotated[
        Id | None, Field(description="Id of the person who decides; null: there is no superior, and HR decides.")
    ]
    superior_number: Annotated[str | None, Field(description="Number of the person who decides.", examples=["E1001"])]
    superior_name: Annotated[str | None, Field(description="Name of the person who decides.", examples=["李婷"])]
    state: Annotated[ProbationState, Field(description="State: open, or the decision.", examples=["open"])]
    opened_on: Annotated[date, Field(description="Day on which it was opened.", examples=["2026-03-21"])]
    due_on: Annotated[date, Field(description="Last day of the probation under review.", examples=["2026-04-04"])]
    days_overdue: Annotated[
        int,
        Field(description="Calendar days from `due_on` to the decision, or to today; 0 if not overdue.", examples=[0]),
    ]
    decided_on: Annotated[date | None, Field(description="Day of the decision; null while open.", examples=[None])]
    decided_by_name: Annotated[str | None, Field(description="Name of the person who decided.", examples=[None])]
    reason: Annotated[str | None, Field(description="Reason for the decision.", examples=[None])]
    effective_on: Annotated[
        Day | None,
        Field(
            description="First day as a regular employee, first day of the extension, or day of the decision if "
            "probation was failed.",
            examples=[None],
        ),
    ]
    probation_until: Annotated[
        date | None, Field(description="New last day of an extended probation.", examples=[None])
    ]
    contract_months: Annotated[
        int | None, Field(description="Term in months of the contract that limited the extension.", examples=[None])
    ]
    revision: RevisionField


@routes.post("", status_code=201, summary="Open a probation review early")
async def open_probation_review(body: NewProbationReview, uow: HrUnitOfWork) -> ProbationReview:
    """Opens a review before it opens automatically, so that the manager can end a probation early. For HR over the
    unit.
    """
    found = await probation_reviews.open_early(uow, employee_id=body.employee_id)
    return _review(found)


@routes.get("", summary="List probation reviews")
async def list_probation_reviews(
    session: Read,
    caller: ProbationReader,
    paging: PageAsked,
    today: Today,
    state: Annotated[ProbationState | None, Query(description="Only those in this state.")] = None,
    overdue: Annotated[bool, Query(description="Only open reviews whose probation has ended.")] = False,
    employee_id: Annotated[UUID | None, Query(description="Only reviews of this employee.")] = None,
) -> Page[ProbationReview]:
    """Reviews by due date: HR and auditors see those of their units, and everyone those that wait for their own
    decision.
    """
    found = await probation_reviews.listed(
        session, caller=caller, today=today, paging=paging, state=state, overdue=overdue, employee_id=employee_id
    )
    return Page[ProbationReview](**found.written(_review))


@routes.get("/{review_id}", summary="Get a probation review")
async def get_probation_review(
    review_id: ReviewId, session: Read, caller: ProbationReader, today: Today
) -> ProbationReview:
    """A probation review. For superiors of the person, HR over the unit and auditors; for the person once it is
    decided.
    """
    found = await probation_reviews.one(session, caller=caller, review_id=review_id, today=today)
    return _review(found)


@routes.post("/{review_id}/pass", summary="Pass a probation")
@answers_with(state="passed")
async def pass_probation(
    review_id: ReviewId, body: ProbationPassed, uow: ProbationDeciderUnitOfWork, revision: IfMatch
) -> ProbationReview:
    """Confirms a person as a regular employee, after probation or earlier.

    For the manager, or for HR if there is no manager or the review is overdue. Nobody can decide on their own
    probation.
    """
    found = await probation_reviews.pass_probation(uow, review_id=review_id, revision=revision, **body.model_dump())
    return _review(found)


@routes.post("/{review_id}/extend", summary="Extend a probation")
@answers_with(state="extended")
async def extend_probation(
    review_id: ReviewId, body: ProbationExtended, uow: ProbationDeciderUnitOfWork, revision: IfMatch
) -> ProbationReview:
    """Extends probation within the legal limit; its new end is reviewed again.

    The limit follows from the term of the contract: 1 month for 3 months or more, 2 months from 1 year on, 6 months
    from 3 years on or without a fixed term, counted from the first day of the employment; none for shorter contracts.
    """
    found = await probation_reviews.extend_probation(
        uow,
        review_id=review_id,
        revision=revision,
        until=body.probation_until,
        contract_months=body.contract_months,
        reason=body.reason,
    )
    return _review(found)


@routes.post("/{review_id}/fail", summary="Fail a probation")
@answers_with(state="failed")
async def fail_probation(
    review_id: ReviewId, body: ProbationFailed, uow: ProbationDeciderUnitOfWork, revision: IfMatch
) -> ProbationReview:
    """Decides that the person does not meet the conditions of employment; HR gets a task to
    record the termination.
    """
    found = await probation_reviews.fail_probation(uow, review_id=review_id, revision=revision, reason=body.reason)
    return _review(found)


def _review(found: probation.ProbationReview) -> ProbationReview:
    person, superior = found.person, found.superior
    main = person.main_assignment
    unit = main.unit if main else None
    own = {name: getattr(found, name) for name in ProbationReview.model_fields if hasattr(found, name)}
    return ProbationReview(
        **own,
        employee_id=person.id,
        employee_number=person.number,
        employee_name=person.name,
        position_title=main.title if main else None,
        position_title_en=main.title_en if main else None,
        unit_name=unit.name if unit else None,
        unit_name_en=unit.name_en if unit else None,
        superior_id=superior.id if superior else None,
        superior_number=superior.number if superior else None,
        superior_name=superior.name if superior else None,
    )
