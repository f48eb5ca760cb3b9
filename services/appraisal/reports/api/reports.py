"""/v1/appraisal/reports: a cycle, its grades and indicators from above, as data, workbook and picture (APR-20)."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Query, Response

from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.permissions import ReportReader
from services.appraisal.reports.api import grade_picture, progress_picture, scorecard_picture, trend_picture, workbooks
from services.appraisal.reports.api.report_models import GradeReport, IndicatorTrend, ProgressReport, Scorecard
from services.appraisal.reports.usecases import reports
from services.kit.errors import Language, Text
from services.kit.files.pictures import PICTURE_ANSWER, PICTURE_HEADERS, SVG
from services.kit.files.routes import FILE_ANSWER, file_answer
from services.kit.web.application import AcceptedLanguage, Read, Today
from services.kit.web.routing import router

routes = router("/v1/appraisal/reports", tag="reports")

_ID: Final = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
OfCycle = Annotated[UUID, Query(description="Id of the cycle.", examples=[_ID])]
OfUnit = Annotated[
    UUID | None, Query(description="The unit whose parts are shown; without: everything in sight.", examples=[_ID])
]
TheUnit = Annotated[UUID, Query(description="The unit.", examples=[_ID])]
OfIndicator = Annotated[str, Query(max_length=64, description="Code of the indicator.", examples=["S01"])]
OfFrequency = Annotated[Frequency, Query(description="Cycles of this frequency, the last twelve.")]
OfKind = Annotated[SubjectKind, Query(description="The forms of people, of units themselves, or of suppliers.")]

_PICTURE: Final[dict[str, Any]] = {"response_class": Response, "responses": PICTURE_ANSWER}
_WORKBOOK: Final[dict[str, Any]] = {"response_class": Response, "responses": FILE_ANSWER}


def _drawn(picture: str) -> Response:
    return Response(picture, media_type=SVG, headers={**PICTURE_HEADERS, "Cache-Control": "no-store"})


def _file(workbook: bytes, language: Language, name: Text, of: str) -> Response:
    return file_answer(workbook, name.in_language(language), of)


@routes.get("/progress", summary="Read the progress report of a cycle")
async def get_progress_report(
    caller: ReportReader,
    session: Read,
    today: Today,
    cycle_id: OfCycle,
    unit_id: OfUnit = None,
) -> ProgressReport:
    """How far a cycle is, unit by unit, and who is late; anonymous raters are neither named nor counted."""
    found = await reports.report_progress(session, caller=caller, today=today, cycle_id=cycle_id, unit_id=unit_id)
    return ProgressReport.of(found)


@routes.get("/progress.xlsx", summary="Download the progress report", **_WORKBOOK)
async def download_progress_report(
    caller: ReportReader,
    session: Read,
    today: Today,
    language: AcceptedLanguage,
    cycle_id: OfCycle,
    unit_id: OfUnit = None,
) -> Response:
    """The same as a workbook: one sheet by unit, one of who is late."""
    found = await reports.report_progress(session, caller=caller, today=today, cycle_id=cycle_id, unit_id=unit_id)
    return _file(workbooks.progress(found, language), language, Text("进度", "progress"), found.cycle.code)


@routes.get("/progress.svg", summary="Draw the progress report", **_PICTURE)
async def draw_progress_report(
    caller: ReportReader,
    session: Read,
    today: Today,
    language: AcceptedLanguage,
    cycle_id: OfCycle,
    unit_id: OfUnit = None,
) -> Response:
    """The same as a picture: bars by unit, and the first who are late."""
    found = await reports.report_progress(session, caller=caller, today=today, cycle_id=cycle_id, unit_id=unit_id)
    return _drawn(progress_picture.drawn(found, language))


@routes.get("/grades", summary="Read the distribution of grades by unit")
async def get_grade_report(
    caller: ReportReader, session: Read, cycle_id: OfCycle, unit_id: OfUnit = None
) -> GradeReport:
    """How many people have which grade, unit by unit, as computed and as it is now.

    Groups of fewer than three people are never shown: small units are added together, and what remains too small is
    left out, so that no difference between two reports reveals it.
    """
    found = await reports.report_grades(session, caller=caller, cycle_id=cycle_id, unit_id=unit_id)
    return GradeReport.of(found)


@routes.get("/grades.xlsx", summary="Download the distribution of grades", **_WORKBOOK)
async def download_grade_report(
    caller: ReportReader, session: Read, language: AcceptedLanguage, cycle_id: OfCycle, unit_id: OfUnit = None
) -> Response:
    """The same as a workbook."""
    found = await reports.report_grades(session, caller=caller, cycle_id=cycle_id, unit_id=unit_id)
    return _file(workbooks.grades(found, language), language, Text("等级分布", "grades"), found.cycle.code)


@routes.get("/grades.svg", summary="Draw the distribution of grades", **_PICTURE)
async def draw_grade_report(
    caller: ReportReader, session: Read, language: AcceptedLanguage, cycle_id: OfCycle, unit_id: OfUnit = None
) -> Response:
    """The same as a picture: two bars a unit, as computed above and as it is now below."""
    found = await reports.report_grades(session, caller=caller, cycle_id=cycle_id, unit_id=unit_id)
    return _drawn(grade_picture.drawn(found, language))


@routes.get("/trends", summary="Read the trend of an indicator")
async def get_indicator_trend(
    caller: ReportReader,
    session: Read,
    indicator: OfIndicator,
    frequency: OfFrequency = Frequency.QUARTER,
    subject_kind: OfKind = SubjectKind.EMPLOYEE,
    unit_id: OfUnit = None,
) -> IndicatorTrend:
    """An indicator's actuals against targets over the last twelve cycles; fewer than three people are not shown."""
    found = await reports.report_trend(
        session, caller=caller, indicator=indicator, frequency=frequency, kind=subject_kind, unit_id=unit_id
    )
    return IndicatorTrend.of(found)


@routes.get("/trends.xlsx", summary="Download the trend of an indicator", **_WORKBOOK)
async def download_indicator_trend(
    caller: ReportReader,
    session: Read,
    language: AcceptedLanguage,
    indicator: OfIndicator,
    frequency: OfFrequency = Frequency.QUARTER,
    subject_kind: OfKind = SubjectKind.EMPLOYEE,
    unit_id: OfUnit = None,
) -> Response:
    """The same as a workbook."""
    found = await reports.report_trend(
        session, caller=caller, indicator=indicator, frequency=frequency, kind=subject_kind, unit_id=unit_id
    )
    return _file(workbooks.trend(found, language), language, Text("趋势", "trend"), indicator)


@routes.get("/trends.svg", summary="Draw the trend of an indicator", **_PICTURE)
async def draw_indicator_trend(
    caller: ReportReader,
    session: Read,
    language: AcceptedLanguage,
    indicator: OfIndicator,
    frequency: OfFrequency = Frequency.QUARTER,
    subject_kind: OfKind = SubjectKind.EMPLOYEE,
    unit_id: OfUnit = None,
) -> Response:
    """The same as a picture: actuals as bars, targets as marks, attainment written above."""
    found = await reports.report_trend(
        session, caller=caller, indicator=indicator, frequency=frequency, kind=subject_kind, unit_id=unit_id
    )
    return _drawn(trend_picture.drawn(found, language))


@routes.get("/scorecard", summary="Read the balanced scorecard of a unit")
async def get_scorecard(caller: ReportReader, session: Read, cycle_id: OfCycle, unit_id: TheUnit) -> Scorecard:
    """A unit in a cycle by perspectives: its own form, or those of its people (three or more) where it has none."""
    found = await reports.report_scorecard(session, caller=caller, cycle_id=cycle_id, unit_id=unit_id)
    return Scorecard.of(found)


@routes.get("/scorecard.xlsx", summary="Download the balanced scorecard", **_WORKBOOK)
async def download_scorecard(
    caller: ReportReader, session: Read, language: AcceptedLanguage, cycle_id: OfCycle, unit_id: TheUnit
) -> Response:
    """The same as a workbook."""
    found = await reports.report_scorecard(session, caller=caller, cycle_id=cycle_id, unit_id=unit_id)
    return _file(workbooks.scorecard(found, language), language, Text("平衡计分卡", "scorecard"), found.cycle.code)


@routes.get("/scorecard.svg", summary="Draw the balanced scorecard", **_PICTURE)
async def draw_scorecard(
    caller: ReportReader, session: Read, language: AcceptedLanguage, cycle_id: OfCycle, unit_id: TheUnit
) -> Response:
    """The same as a picture: a card a perspective, a bar an indicator."""
    found = await reports.report_scorecard(session, caller=caller, cycle_id=cycle_id, unit_id=unit_id)
    return _drawn(scorecard_picture.drawn(found, language))
