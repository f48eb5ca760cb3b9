"""Whoever may make the transition that a task asks for is asked: roles come from the workflow, not from a list beside
it.
"""

import ast
from collections.abc import Mapping
from typing import Any, Final

import pytest

from services.appraisal.workflows import WORKFLOWS as OF_APPRAISAL
from services.incentive.workflows import WORKFLOWS as OF_INCENTIVE
from services.kit.identity import Role
from services.kit.work.assignees import whoever_may
from services.kit.workflow import Workflow
from services.org.workflows import WORKFLOWS as OF_ORG
from tests.architecture.sources import sources

ALL: Final[tuple[Workflow[Any, Any], ...]] = (*OF_APPRAISAL, *OF_INCENTIVE, *OF_ORG)

NAMED: Final[Mapping[str, tuple[Role, str]]] = {
    "appraisal/briefs/usecases/briefs": (Role.HR, "the head signs; HR where there is none"),
    "appraisal/cycles/usecases/access": (Role.HR, "the superior acts; HR where there is none, or none any more"),
    "appraisal/library/usecases/weight_review": (Role.HR, "no transition: a yearly look at the weights"),
    "appraisal/tracking/usecases/obligations": (Role.HR, "the owner and the superior act; HR where there is none"),
    "incentive/awards/usecases/approvals": (Role.EXECUTIVE, "org names who approves; executives where it names none"),
    "incentive/claims/usecases/claims": (Role.COMPENSATION, "no transition: a run is to be created"),
    "incentive/pools/usecases/sharing": (Role.COMPENSATION, "no transition: a pool is to be shared out"),
    "incentive/shares/usecases/sharing_again": (Role.COMPENSATION, "no transition: a dividend is to be shared out"),
    "org/calendar/usecases/calendar_tasks": (Role.HR, "no transition: a year's working days are to be entered"),
    "org/documents/usecases/document_tasks": (Role.HR, "no transition: a review of documents is to be closed"),
    "org/employment/usecases/probation_tasks": (Role.HR, "the superior decides; HR where there is none, or at last"),
}
"""Where a role is written down: which, and why no workflow says it."""


@pytest.mark.req("PLT-02")
def test_a_task_for_a_role_takes_it_from_the_workflow_or_says_why_not() -> None:
    found = {
        (each.name.removeprefix("services/").removesuffix(".py"), ast.unparse(word.value))
        for each in sources("services")
        if not each.name.startswith("services/kit/")
        for node in each.walk()
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Assignee"
        for word in [*node.keywords, *(ast.keyword("role", extra) for extra in node.args[1:])]
        if word.arg == "role"
    }
    assert found == {(name, f"Role.{role.name}") for name, (role, _) in NAMED.items()}


@pytest.mark.req("PLT-02", "APR-03", "APR-14", "INC-07", "INC-10")
@pytest.mark.parametrize("workflow", ALL, ids=lambda flow: flow.name)
def test_every_role_that_may_make_a_transition_is_asked_for_it_and_no_other(workflow: Workflow[Any, Any]) -> None:
    for action in workflow.actions:
        asked = {each.role for each in whoever_may(workflow, action)}
        able = {role for move in workflow.moves if move.action == action for role in move.by}
        assert asked == able - {Role.EMPLOYEE, Role.MANAGER, Role.SERVICE}, action
