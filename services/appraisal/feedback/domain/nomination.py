"""Raters whom the subject nominates and the manager, or HR, decides about (APR-09).

The subject learns that it was decided, never who is asked in the end: together with a result that would narrow down
who gave it (APR-10).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.appraisal.feedback.domain.standing import Standings
from services.appraisal.library.domain.feedback_policy import CHOSEN, MOST_RATERS, FeedbackPolicy, RelationLimit
from services.appraisal.library.domain.relation import Relation
from services.kit.errors import FieldError, Text, joined
from services.kit.identity import Role
from services.kit.workflow import Transition, Workflow


class NominationState(StrEnum):
    """Where a nomination stands. lapsed: evaluation began without a decision; who was proposed before is asked."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    LAPSED = "lapsed"


class NominationAction(StrEnum):
    """What moves a nomination."""

    PROPOSE = "propose"
    DECIDE = "decide"


_S, _A = NominationState, NominationAction
NOMINATION: Final[Workflow[NominationState, NominationAction]] = Workflow(
    "rater_nomination",
    (
        Transition(_S.PROPOSED, _A.PROPOSE, _S.PROPOSED, frozenset({Role.EMPLOYEE})),
        Transition(_S.PROPOSED, _A.DECIDE, _S.DECIDED, frozenset({Role.MANAGER, Role.HR})),
    ),
    label=Text("评价人提名", "nomination of raters"),
    states={
        _S.PROPOSED: Text("待审定", "proposed"),
        _S.DECIDED: Text("已审定", "decided"),
        _S.LAPSED: Text("未审定即进入评价", "lapsed"),
    },
    actions={_A.PROPOSE: Text("提名", "nominating"), _A.DECIDE: Text("审定", "deciding")},
)


@dataclass(frozen=True)
class Nominee:
    """Somebody to be asked, and how they stand to the subject."""

    rater_id: UUID
    relation: Relation


@dataclass(frozen=True)
class Nomination:
    """What the subject proposed; ``reason`` and the decision's author are those of who decided.

    ``shortfall_reason``: why, to the subject, there are fewer than the scheme wants; None where there are enough.
    ``asked``: who is asked as things are now, None for readers who do not choose raters. ``names``: of all of them.
    """

    id: UUID
    form_id: UUID
    nominees: tuple[Nominee, ...]
    asked: tuple[Nominee, ...] | None
    names: Mapping[UUID, str]
    shortfall_reason: str | None
    state: NominationState
    nominated_at: datetime
    decided_by_name: str | None
    decided_at: datetime | None
    reason: str | None


def relations_chosen(policy: FeedbackPolicy) -> tuple[Relation, ...]:
    """The relations for which a scheme lets people choose raters."""
    return tuple(relation for relation in CHOSEN if relation in policy.relations)


def nomination_problems(
    policy: FeedbackPolicy,
    nominees: Sequence[Nominee],
    *,
    employed: Collection[UUID],
    excluded: Collection[UUID],
    standing: Standings,
    enough: Counter[Relation] | None = None,
) -> list[FieldError]:
    """What is wrong with a list of raters.

    ``excluded``: the subject and whoever rates in another capacity; ``standing``: of the nominees towards the subject;
    ``enough``: so many of each relation will do, where it has been said why there are not as many as the scheme wants.
    Pointers begin with /raters.
    """
    found: list[FieldError] = []
    chosen = relations_chosen(policy)
    seen: set[UUID] = set()
    for index, nominee in enumerate(nominees):
        if nominee.rater_id not in employed or nominee.rater_id in excluded or nominee.rater_id in seen:
            expected = Text(
                "本周期在职、非本人、非上级且只列一次的员工",
                "somebody employed in the period, once, neither the subject nor their superior",
            )
            found.append(FieldError(f"/raters/{index}/rater_id", str(nominee.rater_id), expected))
        if nominee.relation not in chosen:
            expected = joined(
                Text(f"{each.value}（{each.text.zh}）", f"{each.value} ({each.text.en})") for each in chosen
            )
            found.append(FieldError(f"/raters/{index}/relation", nominee.relation.value, expected))
        elif fault := standing.expected(nominee.rater_id, nominee.relation):
            found.append(FieldError(f"/raters/{index}/relation", nominee.relation.value, fault))
        seen.add(nominee.rater_id)
    counts = by_relation(nominees)
    for relation in chosen:
        limit = policy.limit(relation)
        if counts[relation] > limit.most:
            found.append(FieldError("/raters", str(counts[relation]), _number_of(relation, limit)))
    found += _short(policy, counts, enough)
    if len(nominees) > MOST_RATERS:
        expected = Text(f"至多 {MOST_RATERS} 人", f"at most {MOST_RATERS} raters")
        found.append(FieldError("/raters", str(len(nominees)), expected))
    return found


def is_short(policy: FeedbackPolicy, nominees: Sequence[Nominee]) -> bool:
    """Whether there are fewer raters of a relation than the scheme wants."""
    return bool(_short(policy, by_relation(nominees)))


def by_relation(nominees: Iterable[Nominee]) -> Counter[Relation]:
    """How many there are of each relation."""
    return Counter(nominee.relation for nominee in nominees)


def _short(
    policy: FeedbackPolicy, counts: Counter[Relation], enough: Counter[Relation] | None = None
) -> list[FieldError]:
    found: list[FieldError] = []
    for relation in relations_chosen(policy):
        limit = policy.limit(relation)
        if counts[relation] < (limit.least if enough is None else min(limit.least, enough[relation])):
            number = _number_of(relation, limit)
            expected = Text(f"{number.zh}；确无足够人选时请说明原因", f"{number.en}, or the reason why there are fewer")
            found.append(FieldError("/raters", str(counts[relation]), expected))
    return found


def limit_problems(policy: FeedbackPolicy, before: Counter[Relation], after: Counter[Relation]) -> list[FieldError]:
    """What a change of raters breaks of the limits: an added rater above the most, a removed one below the least.

    What lay outside the limits before may come nearer to them. Pointers are /add and /remove.
    """
    found: list[FieldError] = []
    for relation in CHOSEN:
        limit, count = policy.limit(relation), after[relation]
        above = count > max(limit.most, before[relation])
        if above or count < min(limit.least, before[relation]):
            expected = _number_of(relation, limit)
            found.append(FieldError("/add" if above else "/remove", str(count), expected))
    return found


def _number_of(relation: Relation, limit: RelationLimit) -> Text:
    name = relation.text
    return Text(
        f"{relation.value}（{name.zh}）{limit.least} 至 {limit.most} 人",
        f"{limit.least} to {limit.most} raters of the relation {relation.value} ({name.en})",
    )
