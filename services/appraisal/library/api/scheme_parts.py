"""The parts of a scheme in requests and answers (APR-02)."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from services.appraisal.library.domain import scheme as domain
from services.appraisal.library.domain.feedback_policy import FeedbackPolicy, RelationLimit, default_relations
from services.appraisal.library.domain.feedback_policy import Question as FeedbackQuestion
from services.appraisal.library.domain.grade import Grade, GradeScale
from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.domain.indicators.rule import Need
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.scheme_draft import ItemDraft, SectionDraft
from services.kit.database.codec import Exact
from services.kit.errors import Text
from services.kit.fields import CodeText, ExactDecimal, Label, Model, Weight

UnitEn = Annotated[
    str, Field(description="Unit of measurement in English; `unit` where no other is entered.", examples=["yuan"])
]


class Question(Model):
    """A question of the 360 questionnaire; the weights of an item's questions sum to 100."""

    key: CodeText = Field(description="Key of the question, unique in the scheme.", examples=["Q1"])
    text: Label = Field(description="The question in Chinese.", examples=["主动支援同事"])
    text_en: Label | None = Field(
        default=None, description="The question in English; the Chinese one if left out.", examples=["Helps colleagues"]
    )
    weight: Weight = Field(description="Weight in percent of the questionnaire.", examples=["50"])
    maximum: ExactDecimal = Field(default=Decimal(5), description="Highest rating; the lowest is 0.", examples=["5"])
    relations: Annotated[list[Relation], Field(max_length=6)] = Field(
        default_factory=list,
        description="Only raters of these relations answer it; empty: everybody.",
        examples=[["peer", "subordinate"]],
    )

    def draft(self) -> FeedbackQuestion:
        """The same for the domain."""
        text, relations = Text(self.text, self.text_en or self.text), tuple(self.relations)
        return FeedbackQuestion(self.key, text, self.weight, self.maximum, relations)


class Veto(Model):
    """A limit on the final grade if the item scores below a mark."""

    below: ExactDecimal = Field(description="Score, in points, below which the limit applies.", examples=["60"])
    at_most: Grade = Field(default=Grade.C, description="Best grade that is then still possible.", examples=["C"])


class NewItem(Model):
    """An item of the form: an indicator with its weight."""

    key: CodeText | None = Field(
        default=None, description="Key of the item; the indicator's code by default.", examples=["S03"]
    )
    indicator: CodeText = Field(description="Code of the indicator, whose newest version is used.", examples=["S03"])
    weight: Weight = Field(description="Weight in percent of the section.", examples=["40"])
    rule: Annotated[Rule, Exact()] | None = Field(
        default=None,
        description="Rule that replaces the indicator's own.",
        examples=[{"kind": "score_table", "points": [["80", "60"], ["90", "80"]], "between": "linear"}],
    )
    questions: Annotated[list[Question], Field(max_length=50)] = Field(
        default_factory=list, description="Questions of the 360 questionnaire; only if the rule is multi_rater."
    )
    veto: Veto | None = Field(default=None, description="Limit on the grade if the item scores too low.")

    def draft(self) -> ItemDraft:
        """The same for the domain."""
        return ItemDraft(
            indicator=self.indicator,
            weight=self.weight,
            key=self.key,
            rule=self.rule,
            questions=tuple(question.draft() for question in self.questions),
            veto=domain.Veto(self.veto.below, self.veto.at_most) if self.veto else None,
        )


class NewSection(Model):
    """A section of the form."""

    key: CodeText = Field(description="Key of the section, unique in the scheme.", examples=["work"])
    name: Label = Field(description="Name in Chinese.", examples=["业绩"])
    name_en: Label = Field(description="Name in English.", examples=["Results"])
    weight: Weight = Field(description="Weight in percent of the total.", examples=["70"])
    items: Annotated[list[NewItem], Field(min_length=1, max_length=50)] = Field(
        description="Items of the section; their weights sum to 100."
    )

    def draft(self) -> SectionDraft:
        """The same for the domain."""
        items = tuple(item.draft() for item in self.items)
        return SectionDraft(self.key, Text(self.name, self.name_en), self.weight, items)


class RaterLimit(Model):
    """How many raters of a relation are chosen for a form."""

    least: Annotated[int, Field(ge=0, le=30)] = Field(default=0, description="At least so many.", examples=[3])
    most: Annotated[int, Field(ge=0, le=30)] = Field(default=30, description="At most so many.", examples=[8])


class FeedbackRules(Model):
    """The rules for counting 360 feedback."""

    relations: dict[Relation, Weight] = Field(
        default_factory=default_relations,
        description="Weights of the relations in percent, summing to 100.",
        examples=[{"superior": "50", "peer": "25", "subordinate": "25", "self": "0"}],
    )
    threshold: Annotated[int, Field(ge=1, le=50)] = Field(
        default=3,
        description="Smallest number of answers for an anonymous group to be shown; never below 3.",
        examples=[3],
    )

    limits: dict[Relation, RaterLimit] = Field(
        default_factory=dict,
        description="How many peers, subordinates and internal clients are chosen for a form.",
        examples=[{"peer": {"least": 3, "most": 8}}],
    )

    def policy(self) -> FeedbackPolicy:
        """The same for the domain."""
        limits = {relation: RelationLimit(limit.least, limit.most) for relation, limit in self.limits.items()}
        return FeedbackPolicy(dict(self.relations), self.threshold, limits)

    @classmethod
    def of(cls, policy: FeedbackPolicy) -> "FeedbackRules":
        """The rules as the API shows them."""
        limits = {each: RaterLimit(least=limit.least, most=limit.most) for each, limit in policy.limits.items()}
        return cls(relations=policy.relations, threshold=policy.threshold, limits=limits)


class GradeCutoffs(Model):
    """The lowest total of each grade; below C's it is D."""

    s: ExactDecimal = Field(default=Decimal(95), description="Lowest total of S, in points.", examples=["95"])
    a: ExactDecimal = Field(default=Decimal(85), description="Lowest total of A, in points.", examples=["85"])
    b: ExactDecimal = Field(default=Decimal(70), description="Lowest total of B, in points.", examples=["70"])
    c: ExactDecimal = Field(default=Decimal(60), description="Lowest total of C, in points.", examples=["60"])

    def scale(self) -> GradeScale:
        """The same for the domain."""
        return GradeScale(self.s, self.a, self.b, self.c)


class SchemeItem(Model):
    """An item of a stored scheme, with the version of the indicator that it uses."""

    key: str = Field(description="Key of the item.", examples=["S03"])
    name: str = Field(description="Name in Chinese.", examples=["销售费用率"])
    name_en: str = Field(description="Name in English.", examples=["Sales expense rate"])
    indicator: str = Field(description="Code of the indicator.", examples=["S03"])
    indicator_version: str = Field(
        description="Version of the indicator, as named in explanations.",
        examples=["indicator:0198d5a0-0000-7000-8000-000000000001@1"],
    )
    weight: Weight = Field(description="Weight in percent of the section.", examples=["40"])
    unit: str = Field(description="Unit of its actuals and targets.", examples=["%"])
    unit_en: UnitEn
    needs: list[Need] = Field(description="Inputs required for scoring.", examples=[["actual", "target"]])
    rule: Annotated[Rule, Exact()] = Field(
        description="Rule by which it is scored.", examples=[{"kind": "lower_is_better", "floor": "0", "cap": "120"}]
    )
    questions: list[Question] = Field(description="Questions of the 360 questionnaire.")
    veto: Veto | None = Field(description="Limit on the grade if the item scores too low.")

    @classmethod
    def of(cls, item: domain.Item) -> "SchemeItem":
        """An item as the API shows it."""
        return cls(
            key=item.key,
            name=item.name.zh,
            name_en=item.name.en,
            indicator=item.indicator,
            indicator_version=item.source,
            weight=item.weight,
            **domain.unit_named(item.unit, item.unit_en).as_fields("unit"),
            needs=sorted(item.rule.needs),
            rule=item.rule,
            questions=[
                Question(
                    key=q.key,
                    text=q.text.zh,
                    text_en=q.text.en,
                    weight=q.weight,
                    maximum=q.maximum,
                    relations=list(q.relations),
                )
                for q in item.questions
            ],
            veto=Veto(below=item.veto.below, at_most=item.veto.at_most) if item.veto else None,
        )


class SchemeSection(Model):
    """A section of a stored scheme."""

    key: str = Field(description="Key of the section.", examples=["work"])
    name: str = Field(description="Name in Chinese.", examples=["业绩"])
    name_en: str = Field(description="Name in English.", examples=["Results"])
    weight: Weight = Field(description="Weight in percent of the total.", examples=["70"])
    items: list[SchemeItem] = Field(description="Items of the section, in order.")

    @classmethod
    def of(cls, section: domain.Section) -> "SchemeSection":
        """A section as the API shows it."""
        return cls(
            key=section.key,
            name=section.name.zh,
            name_en=section.name.en,
            weight=section.weight,
            items=[SchemeItem.of(item) for item in section.items],
        )
