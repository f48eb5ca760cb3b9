"""What a cycle still needs before it can be scored, whose it is, in words (APR-04, APR-11)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.appraisal.cycles.domain.absence import Absence
from services.appraisal.cycles.domain.cycle import PhaseDeadlines
from services.appraisal.library.domain.indicators.rule import Need
from services.appraisal.library.domain.scheme import Item, Scheme
from services.appraisal.scoring.domain.form_score import Missing, find_missing_inputs, missing_in_words
from services.appraisal.scoring.domain.inputs import FormInputs
from services.kit.errors import Conflict, FieldError, Text, joined
from services.kit.periods import Period

NAMED: Final = 100
"""Gaps that a refusal names; the readiness of the cycle lists all."""
_HR = Text("人力资源", "HR")


@dataclass(frozen=True)
class Unreleased:
    """An actual that waits until a second person releases it. ``indicator`` is a code, ``entered_by`` a name."""

    indicator: str
    measured_on: date
    entered_by: str


@dataclass(frozen=True)
class OpenRater:
    """The name of a superior who has not rated yet, and an absence that may keep them from it."""

    name: str
    absence: Absence | None = None


@dataclass(frozen=True)
class FormPeople:
    """Whose form it is, and who has to act on it; names. ``raters``: superiors who have not given their ratings yet."""

    form_id: UUID
    subject_code: str
    subject_name: Text
    owner: str | None
    manager: str | None
    raters: Sequence[OpenRater] = ()
    unreleased: Sequence[Unreleased] = ()


@dataclass(frozen=True)
class Gap:
    """Something missing on a form. ``what`` as in ``Missing``, or a release; ``responsible`` names who provides it.

    ``due_on``: the last day of the phase that it belongs to, where there is one.
    """

    people: FormPeople
    item: str
    what: str
    responsible: Text
    due_on: date | None
    text: Text

    @property
    def kind(self) -> str:
        """What is missing without its month, for counting."""
        return self.what.partition(" ")[0]


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


def gaps_of(
    scheme: Scheme, inputs: FormInputs, people: FormPeople, deadlines: PhaseDeadlines, *, answers_known: bool
) -> Iterator[Gap]:
    """What is missing on one form. Nothing is said of anonymous answers before all of them are taken (APR-10)."""
    entered = _unreleased(scheme, inputs, people)
    for (_, month), (item, name) in entered.items():
        text = Text(
            f"“{item.name.zh}”{month} 的实绩由{name}录入，待另一人确认",
            f"the actual {month} for '{item.name.en}', entered by {name}, waits for a second person",
        )
        yield _gap(people, Missing(item.key, f"release {month}"), _HR, deadlines.ratings_due_on, text)
    feedback = scheme.feedback_item
    left = feedback is not None and feedback.weight > 0 and not inputs.of(feedback.key).exclusion
    if scheme.missing_inputs == "exclude" and left and not answers_known:
        return  # the answers may be enough, and nobody may know
    there = {(key, f"actual {month}") for key, month in entered}
    for lack in find_missing_inputs(scheme, inputs):
        if (lack.what == Need.FEEDBACK and not answers_known) or (lack.item, lack.what) in there:
            continue
        responsible, words = _responsible(lack, people), missing_in_words(scheme, lack)
        due_on = deadlines.goals_due_on if lack.what == Need.TARGET else deadlines.ratings_due_on
        absent = _absences(people) if lack.what == Need.MANUAL_SCORE else Text("", "")
        text = Text(
            f"缺少{words.zh.lstrip()}，由{responsible.zh}补齐{absent.zh}",
            f"{words.en} is missing; {responsible.en} must provide it{absent.en}",
        )
        yield _gap(people, lack, responsible, due_on, text)


def _gap(people: FormPeople, lack: Missing, responsible: Text, due_on: date | None, text: Text) -> Gap:
    until = Text(f"，截止 {due_on}", f" by {due_on}") if due_on else Text("", "")
    code, name = people.subject_code, people.subject_name
    words = Text(f"{code} {name.zh}：{text.zh}{until.zh}", f"{code} {name.en}: {text.en}{until.en}")
    return Gap(people, lack.item, lack.what, responsible, due_on, words)


def _unreleased(scheme: Scheme, inputs: FormInputs, people: FormPeople) -> dict[tuple[str, str], tuple[Item, str]]:
    days = Period.closed(inputs.valid_from, inputs.valid_to)
    return {
        (item.key, f"{each.measured_on:%Y-%m}"): (item, each.entered_by)
        for each in people.unreleased
        for item in scheme.measured_items
        if item.indicator == each.indicator and days.contains(each.measured_on)
    }


def _absences(people: FormPeople) -> Text:
    """Who of the raters is absent until when; HR can ask somebody else in time (APR-09)."""
    absent = [(rater.name, rater.absence.text) for rater in people.raters if rater.absence]
    if not absent:
        return Text("", "")
    zh = "；".join(f"{name} {days.zh}" for name, days in absent)
    en = "; ".join(f"{name} is {days.en}" for name, days in absent)
    return Text(f"（{zh}，可更换评价人）", f" ({en}; the rater can be replaced)")


def _responsible(lack: Missing, people: FormPeople) -> Text:
    names: Sequence[str | None] = ()
    if lack.what == Need.TARGET:
        names = (people.owner, people.manager)
    elif lack.what == Need.MANUAL_SCORE:
        names = [rater.name for rater in people.raters]
    known = [name for name in names if name]
    return joined(known) if known else _HR
