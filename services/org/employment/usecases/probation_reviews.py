"""Probation reviews: passed, extended or failed by the superior, or by HR if nobody else can (ORG-15)."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Stale, Text, existing
from services.kit.identity import Caller, Role
from services.kit.timeline import at
from services.kit.work.history import advance
from services.kit.work.unit_of_work import UnitOfWork
from services.org.employment.domain import probation_review as probation
from services.org.employment.domain.probation_review import (
    PROBATION_REVIEW,
    ProbationAction,
    ProbationChanged,
    ProbationReview,
    Verdict,
)
from services.org.employment.store import probation_reviews as rows
from services.org.employment.usecases import probation_tasks
from services.org.people.domain.career import Career
from services.org.people.domain.employment import Employment
from services.org.people.domain.probation import ProbationState
from services.org.people.store import careers as career_rows
from services.org.people.store import employees as employee_rows
from services.org.people.store import reporting as reporting_rows
from services.org.people.store.tables import EmployeeRow, ProbationReviewRow
from services.org.people.usecases import careers
from services.org.people.usecases.scope import require_hr_of
from services.org.structure.store import positions as position_rows

Judging = Callable[[Employment], Verdict]


class ProbationReviewUnknown(NotFound):
    """There is no such review, or none that the caller may know of."""

    code = "probation_review_unknown"
    zh = "找不到该试用期评估，或您无权查看。"
    en = "There is no such probation review, or you may not see it."


class NoProbationToReview(Conflict):
    """The person is on no probation, or it is under review or decided already."""

    code = "no_probation_to_review"
    zh = "该员工目前不在试用期，或其试用期已在评估、已有结论。"
    en = "The person is not on probation, or the probation is under review or already decided."


class OwnProbation(Forbidden):
    """Nobody decides about their own probation."""

    code = "own_probation"
    zh = "不能评估本人的试用期，请由直接上级或人力资源办理。"
    en = "You cannot decide on your own probation; your manager or HR has to."


class SuperiorDecides(Forbidden):
    """While there is a superior and there is time, HR does not decide for them."""

    code = "superior_decides"
    zh = "该试用期由直接上级评估；没有上级或逾期未评估时，由人力资源办理。"
    en = "The manager decides on this probation, or HR if there is no manager or the review is overdue."


class ProbationReasonNeeded(Invalid):
    """HR decides in place of the superior, and says why."""

    code = "probation_reason_needed"
    zh = "由人力资源代为评估时，请填写理由。"
    en = "A reason is required if HR decides in place of the manager."


async def open_early(uow: UnitOfWork, *, employee_id: UUID) -> ProbationReview:
    """Open the review of a present probation before it opens automatically, so that a person can pass early.

    Raises:
        OwnProbation, EmployeeUnknown, OutOfScope, NoProbationToReview.
    """
    if uow.caller.employee_id == employee_id:
        raise OwnProbation
    await careers.lock_employee(uow, employee_id)
    await require_hr_of(uow.session, uow.caller, employee_id, uow.today, uow.today)
    due = await rows.due(uow.session, uow.today, since=date.min, until=date.max, employee_id=employee_id)
    if not due:
        raise NoProbationToReview
    review_id = await probation_tasks.open_review(uow, *due[0])
    return await _found(uow.session, review_id, uow.today)


async def pass_probation(
    uow: UnitOfWork, *, review_id: UUID, revision: int, effective_on: date | None, reason: str | None
) -> ProbationReview:
    """Confirm a person as a regular employee, at the latest from the day after probation.

    Raises:
        PassedOutside, and what ``_decide`` refuses.
    """

    def judge(employment: Employment) -> Verdict:
        return probation.passed(employment, effective_on, uow.today, reason)

    return await _decide(uow, review_id=review_id, revision=revision, action=ProbationAction.PASS, judge=judge)


async def extend_probation(
    uow: UnitOfWork, *, review_id: UUID, revision: int, until: date, contract_months: int | None, reason: str
) -> ProbationReview:
    """Extend probation within the legal limit; its end is reviewed again.

    Raises:
        ProbationNotLater, ProbationTooLong, ProbationOutside, and what ``_decide`` refuses.
    """

    def judge(employment: Employment) -> Verdict:
        return probation.extended(employment, until, contract_months=contract_months, today=uow.today, reason=reason)

    return await _decide(uow, review_id=review_id, revision=revision, action=ProbationAction.EXTEND, judge=judge)


async def fail_probation(uow: UnitOfWork, *, review_id: UUID, revision: int, reason: str) -> ProbationReview:
    """Decide that a person does not stay; HR over their unit gets a task to record the termination.

    Raises:
        What ``_decide`` refuses.
    """

    def judge(employment: Employment) -> Verdict:
        return probation.failed(employment, uow.today, reason)

    return await _decide(uow, review_id=review_id, revision=revision, action=ProbationAction.FAIL, judge=judge)


async def _decide(
    uow: UnitOfWork, *, review_id: UUID, revision: int, action: ProbationAction, judge: Judging
) -> ProbationReview:
    """Decide a review as it was read at ``revision``.

    Raises:
        ProbationReviewUnknown, OwnProbation, SuperiorDecides, ProbationReasonNeeded, Stale, TransitionNotPossible,
        ProbationChanged.
    """
    employee_id = existing(await rows.employee_of(uow.session, review_id), ProbationReviewUnknown)
    employee = await careers.lock_employee(uow, employee_id)
    row = existing(await rows.find_for_update(uow.session, review_id), ProbationReviewUnknown)
    held = await _require_decider(uow, row)
    if row.revision != revision:
        raise Stale
    career = await career_rows.get(uow.session, employee_id)
    step = PROBATION_REVIEW.next(ProbationState(row.state), action, held)
    employment = _employment(row, career, uow.today)
    verdict = judge(employment)
    if Role.MANAGER not in held and not (verdict.reason or "").strip():
        expected = Text("请填写理由", "a reason")
        raise ProbationReasonNeeded(field_errors=[FieldError("/reason", None, expected)])
    values = _decision(uow, verdict)
    await advance(uow, ProbationReviewRow, row.id, step, note=verdict.reason, values=values)
    if verdict.employment != employment:
        employee.revision += 1
        await careers.save(uow, career, career.with_employment(verdict.employment))
    await uow.session.refresh(row)
    await _record(uow, row, career, employee)
    await probation_tasks.follow_decision(uow, row, verdict.employment)
    return await _found(uow.session, review_id, uow.today)


def _employment(row: ProbationReviewRow, career: Career, today: date) -> Employment:
    """The employment under review.

    Raises:
        ProbationChanged: it is not as it was when it was asked about.
    """
    for each in career.employments:
        is_same = each.id == row.employment_id and each.probation_until == row.due_on
        if is_same and probation.awaits_review(each, today):
            return each
    raise ProbationChanged


def _decision(uow: UnitOfWork, verdict: Verdict) -> dict[str, object]:
    is_extended = verdict.action is ProbationAction.EXTEND
    return {
        "decided_on": uow.today,
        "decided_by": uow.caller.account_id,
        "decided_by_name": uow.caller.name,
        "reason": verdict.reason,
        "effective_on": verdict.effective_on,
        "probation_until": verdict.employment.probation_until if is_extended else None,
        "contract_months": verdict.contract_months,
    }


async def _require_decider(uow: UnitOfWork, row: ProbationReviewRow) -> frozenset[Role]:
    """The capacity in which the caller may decide: the present superior, or HR over the unit if nobody else can."""
    if uow.caller.employee_id == row.employee_id:
        raise OwnProbation
    chain = (await reporting_rows.chains(uow.session, [(row.employee_id, uow.today)]))[row.employee_id, uow.today]
    if chain and uow.caller.employee_id == chain[0]:
        return frozenset({Role.MANAGER})
    if not uow.caller.has_over(await employee_rows.unit_path(uow.session, row.employee_id, uow.today), Role.HR):
        raise ProbationReviewUnknown
    if chain and uow.today <= row.due_on:
        raise SuperiorDecides
    return frozenset({Role.HR})


async def _record(uow: UnitOfWork, row: ProbationReviewRow, career: Career, employee: EmployeeRow) -> None:
    main = career.main_on(uow.today)
    facts = None
    if main is not None:
        timeline = (await position_rows.timelines(uow.session, [main.position_id])).get(main.position_id, [])
        facts = at(timeline, uow.today)
    after = {
        "state": row.state,
        "effective_on": row.effective_on,
        "probation_until": row.probation_until,
        "contract_months": row.contract_months,
        "reason": row.reason,
    }
    await uow.record(
        "org.probation_review.decided",
        subject=("probation_review", row.id),
        before={"state": ProbationState.OPEN, "due_on": row.due_on},
        after=after,
        data={
            "employee_id": row.employee_id,
            "number": employee.number,
            "assignment_id": main.id if main else None,
            "position_id": main.position_id if main else None,
            "core_talent": facts.facts.core_talent if facts else False,
            "outcome": row.state,
            "effective_on": row.effective_on,
        },
        about=("employee", row.employee_id),
    )


async def one(session: ReadSession, *, caller: Caller, review_id: UUID, today: date) -> ProbationReview:
    """A review, for who decides it, HR over the unit and auditors; for the person concerned once it is decided.

    Raises:
        ProbationReviewUnknown: there is none, or the caller has no part in it.
    """
    found = await _found(session, review_id, today)
    person = found.person
    if caller.employee_id == person.id:
        if found.state is ProbationState.OPEN:
            raise ProbationReviewUnknown
        return found
    path = person.main_assignment.unit_path if person.main_assignment else ()
    if caller.has_over(path, Role.HR, Role.AUDITOR):
        return found
    chain = (await reporting_rows.chains(session, [(person.id, today)]))[person.id, today]
    if caller.employee_id not in chain:
        raise ProbationReviewUnknown
    return found


async def listed(
    session: ReadSession,
    *,
    caller: Caller,
    today: date,
    paging: Paging,
    state: ProbationState | None,
    overdue: bool,
    employee_id: UUID | None,
) -> Rows[ProbationReview]:
    """Reviews by the day on which they are due: of the units of HR and auditors, and those that the caller decides."""
    units = caller.units_of(Role.HR, Role.AUDITOR)
    return await rows.listed(
        session,
        paging,
        today=today,
        units=units,
        reader_id=caller.employee_id,
        state=state,
        overdue=overdue,
        employee_id=employee_id,
    )


async def _found(session: ReadSession, review_id: UUID, today: date) -> ProbationReview:
    return existing(await rows.one(session, review_id, today), ProbationReviewUnknown)
