"""/v1/appraisal/measurements: actuals in bulk, as JSON lines or CSV (APR-06)."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query, Request, Response
from pydantic import Field, StringConstraints, ValidationError

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller, FeederUnitOfWork, MeasurementReader
from services.appraisal.tracking.domain import measurement as domain
from services.appraisal.tracking.domain.measurement import Measured, MeasurementFilter
from services.appraisal.tracking.usecases import measurements
from services.appraisal.tracking.usecases.measurement_files import FORM as MEASUREMENT_SHEET
from services.appraisal.tracking.usecases.measurement_files import FileIntake, take_file
from services.appraisal.tracking.usecases.measurements import MOST_FAULTS, MeasurementsWrong
from services.kit.database.pages import Page
from services.kit.errors import FieldError, Invalid, Language, Text, UnsupportedMedia
from services.kit.fields import CodeText, Day, ExactDecimal, Label, Model
from services.kit.files.routes import CSV, FILE_ANSWER, XLSX, CellError, cell_errors, sent_file, template_answer
from services.kit.files.uploads import FORM, upload_body
from services.kit.problem import field_error_of
from services.kit.web.application import AcceptedLanguage, PageAsked, Read
from services.kit.web.routing import JsonBroken, reads_raw_body, router, strict_json, takes_up_to

routes = router("/v1/appraisal", tag="measurements")

MOST_BYTES = 64 * 1024 * 1024
MOST_WARNINGS = 100
JSON_LINES = ("application/jsonl", "application/x-ndjson")
_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
_LINE = (
    '{"subject_kind": "employee", "subject_code": "E101", "indicator": "S01", "value": "310000.50", '
    '"measured_on": "2026-03-31", "source": "CRM", "external_id": "E101-S01-2026-03"}\n'
)


_FILES = upload_body(XLSX, CSV)["requestBody"]["content"]
_HEADER = ",".join(column.header for column in MEASUREMENT_SHEET.columns)
_LINES = {"type": "string", "description": "one JSON object per line, with the fields of NewMeasurement"}
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "One measurement per line, with the fields of NewMeasurement; or a file.",
        "content": {
            "application/jsonl": {"schema": _LINES, "example": _LINE},
            **_FILES,
            CSV: {
                "schema": {"type": "string", "description": f"header: {_HEADER}"},
                "example": f"{_HEADER}\n员工,E101,S01,310000.50,2026-03-31,CRM,E101-S01-2026-03,\n",
            },
        },
    }
}


class NothingSent(Invalid):
    """The body holds no measurement."""

    code = "nothing_sent"
    zh = "请求中没有数据，请至少提交一条实绩。"
    en = "The body contains no measurement; send at least one."


class NewMeasurement(Model):
    """One line of a delivery: an actual value of an indicator for a subject on a day."""

    subject_kind: SubjectKind = Field(description="Kind of subject measured.", examples=["employee"])
    subject_code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] = Field(
        description="Employee number, or code of the unit or supplier.", examples=["E101"]
    )
    indicator: CodeText = Field(description="Code of the indicator.", examples=["S01"])
    value: ExactDecimal = Field(description="Actual value in the unit of the indicator.", examples=["310000.50"])
    measured_on: date = Field(description="Day to which the value belongs.", examples=["2026-03-31"])
    source: Label = Field(description="System from which it comes.", examples=["CRM"])
    external_id: Label = Field(
        description="Its id there; the same source and id again change nothing.", examples=["E101-S01-2026-03"]
    )
    corrects: Label | None = Field(
        default=None,
        description="External id of the same source that this one supersedes.",
        examples=["E101-S01-2026-02"],
    )


class SubjectWithoutForm(Model):
    """A subject unknown to every cycle; its values are stored, but the code may be misspelt."""

    subject_kind: SubjectKind = Field(description="Kind of subject measured.", examples=["employee"])
    subject_code: str = Field(description="Code as sent.", examples=["E999"])


class SmallPercentage(Model):
    """A value below 1 of an indicator in percent: taken as it is, but perhaps meant as a share of 1."""

    line: int = Field(description="Line of the delivery, or row of the file.", examples=[2])
    subject_kind: SubjectKind = Field(description="Kind of subject measured.", examples=["employee"])
    subject_code: str = Field(description="Employee number, or code of the unit or supplier.", examples=["E101"])
    indicator: str = Field(description="Code of the indicator.", examples=["S03"])
    value: ExactDecimal = Field(description="Value as sent.", examples=["0.85"])
    text: str = Field(
        description="What it counts as, in the language of `Accept-Language`.",
        examples=["0.85 按 0.85% 计；如应为 85%，请更正。"],
    )

    @classmethod
    def of(cls, each: Measured, language: Language) -> "SmallPercentage":
        """The same in a language."""
        values = {name: getattr(each, name) for name in cls.model_fields if name != "text"}
        return cls.model_validate({**values, "text": domain.taken_as(each).in_language(language)})


class MeasurementDelivery(Model):
    """The result of a delivery, or of a dry run. If there are errors, nothing is stored."""

    dry_run: bool = Field(description="Whether this was a dry run.", examples=[False])
    accepted: int = Field(description="Number of new lines.", examples=[120])
    pending: int = Field(
        description="Number of new lines about the caller, or about a unit that the caller heads; they wait for "
        "another person in HR.",
        examples=[0],
    )
    repeated: int = Field(description="Number of lines that had been sent before.", examples=[3])
    corrected: int = Field(description="Number of corrections among the new lines.", examples=[1])
    without_form: list[SubjectWithoutForm] = Field(description="Subjects unknown to every cycle, at most a hundred.")
    small_percentages: list[SmallPercentage] = Field(
        description="New values below 1 of indicators in percent, at most a hundred.", examples=[[]]
    )
    error_count: int = Field(
        description="Number of errors found by a dry run of a file, including those not listed.", examples=[0]
    )
    errors: list[CellError] = Field(description="First errors, cell by cell.", examples=[[]])


class Measurement(Model):
    """A stored actual value."""

    id: UUID = Field(description="Id of the measurement.", examples=[_ID])
    subject_kind: SubjectKind = Field(description="Kind of subject measured.", examples=["employee"])
    subject_code: str = Field(description="Employee number, or code of the unit or supplier.", examples=["E101"])
    indicator: str = Field(description="Code of the indicator.", examples=["S01"])
    value: ExactDecimal = Field(description="Actual value in the unit of the indicator.", examples=["310000.50"])
    measured_on: date = Field(description="Day to which the value belongs.", examples=["2026-03-31"])
    source: str = Field(description="System from which it comes.", examples=["CRM"])
    external_id: str = Field(description="Id of the measurement in that system.", examples=["E101-S01-2026-03"])
    supersedes_id: UUID | None = Field(description="Measurement that this one corrects.", examples=[_ID])
    superseded: bool = Field(description="Whether it has been replaced by a correction.", examples=[False])
    recorded_at: datetime = Field(description="Time at which it was stored.", examples=["2026-04-01T01:00:00Z"])


@routes.post("/measurements", summary="Deliver measurements", openapi_extra=_BODY)
@takes_up_to(MOST_BYTES)
@reads_raw_body
async def deliver_measurements(
    request: Request,
    uow: FeederUnitOfWork,
    language: AcceptedLanguage,
    dry_run: Annotated[bool, Query(description="Check everything and store nothing.")] = False,
) -> MeasurementDelivery:
    """Delivers measurements, all or nothing, with an error for every invalid line (pointer /line/field, lines from
    1). The body is JSON lines, or an XLSX or CSV file with the columns of the template, then with an error for every
    invalid cell; a dry run of a file answers 200 with these errors. Sending a line again changes nothing; the same
    external id with different content is an error. A correction is a new line whose `corrects` names the external id
    that it supersedes. Values that concern the caller wait until another person in HR releases them.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media in JSON_LINES:
        sent = _measured(_json_rows(await request.body()))
        if not sent:
            raise NothingSent
        took = FileIntake(await measurements.take(uow, sent=sent, dry_run=dry_run))
    elif media in (XLSX, CSV, FORM):
        file = await sent_file(request)
        took = await take_file(uow, data=file.data, is_csv=file.is_csv, dry_run=dry_run)
    else:
        raise UnsupportedMedia(expected=", ".join((JSON_LINES[0], XLSX, CSV)))
    intake = took.intake
    return MeasurementDelivery(
        dry_run=dry_run,
        accepted=intake.accepted,
        pending=intake.pending,
        repeated=intake.repeated,
        corrected=intake.corrected,
        without_form=[
            SubjectWithoutForm(subject_kind=SubjectKind(kind), subject_code=code) for kind, code in intake.without_form
        ],
        small_percentages=[SmallPercentage.of(each, language) for each in intake.small[:MOST_WARNINGS]],
        error_count=took.error_count,
        errors=cell_errors(took.field_errors, language),
    )


@routes.get(
    "/templates/measurements",
    summary="Download the template for measurements",
    response_class=Response,
    responses=FILE_ANSWER,
)
async def get_measurement_template(_: MeasurementReader, language: AcceptedLanguage) -> Response:
    """An empty workbook in the language of `Accept-Language`, with a sheet that describes every column."""
    return template_answer([MEASUREMENT_SHEET], "measurements", language)


@routes.get("/measurements", summary="List measurements")
async def list_measurements(
    caller: MeasurementReader,
    session: Read,
    paging: PageAsked,
    subject_kind: Annotated[
        SubjectKind | None, Query(description="Only measurements of employees, of units or of suppliers.")
    ] = None,
    subject_code: Annotated[
        str | None, Query(max_length=64, description="Only measurements of this employee, unit or supplier.")
    ] = None,
    indicator: Annotated[str | None, Query(max_length=64, description="Only measurements of this indicator.")] = None,
    source: Annotated[str | None, Query(max_length=200, description="Only measurements from this system.")] = None,
    measured_from: Annotated[Day | None, Query(description="Only measurements on or after this day.")] = None,
    measured_to: Annotated[Day | None, Query(description="Only measurements on or before this day.")] = None,
) -> Page[Measurement]:
    """Measurements by day, including corrected ones; HR and auditors see those of subjects in their units."""
    wanted = MeasurementFilter(subject_kind, subject_code, indicator, source, measured_from, measured_to)
    found = await measurements.list_measurements(session, caller=caller, wanted=wanted, paging=paging)
    return Page[Measurement].model_validate(found.written(_written))


@routes.get("/forms/{form_id}/measurements", summary="List the measurements of a form")
async def list_form_measurements(
    form_id: Annotated[UUID, Path(description="Id of the form.")], caller: AnyCaller, session: Read, paging: PageAsked
) -> Page[Measurement]:
    """The measurements in the form's span of days, including corrected ones."""
    found = await measurements.list_of_form(session, caller=caller, form_id=form_id, paging=paging)
    return Page[Measurement].model_validate(found.written(_written))


def _written(found: domain.Measurement) -> Measurement:
    return Measurement.model_validate({name: getattr(found, name) for name in Measurement.model_fields})


def _measured(rows: Iterator[tuple[int, object]]) -> list[Measured]:
    sent: list[Measured] = []
    field_errors: list[FieldError] = []
    for number, raw in rows:
        if isinstance(raw, FieldError):
            field_errors.append(raw)
            continue
        try:
            line = NewMeasurement.model_validate(raw)
        except ValidationError as wrong:
            field_errors.extend(
                field_error_of({**each, "loc": ("body", number, *each["loc"])}) for each in wrong.errors()
            )
            continue
        sent.append(Measured(line=number, **dict(line)))
    if field_errors:
        raise MeasurementsWrong(
            count=len({fault.pointer.split("/")[1] for fault in field_errors}), field_errors=field_errors[:MOST_FAULTS]
        )
    return sent


def _json_rows(body: bytes) -> Iterator[tuple[int, object]]:
    for number, raw in enumerate(body.split(b"\n"), start=1):
        if not raw.strip():
            continue
        try:
            yield number, strict_json(raw)
        except JsonBroken as broken:
            yield number, FieldError(f"/{number}", str(broken)[:80], Text("一个 JSON 对象", "a JSON object"))
