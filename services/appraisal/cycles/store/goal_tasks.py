"""Goals that wait to be proposed, as tasks of all owners at once (APR-05, PLT-02)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import String, cast, literal, select

from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.kit.work.tasks import open_tasks
from services.kit.work.unit_of_work import UnitOfWork

PROPOSE: Final = "goals.propose"


async def open_proposals(
    uow: UnitOfWork,
    cycle_id: UUID,
    scheme_ids: Sequence[UUID],
    *,
    due_at: datetime | None,
    form_ids: Sequence[UUID] | None,
) -> None:
    """Let the goals of every form under these schemes (of ``form_ids`` only, where given) wait for the form's owner."""
    cycle = literal("（") + CycleRow.name + literal("）")
    wanted = (
        select(
            FormRow.id,
            FormRow.owner_id,
            literal("提出") + FormRow.subject_name + literal("的目标") + cycle,
            literal("Propose the goals of ") + FormRow.subject_name_en + literal(" (") + CycleRow.name + literal(")"),
            literal("/v1/appraisal/forms/") + cast(FormRow.id, String) + literal("/goals"),
        )
        .join(CycleRow, CycleRow.id == FormRow.cycle_id)
        .where(
            FormRow.cycle_id == cycle_id,
            FormRow.scheme_id.in_(scheme_ids),
            FormRow.owner_id.is_not(None),
            FormRow.state != GoalState.AGREED.value,
        )
    )
    if form_ids is not None:
        wanted = wanted.where(FormRow.id.in_(form_ids))
    await open_tasks(uow, PROPOSE, noun="form", wanted=wanted, due_at=due_at)
