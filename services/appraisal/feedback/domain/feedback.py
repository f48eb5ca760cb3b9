"""360 feedback: from answers to one score that gives no single anonymous answer away (domain §2.2, APR-10).

An anonymous relation counts on its own from ``threshold`` submitted answers. Smaller ones that were asked the same are
merged into one group; what is still too small is left out of every number, and its weight is spread over the rest. Of
raters who were asked different questions, the mean of all could tell apart whose points are whose.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from services.appraisal.library.domain.feedback_policy import FeedbackPolicy, Question
from services.appraisal.library.domain.indicators.rule import shown
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.weights import spread
from services.kit.errors import Text, joined
from services.kit.explanation import Input, Step

MERGED = "merged"


@dataclass(frozen=True)
class Answer:
    """One rater's marks by question key; nothing says whose."""

    relation: Relation
    marks: Mapping[str, Decimal]


@dataclass(frozen=True)
class Group:
    """What counts of one or several relations together: how many answers, and their exact mean in points."""

    relations: tuple[Relation, ...]
    answers: int
    mean: Fraction

    @property
    def name(self) -> str:
        """The relation's name, or "merged"."""
        return self.relations[0].value if len(self.relations) == 1 else MERGED

    @property
    def text(self) -> Text:
        """The group for people."""
        zh = "、".join(relation.text.zh for relation in self.relations)
        en = ", ".join(relation.text.en for relation in self.relations)
        return Text(zh, en) if len(self.relations) == 1 else Text(f"合并组（{zh}）", f"merged group ({en})")


def questions_for(questions: Sequence[Question], relation: Relation) -> tuple[Question, ...]:
    """What raters of a relation are asked."""
    return tuple(question for question in questions if question.asks(relation))


def rater_score(questions: Sequence[Question], answer: Answer) -> Fraction:
    """One rater's weighted mean over the questions put to their relation, in points of 100."""
    asked = questions_for(questions, answer.relation)
    terms = (
        Fraction(question.weight) * Fraction(answer.marks[question.key]) / Fraction(question.maximum)
        for question in asked
    )
    weights = sum((Fraction(question.weight) for question in asked), Fraction(0))
    return 100 * sum(terms, Fraction(0)) / weights


def gather(policy: FeedbackPolicy, questions: Sequence[Question], answers: Sequence[Answer]) -> tuple[Group, ...]:
    """The groups that count, by the threshold. What is left out leaves no trace here, not even its size.

    At most one is merged: three relations are anonymous, and one that is small alone stays small.
    """
    by_relation: dict[Relation, list[Fraction]] = {}
    for answer in answers:
        by_relation.setdefault(answer.relation, []).append(rater_score(questions, answer))
    groups: list[Group] = []
    small: dict[tuple[Question, ...], list[Relation]] = {}
    for relation in Relation:
        scores = by_relation.get(relation)
        if not scores:
            continue
        if relation.anonymous and len(scores) < policy.threshold:
            small.setdefault(questions_for(questions, relation), []).append(relation)
        else:
            groups.append(_group((relation,), scores))
    for relations in small.values():
        merged = [score for relation in relations for score in by_relation[relation]]
        if len(merged) >= policy.threshold:
            groups.append(_group(tuple(relations), merged))
    return tuple(groups)


def feedback_score(policy: FeedbackPolicy, groups: Sequence[Group]) -> tuple[Fraction, Step] | None:
    """The 360 score in points with its explanation; None if nobody who counts has answered."""
    weights = {
        group.name: sum((policy.weight(relation) for relation in group.relations), Decimal(0)) for group in groups
    }
    used = spread(weights, list(weights))
    if not used:
        return None
    score = sum((used[group.name] * group.mean for group in groups), Fraction(0)) / 100
    counted = [group for group in groups if weights[group.name] > 0]
    formula = " + ".join(f"{shown(used[group.name])}% × {shown(group.mean)}" for group in counted)
    steps = tuple(_explain(group, used[group.name], weights[group.name]) for group in groups)
    absent = _absent(policy, groups)
    inputs = () if absent is None else (absent,)
    return score, Step("feedback", Text("360 度评价", "360 feedback"), formula, shown(score), inputs, steps)


def _group(relations: tuple[Relation, ...], scores: Sequence[Fraction]) -> Group:
    return Group(relations, len(scores), sum(scores, Fraction(0)) / len(scores))


def _explain(group: Group, used: Fraction, weight: Decimal) -> Step:
    inputs = (
        Input(Text("计入的评价份数", "answers counted"), str(group.answers)),
        Input(Text("方案权重（%）", "weight in the scheme (%)"), shown(weight)),
        Input(Text("实际权重（%）", "weight used (%)"), shown(used)),
    )
    label = Text(f"{group.text.zh}，各评价人平均", f"{group.text.en}, mean of the raters")
    return Step(f"feedback_{group.name}", label, shown(group.mean), shown(group.mean), inputs)


def _absent(policy: FeedbackPolicy, groups: Sequence[Group]) -> Input | None:
    """Which weighted relations do not count by themselves or merged; not how many answered in them."""
    there = {relation for group in groups for relation in group.relations}
    gone = [relation for relation, weight in policy.relations.items() if weight > 0 and relation not in there]
    if not gone:
        return None
    names = joined(relation.text for relation in sorted(gone, key=list(Relation).index))
    weight = sum((policy.weight(relation) for relation in gone), Decimal(0))
    label = Text(
        f"未达最低份数，不计入，权重按比例分摊至其他评价关系：{names.zh}",
        f"too few answers to count, weight spread over the other relations: {names.en}",
    )
    return Input(label, f"{shown(weight)}%")
