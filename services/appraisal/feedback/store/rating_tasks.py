"""Rating forms that wait, as tasks that their raters alone see (APR-09, APR-10, PLT-02).

They are opened and ended for a whole cycle in one statement; a submission deletes the rater's own and leaves no trace.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import String, case, cast, literal, or_, select

from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.store.absent_raters import DECIDE
from services.appraisal.feedback.store.handover import REPLACE
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.library.domain.relation import ANONYMOUS, Relation
from services.appraisal.library.domain.scheme import SubjectKind
from services.kit.deadlines import end_of
from services.kit.work.tasks import close_tasks, close_tasks_among, open_tasks, set_deadline
from services.kit.work.unit_of_work import UnitOfWork

_NOUN: Final = "rating_form"
_SUBMIT: Final = "rating_form.submit"


async def open_rating_tasks(
    uow: UnitOfWork, cycle_id: UUID, *, due_on: date | None, rating_form_id: UUID | None = None
) -> None:
    """Let what can still be rated in a cycle (or one rating form of it) wait for its rater.

    ``due_on`` is the last day in time; a late rater sees an overdue task, and nobody else sees that they are late.
    Once scoring has begun, this covers only attributed ratings; anonymous ones are no longer accepted.
    """
    own = RaterRow.relation == Relation.SELF.value
    name, name_en, cycle = FormRow.subject_name, FormRow.subject_name_en, CycleRow.name
    zh = case((own, literal("完成自评：")), else_=literal("评价")) + name + literal("（") + cycle + literal("）")
    asked = case((own, literal("Assess yourself: ")), else_=literal("Rate "))
    en = asked + name_en + literal(" (") + cycle + literal(")")
    link = literal("/v1/appraisal/rating_forms/") + cast(RaterRow.id, String)
    wanted = (
        select(RaterRow.id, RaterRow.rater_id, zh, en, link)
        .join(FormRow, FormRow.id == RaterRow.form_id)
        .join(CycleRow, CycleRow.id == RaterRow.cycle_id)
        .where(
            RaterRow.cycle_id == cycle_id,
            RaterRow.state == RatingState.OPEN.value,
            FormRow.excluded_at.is_(None),
            ~RaterRow.replaced,
            or_(~CycleRow.ratings_closed, RaterRow.relation.not_in([relation.value for relation in ANONYMOUS])),
        )
    )
    if rating_form_id is not None:
        wanted = wanted.where(RaterRow.id == rating_form_id)
    await open_tasks(uow, _SUBMIT, noun=_NOUN, wanted=wanted, private=True, due_at=_due_at(uow, due_on))


async def move_deadline(uow: UnitOfWork, cycle_id: UUID, *, due_on: date | None) -> None:
    """Every rating form of a cycle that waits gets this last day."""
    forms = select(RaterRow.id).where(RaterRow.cycle_id == cycle_id)
    await set_deadline(uow, _SUBMIT, subjects=forms, due_at=_due_at(uow, due_on))


async def close_rating_task(uow: UnitOfWork, rating_form_id: UUID) -> None:
    """One rating form does not wait any more."""
    await close_tasks(uow, _SUBMIT, subject=(_NOUN, rating_form_id))


async def close_rating_tasks(
    uow: UnitOfWork, cycle_id: UUID, *, subject: tuple[SubjectKind, UUID] | None = None
) -> None:
    """Nothing in the cycle (or about one subject of it) waits for a rater any more, nor for HR to find one."""
    forms = select(FormRow.id).where(FormRow.cycle_id == cycle_id)
    if subject is not None:
        kind, subject_id = subject
        forms = forms.where(FormRow.subject_kind == kind.value, FormRow.subject_id == subject_id)
    raters = select(RaterRow.id).where(RaterRow.form_id.in_(forms))
    await close_tasks_among(uow, _SUBMIT, subjects=raters)
    await close_tasks_among(uow, REPLACE, DECIDE, subjects=forms)


def _due_at(uow: UnitOfWork, due_on: date | None) -> datetime | None:
    return None if due_on is None else end_of(due_on, uow.local_now)
