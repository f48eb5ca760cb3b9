"""Rating forms: which entries are open to which relation, and what a complete set of ratings is (APR-09)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.appraisal.feedback.domain.feedback import questions_for
from services.appraisal.library.domain.indicators.manual_score import ManualScore
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.scheme import Scheme
from services.kit.errors import FieldError, Invalid, Text, joined
from services.kit.identity import Role
from services.kit.money import plain
from services.kit.workflow import Transition, Workflow


class RatingsInvalid(Invalid):
    """Ratings outside the scale, for entries that are not on the form, or missing at submission."""

    code = "ratings_invalid"
    zh = "评分有误，请按下列提示修改。"
    en = "The ratings are not valid; correct them as follows."


class RatingState(StrEnum):
    """The state of a rating form."""

    OPEN = "open"
    SUBMITTED = "submitted"


class RatingAction(StrEnum):
    """What moves a rating form. Only attributed ratings can be returned: an anonymous answer cannot be found again."""

    SUBMIT = "submit"
    RETURN = "return"


RATING: Workflow[RatingState, RatingAction] = Workflow(
    "rating",
    (
        Transition(RatingState.OPEN, RatingAction.SUBMIT, RatingState.SUBMITTED, frozenset({Role.EMPLOYEE})),
        Transition(RatingState.SUBMITTED, RatingAction.RETURN, RatingState.OPEN, frozenset({Role.HR})),
    ),
    label=Text("评价", "rating"),
    states={
        RatingState.OPEN: Text("待提交", "open"),
        RatingState.SUBMITTED: Text("已提交", "submitted"),
    },
    actions={
        RatingAction.SUBMIT: Text("提交", "submitting"),
        RatingAction.RETURN: Text("退回", "returning"),
    },
)


@dataclass(frozen=True)
class Entry:
    """One line to be rated, from 0 to ``maximum``."""

    key: str
    text: Text
    maximum: Decimal


def entries_for(scheme: Scheme, relation: Relation) -> list[Entry]:
    """What a rater of this relation rates: its 360 questions, and the manually scored items for the superior."""
    feedback = scheme.feedback_item
    asked = questions_for(feedback.questions, relation) if feedback else ()
    entries = [Entry(question.key, question.text, question.maximum) for question in asked]
    if relation is Relation.SUPERIOR:
        for item in scheme.manually_scored_items:
            if isinstance(item.rule, ManualScore):
                entries.append(Entry(item.key, item.name, item.rule.maximum))
    return entries


def relations_asked(scheme: Scheme) -> frozenset[Relation]:
    """The relations whose raters get a form: the superior for manually scored items, and all of the 360 policy."""
    asked = set(scheme.feedback.relations) if scheme.feedback_item else set()
    if scheme.manually_scored_items:
        asked.add(Relation.SUPERIOR)
    return frozenset(asked)


def check_ratings(entries: list[Entry], ratings: Mapping[str, Decimal], *, complete: bool) -> None:
    """Refuse ratings that are not on the form or outside its scale; with ``complete`` also missing ones.

    Raises:
        RatingsInvalid: with a field error for each.
    """
    by_key = {entry.key: entry for entry in entries}
    field_errors = [
        FieldError(f"/ratings/{key}", plain(rating), _expected(by_key.get(key), by_key))
        for key, rating in ratings.items()
        if key not in by_key or not 0 <= rating <= by_key[key].maximum
    ]
    if complete:
        gone = [key for key in by_key if key not in ratings]
        field_errors += [FieldError(f"/ratings/{key}", None, _expected(by_key[key], by_key)) for key in gone]
    if field_errors:
        raise RatingsInvalid(field_errors=field_errors)


def _expected(entry: Entry | None, by_key: Mapping[str, Entry]) -> Text:
    if entry is None:
        names = joined(by_key)
        return Text(f"以下之一：{names.zh}", f"one of {names.en}")
    top = plain(entry.maximum)
    return Text(f"0 至 {top} 之间的数", f"a number from 0 to {top}")
