"""/v1/appraisal/cycles/{id}/readiness: what a cycle waits for, and whose it is (APR-04, APR-11)."""

from collections import Counter
from datetime import date
from typing import Final
from uuid import UUID

from fastapi.responses import StreamingResponse
from pydantic import Field, TypeAdapter

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.decisions.usecases import readiness
from services.appraisal.permissions import Overseer
from services.appraisal.schemas import CyclePath, FormId, SubjectCode, SubjectName, SubjectNameEn
from services.appraisal.scoring.domain.readiness import Gap
from services.appraisal.scoring.usecases.readiness import stream_gaps
from services.kit import json_lines
from services.kit.errors import Language
from services.kit.fields import Model
from services.kit.web.application import AcceptedLanguage, Context, Read, Today
from services.kit.web.routing import router
from services.kit.web.streaming import stream

routes = router("/v1/appraisal/cycles", tag="cycles")

SHOWN = 500


class ReadinessGap(Model):
    """An input that a form still needs before it can be scored."""

    form_id: FormId
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    item: str = Field(description="Key of the item.", examples=["S01"])
    what: str = Field(
        description="Missing input, as in missing_inputs, or an actual that waits for release.",
        examples=["actual 2026-02"],
    )
    responsible: str = Field(description="Names of the people who have to provide it.", examples=["林晓燕"])
    due_on: date | None = Field(
        description="Deadline of the cycle for it; null if there is none.",
        examples=["2026-04-08"],
    )
    text: str = Field(
        description="Description of the gap in the reader's language.",
        examples=["E101 周雨桐：缺少“销售额”2026-02 的实绩，由人力资源补齐"],
    )

    @classmethod
    def of(cls, gap: Gap, language: Language) -> "ReadinessGap":
        """A gap as the API shows it."""
        form_id: UUID = gap.people.form_id
        return cls(
            form_id=form_id,
            subject_code=gap.people.subject_code,
            **gap.people.subject_name.as_fields("subject_name"),
            item=gap.item,
            what=gap.what,
            responsible=gap.responsible.in_language(language),
            due_on=gap.due_on,
            text=gap.text.in_language(language),
        )


_GAP: Final = TypeAdapter(ReadinessGap)


class CycleReadiness(Model):
    """The conditions that a cycle still waits for."""

    state: CycleState = Field(description="State of the cycle.", examples=["evaluating"])
    is_ready: bool = Field(description="Whether the cycle can move to its next phase.", examples=[False])
    is_complete: bool = Field(
        description="Whether all gaps are counted; above 2,000 people with gaps they are not; a stream has all.",
        examples=[True],
    )
    counts: dict[str, int] = Field(
        description="Number of gaps by kind: target, actual, release, manual_score, prior_results, feedback, items.",
        examples=[{"actual": 2, "manual_score": 1}],
    )
    gaps: list[ReadinessGap] = Field(description="First 500 gaps, by subject.")
    open_calibrations: list[str] = Field(
        description="Units with an open calibration session, once scored.", examples=[["华东大区"]]
    )
    open_appeals: int = Field(description="Number of undecided appeals, once published.", examples=[0])


@routes.get("/{cycle_id}/readiness", summary="Check the readiness of a cycle")
async def get_cycle_readiness(
    cycle_id: CyclePath, caller: Overseer, session: Read, today: Today, language: AcceptedLanguage
) -> CycleReadiness:
    """The missing inputs and the people responsible for them. Nothing is revealed about anonymous ratings, not even
    their number (APR-10).
    """
    found = await readiness.check_readiness(session, caller=caller, cycle_id=cycle_id, today=today)
    gaps = found.scoring.gaps
    return CycleReadiness(
        state=found.scoring.state,
        is_ready=found.is_ready,
        is_complete=found.scoring.is_complete,
        counts=Counter(gap.kind for gap in gaps),
        gaps=[ReadinessGap.of(gap, language) for gap in gaps[:SHOWN]],
        open_calibrations=[each.in_language(language) for each in found.open_calibrations],
        open_appeals=found.open_appeals,
    )


@routes.get(
    "/{cycle_id}/readiness/all",
    summary="Stream the gaps of a cycle",
    response_class=StreamingResponse,
    responses={200: {"content": {json_lines.MEDIA_TYPE: {}}}},
)
async def stream_cycle_gaps(
    cycle_id: CyclePath, caller: Overseer, context: Context, today: Today, language: AcceptedLanguage
) -> StreamingResponse:
    """Every missing input, by subject, as JSON lines in one response; none once scoring has begun.

    Each line is a gap in the form of `GET /v1/appraisal/cycles/{cycle_id}/readiness`, all read at one moment. The last
    line has `kind` "end", the number of lines before it and their SHA-256; without it the response is incomplete.
    """
    return await stream(
        context.sessions,
        lambda session: stream_gaps(session, caller=caller, cycle_id=cycle_id, today=today),
        lambda gap: _GAP.dump_json(ReadinessGap.of(gap, language)),
    )
