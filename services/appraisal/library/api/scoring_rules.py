"""/v1/appraisal/scoring_rules: the kinds of scoring rules, for forms that edit indicators (APR-01)."""

import dataclasses
from typing import Any

from pydantic import Field

from services.appraisal.library.domain.indicators import KINDS, Rule
from services.appraisal.library.domain.indicators.rule import LABEL, MEANING, Need, ScoringRule
from services.appraisal.permissions import Librarian
from services.kit.database.codec import Codec
from services.kit.fields import Model
from services.kit.web.routing import router

routes = router("/v1/appraisal/scoring_rules", tag="indicators")
_RULES: Codec[Rule] = Codec(Rule)


class RuleParameter(Model):
    """A parameter of a scoring rule, with its texts in both languages."""

    name: str = Field(description="Name of the field in the body of a rule.", examples=["tolerance"])
    label: str = Field(description="Name in Chinese.", examples=["容差"])
    label_en: str = Field(description="Name in English.", examples=["tolerance"])
    description: str = Field(
        description="Meaning of the parameter, in Chinese.", examples=["与目标的偏差在此百分比以内得满分"]
    )
    description_en: str = Field(
        description="Meaning of the parameter, in English.",
        examples=["A deviation up to this percentage of the target keeps full marks."],
    )
    required: bool = Field(description="Whether it is required; other parameters have a default.", examples=[True])


class ScoringRuleKind(Model):
    """A kind of scoring rule that an indicator can use."""

    kind: str = Field(description="Kind, as given in the body of a rule.", examples=["on_target"])
    label: str = Field(description="Name in Chinese.", examples=["贴近目标"])
    label_en: str = Field(description="Name in English.", examples=["On target"])
    needs: list[Need] = Field(description="Inputs from which the example is scored.", examples=[["actual", "target"]])
    parameters: list[RuleParameter] = Field(
        description="Parameters: its own first, then the bounds that all kinds have."
    )
    example: dict[str, Any] = Field(
        description="Example of a rule of this kind, as used in requests.",
        examples=[{"kind": "on_target", "tolerance": "5", "k": "2"}],
    )


class ScoringRuleKinds(Model):
    """All kinds of scoring rules."""

    items: list[ScoringRuleKind] = Field(description="Kinds of scoring rules.")


@routes.get("", summary="List kinds of scoring rules")
async def list_scoring_rules(_: Librarian) -> ScoringRuleKinds:
    """The kinds of scoring rules with their parameters, in both languages."""
    return ScoringRuleKinds(items=[_kind(rule) for rule in KINDS])


def _kind(rule: type[ScoringRule]) -> ScoringRuleKind:
    return ScoringRuleKind(
        kind=rule.name(),
        label=rule.label.zh,
        label_en=rule.label.en,
        needs=sorted(_RULES.load(rule.example()).needs),
        parameters=[_parameter(each) for each in rule.parameters()],
        example=rule.example(),
    )


def _parameter(found: dataclasses.Field[Any]) -> RuleParameter:
    label, meaning = found.metadata[LABEL], found.metadata[MEANING]
    return RuleParameter(
        name=found.name,
        label=label.zh,
        label_en=label.en,
        description=meaning.zh,
        description_en=meaning.en,
        required=found.default is dataclasses.MISSING,
    )
