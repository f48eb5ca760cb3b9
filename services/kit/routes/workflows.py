"""``/v1/<service>/workflows``: names of states and actions, and what each state allows, for screens (PLT-01)."""

from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from services.kit.access.callers import AnyCaller
from services.kit.errors import Text
from services.kit.fields import Model
from services.kit.identity import Role
from services.kit.web.routing import router
from services.kit.workflow import Workflow


class NamedState(Model):
    """A state of a workflow and its name."""

    state: str = Field(description="State, as in the field of the record.", examples=["goal_setting"])
    label: str = Field(description="Name in Chinese.", examples=["目标设定"])
    label_en: str = Field(description="Name in English.", examples=["setting goals"])


class NamedAction(Model):
    """An action of a workflow and its name."""

    action: str = Field(
        description="Action: as a rule the last part of the path of its route.", examples=["start_evaluation"]
    )
    label: str = Field(description="Name in Chinese.", examples=["进入评价"])
    label_en: str = Field(description="Name in English, as a noun.", examples=["starting the evaluation"])


class NamedTransition(Model):
    """What an action makes of a state, and for whom."""

    source: str = Field(description="State before.", examples=["goal_setting"])
    action: str = Field(description="Action that is possible in that state.", examples=["start_evaluation"])
    target: str = Field(description="State afterwards.", examples=["evaluating"])
    roles: list[Role] = Field(
        description="Roles that may take the action on a record in their scope. `service`: it happens by itself.",
        examples=[["hr"]],
    )
    follows: bool = Field(
        description="Whether it follows from a decision on another record; it then has no route.",
        examples=[False],
    )


class WorkflowDescription(Model):
    """A workflow: its states, its actions and the table of transitions."""

    name: str = Field(description="Name of the workflow: the noun of its records.", examples=["cycle"])
    label: str = Field(description="Name in Chinese.", examples=["考核周期"])
    label_en: str = Field(description="Name in English.", examples=["cycle"])
    states: list[NamedState] = Field(description="States, in the order in which they are usually passed.")
    actions: list[NamedAction] = Field(description="Actions.")
    transitions: list[NamedTransition] = Field(description="Which action leads from which state to which.")


class WorkflowDescriptions(Model):
    """All workflows of a service."""

    items: list[WorkflowDescription] = Field(description="Workflows, by name.")


def workflow_router(service: str, workflows: Iterable[Workflow[Any, Any]]) -> APIRouter:
    """The route that describes the workflows of one service."""
    routes = router(f"/v1/{service}", tag="workflows")
    described = WorkflowDescriptions(
        items=[_description(each) for each in sorted(workflows, key=lambda each: each.name)]
    )

    @routes.get("/workflows", operation_id=f"list_{service}_workflows", summary=f"List the workflows of {service}")
    async def list_workflows(_: AnyCaller) -> WorkflowDescriptions:
        """Names of states and actions in both languages, and the actions that each state allows. They change only
        with a new version of Merit: read them once.
        """
        return described

    return routes


def _description(workflow: Workflow[Any, Any]) -> WorkflowDescription:
    return WorkflowDescription(
        name=workflow.name,
        **_words(workflow.label),
        states=[NamedState(state=state, **_words(words)) for state, words in workflow.states.items()],
        actions=[NamedAction(action=action, **_words(words)) for action, words in workflow.actions.items()],
        transitions=[
            NamedTransition(
                source=move.source,
                action=move.action,
                target=move.target,
                roles=[role for role in Role if role in move.by],
                follows=move.follows,
            )
            for move in workflow.moves
        ],
    )


def _words(text: Text) -> dict[str, str]:
    return {"label": text.zh, "label_en": text.en}
