"""Workflows are tables: every state, action and role is decided by the table and by nothing else."""

from enum import StrEnum
from itertools import product

import pytest

from services.kit.errors import Conflict, Forbidden
from services.kit.identity import Role
from services.kit.machine import IllegalMove, Machine, Move, NotYourMove


class State(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Action(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"


MOVES = (
    Move(State.DRAFT, Action.OPEN, State.OPEN, frozenset({Role.HR})),
    Move(State.OPEN, Action.CLOSE, State.CLOSED, frozenset({Role.HR, Role.FINANCE})),
    Move(State.CLOSED, Action.REOPEN, State.OPEN, frozenset({Role.EXECUTIVE})),
)
MACHINE = Machine("cycle", MOVES)


@pytest.mark.parametrize(("state", "action", "role"), list(product(State, Action, Role)))
def test_the_table_alone_decides(state: State, action: Action, role: Role) -> None:
    move = next((move for move in MOVES if (move.source, move.action) == (state, action)), None)
    if move is None:
        with pytest.raises(IllegalMove):
            MACHINE.next(state, action, [role])
    elif role in move.by:
        assert MACHINE.next(state, action, [Role.EMPLOYEE, role]) is move
    else:
        with pytest.raises(NotYourMove):
            MACHINE.next(state, action, [role])


def test_a_refusal_names_state_action_and_what_is_possible() -> None:
    with pytest.raises(IllegalMove) as illegal:
        MACHINE.next(State.OPEN, Action.OPEN, [Role.HR])
    assert "close" in illegal.value.text("zh")
    assert isinstance(illegal.value, Conflict)
    with pytest.raises(NotYourMove) as foreign:
        MACHINE.next(State.OPEN, Action.CLOSE, [Role.EMPLOYEE])
    assert "finance, hr" in foreign.value.text("en")
    assert isinstance(foreign.value, Forbidden)


def test_two_moves_of_one_state_and_action_are_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        Machine("cycle", [*MOVES, MOVES[0]])


def test_the_diagram_is_the_table() -> None:
    rows = ["draft --> open: open", "open --> closed: close", "closed --> open: reopen"]
    assert MACHINE.diagram().splitlines() == ["stateDiagram-v2", *(f"    {row}" for row in rows)]
