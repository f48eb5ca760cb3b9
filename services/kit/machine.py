"""Workflows as tables of moves: from which state, by which action, to which state, by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from services.kit.errors import Conflict, Forbidden
from services.kit.identity import Role

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


class IllegalMove(Conflict):
    """The action is not possible in the present state."""

    code = "illegal_move"
    zh = "{workflow}当前处于“{state}”状态，不能执行“{action}”；可行的操作：{possible}。"
    en = "The {workflow} is {state}: {action} is not possible now; possible is {possible}."


class NotYourMove(Forbidden):
    """The action is possible now, but not for this role."""

    code = "not_your_move"
    zh = "“{action}”须由以下角色执行：{roles}。"
    en = "{action} is for these roles: {roles}."


@dataclass(frozen=True)
class Move(Generic[State, Action]):
    """One row of a workflow's table. ``by`` names the roles that may make the move."""

    source: State
    action: Action
    target: State
    by: frozenset[Role]


class Machine(Generic[State, Action]):
    """A workflow. At most one move per state and action."""

    def __init__(self, name: str, moves: Iterable[Move[State, Action]]) -> None:
        self.name = name
        self.moves = tuple(moves)
        self._table = {(move.source, move.action): move for move in self.moves}
        if len(self._table) != len(self.moves):
            raise ValueError(f"{name}: two moves share a state and an action")

    def next(self, state: State, action: Action, roles: Iterable[Role]) -> Move[State, Action]:
        """The move that ``action`` makes from ``state``.

        Raises:
            IllegalMove: not from this state.
            NotYourMove: none of ``roles`` may make it.
        """
        move = self._table.get((state, action))
        if move is None:
            possible = ", ".join(row.action for row in self.moves if row.source == state) or "—"
            raise IllegalMove(workflow=self.name, state=state, action=action, possible=possible)
        if move.by.isdisjoint(roles):
            raise NotYourMove(action=action, roles=", ".join(sorted(move.by)))
        return move

    def diagram(self) -> str:
        """The table as a Mermaid state diagram."""
        rows = (f"    {move.source} --> {move.target}: {move.action}" for move in self.moves)
        return "\n".join(("stateDiagram-v2", *rows))
