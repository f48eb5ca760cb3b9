"""Forms with raters who are away for the rest of evaluation, or have left, and about whom nobody has decided (APR-09).

Of anonymous raters the statements do not read whether they have submitted (APR-10).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union

from services.appraisal.cycles.domain.absence import OPEN_REST
from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store.tables import AbsenceRow, CycleRow, DepartureRow, FormRow
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.library.domain.relation import ANONYMOUS, Relation
from services.kit.database.sessions import ReadSession
from services.kit.work.tasks import task

DECIDE: Final = "form.decide_absent_raters"
"""The task of HR to keep or replace the raters of a form who are away."""
_HIDDEN: Final = [relation.value for relation in ANONYMOUS]


async def to_ask_about(session: ReadSession, today: date, most: int) -> Sequence[UUID]:
    """The first ``most`` forms on which somebody has to decide, and nobody has been asked to."""
    form = _undecided(today).c.form_id
    asked = exists().where(task.c.kind == DECIDE, task.c.subject_id == form)
    return (await session.execute(select(form).where(~asked).order_by(form).limit(most))).scalars().all()


def decided(today: date, form_id: UUID | None = None) -> Select[UUID]:
    """The forms (or one of them) on which somebody was asked to decide, and nothing is left to decide."""
    waiting = select(task.c.subject_id).where(
        task.c.kind == DECIDE, task.c.subject_id.not_in(select(_undecided(today, form_id).c.form_id))
    )
    return waiting if form_id is None else waiting.where(task.c.subject_id == form_id)


def _undecided(today: date, form_id: UUID | None = None) -> Any:
    rest = func.greatest(today, func.coalesce(CycleRow.ratings_due_on, today + OPEN_REST))
    has_left = exists().where(DepartureRow.employee_id == RaterRow.rater_id, DepartureRow.last_day < today)
    away = _asked(form_id).join(AbsenceRow, AbsenceRow.employee_id == RaterRow.rater_id)
    away = away.where(
        AbsenceRow.valid_from <= today,
        or_(AbsenceRow.valid_to.is_(None), AbsenceRow.valid_to >= rest),
        RaterRow.kept_despite.is_distinct_from(AbsenceRow.valid_from),
        ~has_left,  # the absence of who has left is not decided about any more
    )
    left = _asked(form_id).join(DepartureRow, DepartureRow.employee_id == RaterRow.rater_id)
    left = left.where(
        DepartureRow.last_day < today,
        RaterRow.relation != Relation.SUPERIOR.value,  # the next of the line is asked without a decision
        RaterRow.kept_despite.is_distinct_from(DepartureRow.last_day),
    )
    return union(away, left).subquery()


def _asked(form_id: UUID | None) -> Select[UUID]:
    anonymous = RaterRow.relation.in_(_HIDDEN)
    counts: ColumnElement[bool] = or_(
        and_(anonymous, ~CycleRow.ratings_closed), and_(~anonymous, RaterRow.state == RatingState.OPEN.value)
    )
    query = (
        select(RaterRow.form_id)
        .join(FormRow, FormRow.id == RaterRow.form_id)
        .join(CycleRow, CycleRow.id == RaterRow.cycle_id)
        .where(
            CycleRow.state == CycleState.EVALUATING.value,
            FormRow.excluded_at.is_(None),
            ~RaterRow.replaced,
            RaterRow.relation != Relation.SELF.value,
            counts,
        )
    )
    return query if form_id is None else query.where(RaterRow.form_id == form_id)
