"""Actuals that affect the person who enters them: they wait until another person releases them (APR-06)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.tracking.domain.measurement import Measured
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.release import ReleaseRecord, release_workflow

PROPOSAL: Final = release_workflow(
    "measurement_proposal", Text("录入人本人的实绩", "actuals entered by the person concerned"), [Role.HR]
)


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
