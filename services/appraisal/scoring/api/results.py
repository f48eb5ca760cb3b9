"""Results and their explanations, the caller's own among them (APR-11, APR-14)."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import Field

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.library.domain.grade import Grade
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller
from services.appraisal.schemas import (
    CycleCode,
    CycleId,
    CycleName,
    FormId,
    GradeField,
    Points,
    ResultId,
    ResultPath,
    SubjectCode,
    SubjectId,
    SubjectName,
    SubjectNameEn,
    UnitId,
    UnitName,
    UnitNameEn,
)
from services.appraisal.scoring.domain.result import Cause
from services.appraisal.scoring.usecases import results
from services.kit.database.pages import Page
from services.kit.explanation import as_json, narrate
from services.kit.fields import ExactDecimal, Id, Model
from services.kit.web.application import AcceptedLanguage, PageAsked, Read, tag
from services.kit.web.routing import router

routes = router("/v1/appraisal", tag="results")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
Version = Annotated[int | None, Query(ge=1, description="Version of the result; the newest by default.")]
Rules = Annotated[
    int, Field(description="Version of the rules by which it was computed, before any decisions.", examples=[2])
]
VersionRead = Annotated[int, Field(description="Version of the result, from 1.", examples=[1])]


class Result(Model):
    """A version of a subject's result in a cycle."""

    id: Id = Field(description="Id of the result, the same for all its versions.", examples=[_ID])
    version: VersionRead
    cycle_id: CycleId
    cycle_code: CycleCode
    cycle_name: CycleName
    cycle_state: CycleState = Field(description="State of the cycle.", examples=["closed"])
    form_id: FormId
    subject_kind: SubjectKind = Field(description="Kind of subject: employee, unit or supplier.", examples=["employee"])
    subject_id: SubjectId
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    unit_id: UnitId
    unit_name: UnitName
    unit_name_en: UnitNameEn
    total: Points
    attainment: ExactDecimal | None = Field(
        description="Attainment in percent, uncapped, over ratio items; null without any.", examples=["107.83"]
    )
    computed_grade: GradeField
    grade: GradeField
    cause: Cause = Field(description="Cause of this version.", examples=["scored"])
    reason: str | None = Field(description="Reason for the decision that created it, if any.", examples=["故障属实"])
    decided_by: UUID | None = Field(description="Account of the person who decided, if anyone did.", examples=[_ID])
    decided_by_name: str | None = Field(
        description="Name of the person who decided, if anyone did.", examples=["林晓燕"]
    )
    created_at: datetime = Field(
        description="Time at which this version was created.", examples=["2026-04-10T02:30:00Z"]
    )
    hash: str | None = Field(
        description="SHA-256 of the explanation, in hexadecimal; null until the cycle is closed.", examples=[_HASH]
    )
    rules: Rules


class ResultVersions(Model):
    """All versions of a result."""

    items: list[Result] = Field(description="Versions, oldest first.")


class ResultExplanation(Model):
    """The explanation of a result."""

    result_id: ResultId
    version: VersionRead
    hash: str | None = Field(
        description="SHA-256 of the explanation, in hexadecimal; null until the cycle is closed.", examples=[_HASH]
    )
    tree: dict[str, Any] = Field(
        description="Explanation tree: steps with formula, value, inputs and their sources.",
        examples=[{"rule": "result", "formula": "98.41", "value": "S", "steps": []}],
    )
    text: str = Field(description="Explanation as lines in the reader's language.", examples=["绩效结果 98.41 = S"])


class ReplayDifference(Model):
    """A figure that differs."""

    field: Literal["total", "attainment", "grade"] = Field(description="Name of the figure.", examples=["total"])
    stored: str | None = Field(description="Value as stored.", examples=["98.41"])
    replayed: str | None = Field(description="Value as computed again.", examples=["98.40"])


class ResultReplay(Model):
    """The comparison of a result with a new computation from its stored inputs."""

    result_id: ResultId
    version: VersionRead
    rules: Rules
    present_rules: int = Field(description="Version of the rules in force.", examples=[2])
    compared: Literal["bytes", "values"] = Field(
        description="Scope of the comparison: byte for byte if the present rules wrote it, otherwise by values.",
        examples=["bytes"],
    )
    same: bool = Field(description="Whether the result is the same.", examples=[True])
    differing: list[ReplayDifference] = Field(description="Figures that differ; empty if none.", examples=[[]])
    stored_hash: str = Field(description="SHA-256 of the stored result.", examples=[_HASH])
    replayed_hash: str = Field(description="SHA-256 of the new computation.", examples=[_HASH])
    note: str | None = Field(description="Limits of the comparison, if any.", examples=["仅比较数值"])


def _chosen(
    cycle_id: Annotated[UUID | None, Query(description="Only results of this cycle.")] = None,
    unit_id: Annotated[UUID | None, Query(description="Only results in this unit's subtree.")] = None,
    subject_id: Annotated[UUID | None, Query(description="Only results of this employee, unit or supplier.")] = None,
    grade: Annotated[Grade | None, Query(description="Only results with this grade.")] = None,
) -> results.ResultFilter:
    return results.ResultFilter(cycle_id, unit_id, subject_id, grade.value if grade else None)


ChosenResults = Annotated[results.ResultFilter, Depends(_chosen)]


@routes.get("/results", summary="List results")
async def list_results(
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    chosen: ChosenResults,
) -> Page[Result]:
    """The newest results that the caller may see: superiors and HR once scored, everyone their own once published."""
    found = await results.list_results(session, caller=caller, paging=paging, chosen=chosen)
    return Page[Result].model_validate(found.written(result_shown))


@routes.get("/my/results", summary="List my results")
async def list_my_results(caller: AnyCaller, session: Read, paging: PageAsked) -> Page[Result]:
    """The caller's published results, and those of units that they head."""
    found = await results.list_own_results(session, caller=caller, paging=paging)
    return Page[Result].model_validate(found.written(result_shown))


@routes.get("/results/{result_id}", summary="Read a result")
async def get_result(
    result_id: ResultPath, caller: AnyCaller, session: Read, response: Response, version: Version = None
) -> Result:
    """The newest version, or the one requested. For superiors and HR once scored, for the owner once published."""
    found = await results.get_visible(session, caller=caller, result_id=result_id, version=version)
    tag(response, found.result.version)
    return result_shown(found)


@routes.get("/results/{result_id}/versions", summary="List the versions of a result")
async def list_result_versions(result_id: ResultPath, caller: AnyCaller, session: Read) -> ResultVersions:
    """Every version with its cause and reason."""
    found = await results.list_versions(session, caller=caller, result_id=result_id)
    return ResultVersions(items=[result_shown(each) for each in found])


@routes.get("/results/{result_id}/explanation", summary="Explain a result")
async def explain_result(
    result_id: ResultPath, caller: AnyCaller, session: Read, language: AcceptedLanguage, version: Version = None
) -> ResultExplanation:
    """Every step with its formula, inputs and their sources. Groups of the 360 score are shown once the cycle is
    closed.
    """
    found = await results.get_visible(session, caller=caller, result_id=result_id, version=version)
    step = found.explanation
    return ResultExplanation(
        result_id=result_id,
        version=found.result.version,
        hash=found.result.hash if found.closed else None,
        tree=as_json(step),
        text=narrate(step, language),
    )


@routes.get("/results/{result_id}/replay", summary="Compute a result again")
async def replay_result(
    result_id: ResultPath, caller: AnyCaller, session: Read, language: AcceptedLanguage
) -> ResultReplay:
    """Computes the newest version again from its stored inputs and compares, once the cycle is closed."""
    version, again = await results.replay(session, caller=caller, result_id=result_id)
    note = again.note.in_language(language) if again.note else None
    return ResultReplay.model_validate({**vars(again), "result_id": result_id, "version": version, "note": note})


_NAMES = ("subject_name", "subject_name_en", "unit_name", "unit_name_en")


def result_shown(found: results.StoredResult | results.VisibleResult) -> Result:
    """A version of a result as it is answered."""
    row, form, cycle = found.result, found.form, found.cycle
    of_form = {name: getattr(form, name) for name in ("subject_kind", "subject_id", "subject_code", *_NAMES, "unit_id")}
    of_row = {name: getattr(row, name) for name in Result.model_fields if hasattr(row, name)}
    of_cycle = {"cycle_code": cycle.code, "cycle_name": cycle.name, "cycle_state": cycle.state}
    hash_shown = row.hash if cycle.state == CycleState.CLOSED.value else None
    return Result.model_validate({**of_row, **of_form, **of_cycle, "hash": hash_shown})
