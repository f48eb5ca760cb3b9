"""Whose a task is that asks for a transition: everyone whom the workflow lets make it (PLT-02)."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from services.kit.identity import Role
from services.kit.work.tasks import Assignee
from services.kit.workflow import Workflow

_BY_RELATION = frozenset({Role.EMPLOYEE, Role.MANAGER, Role.SERVICE})
"""Never granted over a unit: people whom the record itself names, and client systems."""


def whoever_may(
    workflow: Workflow[Any, Any], *actions: Any, unit_path: Sequence[UUID] = (), excluded_ids: Collection[UUID] = ()
) -> list[Assignee]:
    """Every role over a unit that may make one of the transitions, for ``open_task``; people are named beside it."""
    by = {role for move in workflow.moves if move.action in actions for role in move.by} - _BY_RELATION
    return [Assignee(role=role, unit_path=unit_path, excluded_ids=excluded_ids) for role in Role if role in by]
