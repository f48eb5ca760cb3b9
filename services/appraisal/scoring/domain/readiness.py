"""What a cycle still needs before it can be scored, whose it is, in words (APR-04, APR-11)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.appraisal.library.domain.scheme import Scheme
from services.appraisal.scoring.domain.form_score import Missing, find_missing_inputs, missing_in_words
from services.appraisal.scoring.domain.inputs import FormInputs
from services.kit.errors import Conflict, FieldError, Text, joined

NAMED: Final = 100
"""Gaps that a refusal names; the readiness of the cycle lists all."""
_HR = Text("人力资源", "HR")
_FEEDBACK = "360"


@dataclass(frozen=True)
class FormPeople:
    """Whose form it is, and who has to act on it; names. ``raters``: superiors who have not given their ratings yet."""

    form_id: UUID
    subject_code: str
    subject_name: str
    owner: str | None
    manager: str | None
    raters: Sequence[str] = ()


@dataclass(frozen=True)
class Gap:
    """Something missing on a form. ``what`` as in ``Missing``; ``responsible`` names who has to provide it."""

    people: FormPeople
    item: str
    what: str
    responsible: Text
    text: Text


class InputsMissing(Conflict):
    """Something is missing that scoring needs; the errors say what, on whose form, and who provides it."""

    code = "inputs_missing"
    zh = "考核数据还缺 {count} 项，暂不能计分；请按下列提示补齐，或注明原因后不计该项。"
    en = "{count} inputs are missing, so nothing is scored yet; provide them, or exclude the items with a reason."


def require_nothing_missing(gaps: Sequence[Gap]) -> None:
    """Refuses to score a cycle that lacks something.

    Raises:
        InputsMissing: naming the first ``NAMED`` gaps.
    """
    if gaps:
        named = [FieldError(f"/forms/{gap.people.form_id}/{gap.item}", None, gap.text) for gap in gaps[:NAMED]]
        raise InputsMissing(count=len(gaps), field_errors=named)


def gaps_of(scheme: Scheme, inputs: FormInputs, people: FormPeople, *, answers_known: bool) -> Iterator[Gap]:
    """What is missing on one form. Nothing is said of anonymous answers before all of them are taken (APR-10)."""
    feedback = scheme.feedback_item
    left = feedback is not None and feedback.weight > 0 and not inputs.of(feedback.key).exclusion
    if scheme.missing_inputs == "exclude" and left and not answers_known:
        return  # the answers may be enough, and nobody may know
    for lack in find_missing_inputs(scheme, inputs):
        if lack.what == _FEEDBACK and not answers_known:
            continue
        responsible, words = _responsible(lack, people), missing_in_words(scheme, lack)
        text = Text(
            f"{people.subject_code} {people.subject_name}：缺少{words.zh.lstrip()}，由{responsible.zh}补齐",
            f"{people.subject_code} {people.subject_name}: {words.en} is missing; {responsible.en} must provide it",
        )
        yield Gap(people, lack.item, lack.what, responsible, text)


def _responsible(lack: Missing, people: FormPeople) -> Text:
    names: Sequence[str | None] = ()
    if lack.what == "target":
        names = (people.owner, people.manager)
    elif lack.what == "mark":
        names = people.raters
    known = [name for name in names if name]
    return joined(known) if known else _HR
