"""Workflows as tables of moves: from which state, by which action, to which state, by whom.

The names of a workflow, its states and its actions in both languages are beside the table, for refusals, tasks and
messages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from services.kit.errors import Conflict, Forbidden, Text, joined
from services.kit.identity import ROLE_NAMES, Role

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


class TransitionNotPossible(Conflict):
    """The action is not possible in the present state."""

    code = "transition_not_possible"
    zh = "{workflow}目前为“{state}”，不能{action}；{possible}。"
    en = "In the state '{state}' of the {workflow}, {action} is not possible; {possible}."


class TransitionForbidden(Forbidden):
    """The action is possible now, but not for this role."""

    code = "transition_forbidden"
    zh = "{action}须由{roles}办理，请转交有该角色的同事。"
    en = "This ({workflow}: {action}) is for {roles}; ask a colleague who has that role."


_NOTHING = Text("目前没有可办理的操作", "nothing is possible at the moment")


@dataclass(frozen=True)
class Transition(Generic[State, Action]):
    """One row of a workflow's table. ``by`` names the roles that may make the move.

    ``follows``: the move follows from a decision on another record and cannot be made by itself.
    """

    source: State
    action: Action
    target: State
    by: frozenset[Role]
    follows: bool = False


class Workflow(Generic[State, Action]):
    """A workflow. At most one move per state and action; every state and action has a name for people."""

    def __init__(
        self,
        name: str,
        moves: Iterable[Transition[State, Action]],
        *,
        label: Text,
        states: Mapping[State, Text],
        actions: Mapping[Action, Text],
    ) -> None:
        """``label``, ``states`` and ``actions`` say in both languages what the code words mean."""
        self.name = name
        self.moves = tuple(moves)
        self.label = label
        self.states = states
        self.actions = actions
        self._table = {(move.source, move.action): move for move in self.moves}
        if len(self._table) != len(self.moves):
            raise ValueError(f"{name}: two moves share a state and an action")

    def next(self, state: State, action: Action, roles: Iterable[Role]) -> Transition[State, Action]:
        """The move that ``action`` makes from ``state``.

        Raises:
            TransitionNotPossible: not from this state.
            TransitionForbidden: none of ``roles`` may make it.
        """
        move = self._table.get((state, action))
        if move is None:
            raise TransitionNotPossible(
                workflow=self.label,
                state=self.states[state],
                action=self.actions[action],
                possible=self._possible(state),
            )
        if move.by.isdisjoint(roles):
            names = joined(ROLE_NAMES[role] for role in Role if role in move.by)
            raise TransitionForbidden(workflow=self.label, action=self.actions[action], roles=names)
        return move

    def left_by(self, action: Action) -> State:
        """The state in which ``action`` leaves what it moves, for examples: the first of the table."""
        return next(move.target for move in self.moves if move.action == action)

    def _possible(self, state: State) -> Text:
        """What people can do in ``state``, as the end of a sentence."""
        mine = [
            row.action for row in self.moves if row.source == state and row.by != {Role.SERVICE} and not row.follows
        ]
        names = joined(self.actions[action] for action in mine)
        return Text(f"现在可以：{names.zh}", f"possible now: {names.en}") if mine else _NOTHING

    def diagram(self) -> str:
        """The table as a Mermaid state diagram."""
        rows = (f"    {move.source} --> {move.target}: {move.action}" for move in self.moves)
        return "\n".join(("stateDiagram-v2", *rows))
