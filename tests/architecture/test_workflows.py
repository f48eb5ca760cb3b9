"""Every workflow moves as the table beside this file says; it, its states and actions are named in both languages."""

import importlib
from collections.abc import Mapping
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest

from deploy.database import SERVICES
from services.kit.identity import ROLE_NAMES, Role
from services.kit.workflow import TransitionForbidden, TransitionNotPossible, Workflow
from services.kit.yaml_files import read_yaml
from tests.architecture.sources import sources


def workflows() -> dict[str, Workflow[Any, Any]]:
    """Every workflow of the product, by the module that declares it and its name."""
    return {
        f"{module}.{name}": value
        for source in sources("services")
        if "orkflow(" in source.text
        for module in [source.name.removesuffix(".py").replace("/", ".")]
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, Workflow)
    }


WORKFLOWS = workflows()
MOVES: Final[Mapping[str, str]] = read_yaml(Path(__file__).with_name("workflows.yaml"))
"""By the service and the name of a workflow. Written a second time, so that a slip in a table does not pass unseen."""


def moves(name: str) -> dict[tuple[str, str], tuple[str, set[str]]]:
    """The moves written there."""
    rows = [row.split() for row in MOVES[name].splitlines()]
    return {(source, action): (target, set(by.split(","))) for source, action, target, by in rows}


def called(name: str) -> str:
    """What the table calls the workflow of a module."""
    return f"{name.split('.')[1]} {WORKFLOWS[name].name}"


def test_the_table_knows_every_workflow() -> None:
    assert {called(name) for name in WORKFLOWS} == set(MOVES)


@pytest.mark.req("PLT-01")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_describes_every_one_of_its_workflows_under_a_name_of_its_own(service: str) -> None:
    described = list(importlib.import_module(f"services.{service}.workflows").WORKFLOWS)
    mine = [flow for name, flow in WORKFLOWS.items() if name.startswith(f"services.{service}.")]
    assert sorted(each.name for each in described) == sorted({each.name for each in mine})
    assert all(each.name.isidentifier() for each in described)


@pytest.mark.req("APR-04", "APR-05", "APR-06", "APR-09", "APR-12", "APR-13", "APR-14", "ORG-04", "ORG-05", "ORG-15")
@pytest.mark.req("INC-01", "INC-04", "INC-06", "INC-09", "INC-10", "INC-15", "INC-16")
@pytest.mark.parametrize("name", WORKFLOWS)
def test_exactly_the_moves_of_the_table_are_possible_and_only_for_their_roles(name: str) -> None:
    flow, allowed = WORKFLOWS[name], moves(called(name))
    assert len(allowed) == len(flow.moves)
    for state, action, role in product(flow.states, flow.actions, Role):
        expected = allowed.get((state.value, action.value))
        if expected is None:
            with pytest.raises(TransitionNotPossible):
                flow.next(state, action, {role})
        elif role.value not in expected[1]:
            with pytest.raises(TransitionForbidden):
                flow.next(state, action, {role})
        else:
            assert flow.next(state, action, {role}).target.value == expected[0]


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_state_and_action_has_a_label_in_both_languages(name: str) -> None:
    workflow = WORKFLOWS[name]
    states: type[StrEnum] = type(workflow.moves[0].source)
    actions: type[StrEnum] = type(workflow.moves[0].action)
    assert set(workflow.states) == set(states)
    assert set(workflow.actions) == set(actions)
    for text in (workflow.label, *workflow.states.values(), *workflow.actions.values()):
        assert text.zh
        assert not any("a" <= letter.lower() <= "z" for letter in text.zh)
        assert text.en.isascii()
    assert len(set(workflow.states.values())) == len(workflow.states)
    assert len(set(workflow.actions.values())) == len(workflow.actions)


def test_every_role_has_a_label_in_both_languages() -> None:
    assert set(ROLE_NAMES) == set(Role)
