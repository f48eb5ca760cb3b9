"""Workflows are tables: every state, action and role is decided by the table and by nothing else."""

from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from services.kit.errors import Conflict, Forbidden, Text
from services.kit.identity import Role
from services.kit.workflow import Transition, TransitionForbidden, TransitionNotPossible, Workflow


class State(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Action(StrEnum):
    OPEN = "open"
    CLOSE = "close"
    REOPEN = "reopen"


MOVES = (
    Transition(State.DRAFT, Action.OPEN, State.OPEN, frozenset({Role.HR})),
    Transition(State.OPEN, Action.CLOSE, State.CLOSED, frozenset({Role.HR, Role.FINANCE})),
    Transition(State.CLOSED, Action.REOPEN, State.OPEN, frozenset({Role.EXECUTIVE})),
)
WORDS: dict[str, Any] = {
    "label": Text("考核周期", "appraisal cycle"),
    "states": {
        State.DRAFT: Text("草稿", "draft"),
        State.OPEN: Text("进行中", "open"),
        State.CLOSED: Text("已关闭", "closed"),
    },
    "actions": {
        Action.OPEN: Text("启动", "opening"),
        Action.CLOSE: Text("关闭", "closing"),
        Action.REOPEN: Text("重新启动", "reopening"),
    },
}
MACHINE: Workflow[State, Action] = Workflow("cycle", MOVES, **WORDS)


@pytest.mark.parametrize(("state", "action", "role"), list(product(State, Action, Role)))
def test_the_table_alone_decides(state: State, action: Action, role: Role) -> None:
    move = next((move for move in MOVES if (move.source, move.action) == (state, action)), None)
    if move is None:
        with pytest.raises(TransitionNotPossible):
            MACHINE.next(state, action, [role])
    elif role in move.by:
        assert MACHINE.next(state, action, [Role.EMPLOYEE, role]) is move
    else:
        with pytest.raises(TransitionForbidden):
            MACHINE.next(state, action, [role])


@pytest.mark.req("PLT-08")
def test_a_refusal_names_state_action_and_what_is_possible_in_words_for_people() -> None:
    with pytest.raises(TransitionNotPossible) as illegal:
        MACHINE.next(State.OPEN, Action.OPEN, [Role.HR])
    assert illegal.value.text("zh") == "考核周期目前为“进行中”，不能启动；现在可以：关闭。"
    assert illegal.value.text("en") == (
        "In the state 'open' of the appraisal cycle, opening is not possible; possible now: closing."
    )
    assert isinstance(illegal.value, Conflict)
    with pytest.raises(TransitionForbidden) as foreign:
        MACHINE.next(State.OPEN, Action.CLOSE, [Role.EMPLOYEE])
    assert foreign.value.text("zh") == "关闭须由人力资源、财务办理，请转交有该角色的同事。"
    assert "HR, finance" in foreign.value.text("en")
    assert isinstance(foreign.value, Forbidden)


def test_what_only_a_job_does_is_not_offered_to_people() -> None:
    by_job = [Transition(State.DRAFT, Action.OPEN, State.OPEN, frozenset({Role.SERVICE}))]
    with pytest.raises(TransitionNotPossible) as illegal:
        Workflow("cycle", by_job, **WORDS).next(State.DRAFT, Action.CLOSE, [Role.HR])
    assert illegal.value.text("zh") == "考核周期目前为“草稿”，不能关闭；目前没有可办理的操作。"


def test_two_moves_of_one_state_and_action_are_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        Workflow("cycle", [*MOVES, MOVES[0]], **WORDS)


def test_the_diagram_is_the_table() -> None:
    rows = ["draft --> open: open", "open --> closed: close", "closed --> open: reopen"]
    assert MACHINE.diagram().splitlines() == ["stateDiagram-v2", *(f"    {row}" for row in rows)]
