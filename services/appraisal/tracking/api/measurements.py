"""/v1/appraisal/measurements: actuals in bulk, as JSON lines or CSV (APR-06)."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import Request
from pydantic import Field, StringConstraints, ValidationError

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import FeederUnitOfWork
from services.appraisal.tracking.domain.measurement import Measured
from services.appraisal.tracking.usecases import measurements
from services.appraisal.tracking.usecases.measurements import MOST_FAULTS, MeasurementsWrong
from services.kit.errors import FieldError, Invalid, Malformed, Text, UnsupportedMedia
from services.kit.fields import CodeText, ExactDecimal, Label, Model
from services.kit.problem import field_error_of
from services.kit.routing import JsonBroken, reads_raw_body, router, strict_json, takes_up_to

routes = router("/v1/appraisal/measurements", tag="measurements")

MOST_BYTES = 64 * 1024 * 1024
JSON_LINES = ("application/jsonl", "application/x-ndjson")
CSV = "text/csv"
HEADERS = {
    "考核对象类型": "subject_kind", "考核对象编码": "subject_code", "指标编码": "indicator", "数值": "value",
    "日期": "day", "来源": "source", "外部编号": "external_id", "被更正的外部编号": "corrects",
}  # fmt: skip
SHOWN_HEADERS = tuple(HEADERS)
HEADERS |= {"对象类型": "subject_kind", "对象编码": "subject_code", "更正编号": "corrects"}  # as earlier files have it
KINDS = {"员工": "employee", "单元": "unit", "部门": "unit"}


class NothingSent(Invalid):
    """The body holds no measurement."""

    code = "nothing_sent"
    zh = "请求中没有数据，请至少提交一条实绩。"
    en = "The body has no measurement; send at least one."


class HeaderWrong(Invalid):
    """The first line of the CSV does not name the columns."""

    code = "header_wrong"
    zh = "CSV 首行有误：{found}。请使用下列列名。"
    en = "The header of the CSV is wrong: {found}. Use the columns below."


class NotText(Malformed):
    """The body is not UTF-8 text."""

    code = "not_text"
    zh = "请求内容不是 UTF-8 文本，请另存为 UTF-8 后重新提交。"
    en = "The body is not UTF-8 text; save it as UTF-8 and send it again."


class Measurement(Model):
    """One line: an actual value of an indicator for a subject on a day. ``source`` and ``external_id`` identify it."""

    subject_kind: SubjectKind
    subject_code: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)] = Field(
        description="employee number or unit code"
    )
    indicator: CodeText
    value: ExactDecimal
    day: date
    source: Label
    external_id: Label
    corrects: Label | None = Field(None, description="external id of the same source that this one supersedes")


class SubjectWithoutForm(Model):
    """A subject that no cycle knows; its data are stored, but the code may be misspelt."""

    subject_kind: SubjectKind
    subject_code: str


class Intake(Model):
    """What became of a delivery: new, sent before, corrections among the new."""

    accepted: int
    repeated: int
    corrected: int
    without_form: list[SubjectWithoutForm]


@routes.post(
    "",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/jsonl": {"schema": {"type": "string", "description": "a Measurement a line"}},
                "text/csv": {"schema": {"type": "string", "description": f"header: {','.join(HEADERS)}"}},
            },
        }
    },
)
@takes_up_to(MOST_BYTES)
@reads_raw_body
async def deliver_measurements(request: Request, uow: FeederUnitOfWork) -> Intake:
    """Take a delivery: all of it, or nothing and a fault for every bad line (pointer /line/field, lines from 1).

    Sending a line again changes nothing; the same external id with another content is a fault. A correction is a new
    line whose `corrects` names the external id that it supersedes.
    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in (*JSON_LINES, CSV):
        raise UnsupportedMedia(expected=f"{JSON_LINES[0]}, {CSV}")
    body = await request.body()
    rows = _csv_rows(_text(body)) if media == CSV else _json_rows(body)
    sent = _measured(rows)
    if not sent:
        raise NothingSent
    took = await measurements.take(uow, sent=sent)
    unknown = [
        SubjectWithoutForm(subject_kind=SubjectKind(kind), subject_code=code) for kind, code in took.without_form
    ]
    return Intake(accepted=took.accepted, repeated=took.repeated, corrected=took.corrected, without_form=unknown)


def _measured(rows: Iterator[tuple[int, object]]) -> list[Measured]:
    sent: list[Measured] = []
    field_errors: list[FieldError] = []
    for number, raw in rows:
        if isinstance(raw, FieldError):
            field_errors.append(raw)
            continue
        try:
            line = Measurement.model_validate(raw)
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


def _csv_rows(text: str) -> Iterator[tuple[int, object]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    try:
        for cells in reader:
            number = reader.line_num
            if header is None:
                header = _header(cells)
            elif len(cells) != len(header):
                found = str(len(cells))
                yield number, FieldError(f"/{number}", found, Text(f"{len(header)} 列", f"{len(header)} columns"))
            else:
                row = {name: cell for name, cell in zip(header, cells, strict=True) if cell.strip()}
                row["subject_kind"] = KINDS.get(row.get("subject_kind", ""), row.get("subject_kind", ""))
                yield number, row
    except csv.Error as broken:
        yield reader.line_num, FieldError(f"/{reader.line_num}", str(broken)[:80], Text("有效的 CSV", "valid CSV"))


def _header(cells: list[str]) -> list[str]:
    named = [HEADERS.get(cell.strip(), cell.strip()) for cell in cells]
    known = [HEADERS[header] for header in SHOWN_HEADERS]
    wrong = [name for name in named if name not in known or named.count(name) > 1]
    gone = [name for name in known[:-1] if name not in named]
    if wrong or gone:
        expected = Text("、".join(SHOWN_HEADERS), ", ".join(known))
        raise HeaderWrong(
            found=", ".join(cells)[:200], field_errors=[FieldError("/1", ", ".join(wrong or gone), expected)]
        )
    return named


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise NotText from fault
