"""Non-cash recognition of a person, and the text of its certificate (INC-09)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from services.kit.errors import Language, Text
from services.kit.identity import Role
from services.kit.periods import day_in_words
from services.kit.workflow import Transition, Workflow


class RecognitionKind(StrEnum):
    """The kind of a recognition."""

    HONOUR = "honour"
    TITLE = "title"
    TRAINING = "training"
    CONFERENCE = "conference"
    ROTATION = "rotation"
    WELFARE = "welfare"


KINDS: Final = {
    RecognitionKind.HONOUR: Text("荣誉", "honour"),
    RecognitionKind.TITLE: Text("荣誉头衔", "title"),
    RecognitionKind.TRAINING: Text("进修培训", "training"),
    RecognitionKind.CONFERENCE: Text("行业会议", "conference"),
    RecognitionKind.ROTATION: Text("海外轮岗", "rotation abroad"),
    RecognitionKind.WELFARE: Text("专属福利", "welfare"),
}
PUBLIC: Final = (RecognitionKind.HONOUR, RecognitionKind.TITLE)
"""What every employee may know; the rest concerns only the person."""


class RecognitionState(StrEnum):
    """The state of a recognition."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


class RecognitionAction(StrEnum):
    """What may be done with it."""

    WITHDRAW = "withdraw"


RECOGNITION: Final = Workflow(
    "recognition",
    [
        Transition(
            RecognitionState.GRANTED, RecognitionAction.WITHDRAW, RecognitionState.WITHDRAWN, frozenset({Role.HR})
        )
    ],
    label=Text("非现金激励", "recognition"),
    states={
        RecognitionState.GRANTED: Text("已授予", "granted"),
        RecognitionState.WITHDRAWN: Text("已撤回", "withdrawn"),
    },
    actions={RecognitionAction.WITHDRAW: Text("撤回", "withdrawing")},
)


@dataclass(frozen=True)
class Granted:
    """What is granted to whom by which organisation.

    ``valid_to`` is the last day of a title or a benefit, None: without end.
    """

    code: str
    kind: RecognitionKind
    name: Text
    reason: Text
    person: str
    unit: Text
    issuer: Text
    granted_on: date
    valid_to: date | None


@dataclass(frozen=True)
class Certificate:
    """The words of a certificate in one language, from top to bottom."""

    heading: str
    person: str
    unit: str
    body: str
    award: str
    reason: str
    period: str
    number: str
    issuer: str
    day: str


def certificate_of(granted: Granted, language: Language) -> Certificate:
    """The certificate of what was granted."""
    kind, day = KINDS[granted.kind], day_in_words(granted.granted_on)
    is_honour = granted.kind in PUBLIC
    heading = Text("荣誉证书", "Certificate of Honour") if is_honour else Text("激励证书", "Certificate")
    given = Text("兹授予", "is hereby granted the")
    period = Text("", "")
    if granted.valid_to is not None:
        last = day_in_words(granted.valid_to)
        period = Text(f"有效期：{day.zh}至 {last.zh}", f"Valid from {day.en} to {last.en}")
    return Certificate(
        heading=heading.in_language(language),
        person=granted.person,
        unit=granted.unit.in_language(language),
        body=Text(given.zh + kind.zh, f"{given.en} {kind.en}").in_language(language),
        award=granted.name.in_language(language),
        reason=granted.reason.in_language(language),
        period=period.in_language(language),
        number=Text(f"证书编号 {granted.code}", f"No. {granted.code}").in_language(language),
        issuer=granted.issuer.in_language(language),
        day=day.in_language(language),
    )
