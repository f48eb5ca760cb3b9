"""Actuals that affect the person who enters them: they wait until another person releases them (APR-06)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.tracking.domain.measurement import Measured
from services.kit.errors import Text, joined
from services.kit.identity import Role
from services.kit.periods import period_in_words
from services.kit.release import ReleaseRecord, release_workflow

PROPOSAL: Final = release_workflow(
    "measurement_proposal", Text("录入人本人的实绩", "actuals entered by the person concerned"), [Role.HR]
)


_NAMED: Final = 3


@dataclass(frozen=True)
class MeasurementProposal:
    """Measurements of one subject, entered by that person or by the head of that unit; released together.

    ``unit_path`` is that of the subject's newest form, from the root.
    """

    id: UUID
    subject_kind: SubjectKind
    subject_code: str
    unit_path: tuple[UUID, ...]
    lines: tuple[Measured, ...]
    record: ReleaseRecord


def release_title(
    proposal: MeasurementProposal, entered_by: str, subject: Text, indicators: Mapping[str, Text]
) -> Text:
    """The task of whoever releases a proposal: who entered what of whom, about which months.

    ``subject``: the name; ``indicators``: names by code.
    """
    names = list(dict.fromkeys(indicators.get(each.indicator, _plain(each.indicator)) for each in proposal.lines))
    what, more = joined(names[:_NAMED]), len(names) - _NAMED
    if more > 0:
        what = Text(f"{what.zh}等 {len(names)} 项指标", f"{what.en} and {more} more")
    months = sorted({f"{each.measured_on:%Y-%m}" for each in proposal.lines})
    first, last = period_in_words(months[0]), period_in_words(months[-1])
    when = first if first == last else Text(f"{first.zh}至 {last.zh}", f"{first.en} to {last.en}")
    whose = f"（{proposal.subject_code}）", f" ({proposal.subject_code})"
    return Text(
        f"确认{entered_by}录入的本人实绩：{subject.zh}{whose[0]}{what.zh}，{when.zh}",
        f"Release {what.en} of {subject.en}{whose[1]}, {when.en}: entered by {entered_by}, whose own they are",
    )


def _plain(code: str) -> Text:
    return Text(code, code)
