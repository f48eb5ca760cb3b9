"""Rows of what one person enters and another releases, and the decision about them (see ``kit.release``)."""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import DateTime, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database.sessions import Moment, Revision, Title
from services.kit.errors import Stale
from services.kit.release import (
    ReleaseAction,
    ReleaseRecord,
    ReleaseState,
    ReleaseWorkflow,
    Signature,
    require_second_person,
)
from services.kit.work.history import Stateful, Trail, advance, trail_of
from services.kit.work.refusal_notices import asked_in, refused, tell_refusal
from services.kit.work.tasks import close_tasks
from services.kit.work.unit_of_work import UnitOfWork


class Releasable:
    """The columns of such a row."""

    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[Revision]
    entered_at: Mapped[Moment]
    entered_by: Mapped[UUID]
    entered_by_person: Mapped[UUID | None]
    entered_by_name: Mapped[Title]
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[Title | None]
    decision: Mapped[str | None] = mapped_column(LongText)

    @property
    def record(self) -> ReleaseRecord:
        """Who entered it and who decided."""
        return ReleaseRecord(
            ReleaseState(self.state),
            self.revision,
            self.entered_at,
            self.entered_by_name,
            self.decided_at,
            self.decided_by_name,
            self.decision,
        )


class ReleasableRow(Stateful, Protocol):
    """A row with those columns."""

    entered_by: UUID
    entered_by_person: UUID | None


def entered(uow: UnitOfWork) -> dict[str, Any]:
    """The columns of a row that the caller enters now."""
    return {
        "state": ReleaseState.PROPOSED.value,
        "revision": 1,
        "entered_at": uow.now,
        "entered_by": uow.caller.account_id,
        "entered_by_person": uow.caller.employee_id,
        "entered_by_name": uow.caller.name,
    }


async def decide(
    uow: UnitOfWork,
    workflow: ReleaseWorkflow,
    row: ReleasableRow,
    action: ReleaseAction,
    *,
    revision: int,
    reason: str | None = None,
) -> ReleaseState:
    """Release or refuse what the caller saw at ``revision``; what waited for it waits no longer.

    Whoever entered what another person refuses finds a task to read why.

    Raises:
        TransitionNotPossible, TransitionForbidden, Stale, StateChanged.
        SecondPersonNeeded: the caller entered it and would release it.
    """
    move = workflow.next(ReleaseState(row.state), action, uow.caller.roles)
    if action is ReleaseAction.RELEASE:
        require_second_person([Signature(row.entered_by, row.entered_by_person)], uow.caller)
    if row.revision != revision:
        raise Stale
    decided = {
        "decided_at": uow.now,
        "decided_by": uow.caller.account_id,
        "decided_by_name": uow.caller.name,
        "decision": reason,
    }
    await advance(uow, type(row), row.id, move, note=reason, values=decided)
    kind, subject = f"{workflow.name}.release", (workflow.name, row.id)
    asked = await asked_in(uow.session, kind, subject)
    await close_tasks(uow, kind, subject=subject)
    if action is ReleaseAction.REFUSE and asked is not None:
        proposer, (title, link) = Signature(row.entered_by, row.entered_by_person), asked
        await tell_refusal(uow, subject=subject, proposer=proposer, title=refused(title), link=link)
    return move.target


def release_trail(state: ReleaseState, /, *, revision: int, **decided: object) -> Trail:
    """What ``decide`` did for the audit trail: what was decided on at which revision; what is None is left out."""
    return trail_of(ReleaseState.PROPOSED.value, state.value, revision=revision, **decided)
