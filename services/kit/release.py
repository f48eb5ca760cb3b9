"""Entered by one person, released by another: what one must not decide alone waits until a second person says yes.

The check compares people, not accounts: a person with two accounts is still one person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from services.kit.errors import Forbidden, Text
from services.kit.identity import Caller, Role
from services.kit.workflow import Transition, Workflow


class ReleaseState(StrEnum):
    """Its state; only what is released counts."""

    PROPOSED = "proposed"
    RELEASED = "released"
    REFUSED = "refused"


class ReleaseAction(StrEnum):
    """The second person's decision. The person who entered it may also refuse it, which withdraws it."""

    RELEASE = "release"
    REFUSE = "refuse"


class SecondPersonNeeded(Forbidden):
    """The person who entered or asked for something cannot decide on it."""

    code = "second_person_needed"
    zh = "须由提交人以外的同事办理，请转交有相同角色的同事。"
    en = "You entered this yourself, so someone else has to decide on it; ask a colleague with the same role."


ReleaseWorkflow = Workflow[ReleaseState, ReleaseAction]


def release_workflow(name: str, label: Text, by: Iterable[Role]) -> ReleaseWorkflow:
    """The workflow of something that ``by`` enter and, another person, release or refuse."""
    roles = frozenset(by)
    return Workflow(
        name,
        [
            Transition(ReleaseState.PROPOSED, ReleaseAction.RELEASE, ReleaseState.RELEASED, roles),
            Transition(ReleaseState.PROPOSED, ReleaseAction.REFUSE, ReleaseState.REFUSED, roles),
        ],
        label=label,
        states={
            ReleaseState.PROPOSED: Text("待生效确认", "proposed"),
            ReleaseState.RELEASED: Text("已确认", "released"),
            ReleaseState.REFUSED: Text("已退回", "refused"),
        },
        actions={
            ReleaseAction.RELEASE: Text("确认生效", "releasing"),
            ReleaseAction.REFUSE: Text("退回", "refusing"),
        },
    )


@dataclass(frozen=True)
class Signature:
    """Who did something, by account and, where the account is somebody's, by person."""

    account_id: UUID
    employee_id: UUID | None

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """The caller's."""
        return cls(caller.account_id, caller.employee_id)

    @property
    def ids(self) -> tuple[UUID, ...]:
        """The account and the person, for ``excluded_ids`` of a task."""
        return (self.account_id,) if self.employee_id is None else (self.account_id, self.employee_id)

    def is_of(self, caller: Caller) -> bool:
        """Whether it was the caller, by account or by person."""
        same_person = self.employee_id is not None and self.employee_id == caller.employee_id
        return self.account_id == caller.account_id or same_person


def require_second_person(signed: Iterable[Signature], caller: Caller) -> None:
    """Refuse a caller who signed already.

    Raises:
        SecondPersonNeeded.
    """
    if any(signature.is_of(caller) for signature in signed):
        raise SecondPersonNeeded


@dataclass(frozen=True)
class ReleaseRecord:
    """Who entered something and who decided about it; ``revision`` is for If-Match."""

    state: ReleaseState
    revision: int
    entered_at: datetime
    entered_by_name: str
    decided_at: datetime | None
    decided_by_name: str | None
    decision: str | None
