"""What a cycle still needs before it can be scored, whose it is, in words (APR-04, APR-11)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.appraisal.library.domain.scheme import Scheme
from services.appraisal.scoring.domain.form_score import Missing, find_missing_inputs, missing_in_words
from services.appraisal.scoring.domain.inputs import FormInputs
from services.kit.errors import Text, joined

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
