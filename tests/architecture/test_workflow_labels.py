"""Every workflow says in both languages what it, its states and its actions are called."""

import importlib
from enum import StrEnum
from typing import Any

import pytest

from services.kit.identity import ROLE_NAMES, Role
from services.kit.workflow import Workflow
from tests.architecture.sources import sources


def workflows() -> dict[str, Workflow[Any, Any]]:
    """Every workflow of the product, by the module that declares it and its name."""
    return {
        f"{module}.{name}": value
        for source in sources("services")
        if "Workflow(" in source.text
        for module in [source.name.removesuffix(".py").replace("/", ".")]
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, Workflow)
    }


WORKFLOWS = workflows()


def test_the_workflows_are_found() -> None:
    assert len(WORKFLOWS) >= 10


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
