"""/v1/incentive/recognitions: what people are given that is not money, with its certificate (INC-09)."""

from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from fastapi import Path, Query, Response
from pydantic import Field, StringConstraints

from services.incentive.permissions import HrUnitOfWork
from services.incentive.recognition.domain.recognition import KINDS, RecognitionKind, RecognitionState
from services.incentive.recognition.usecases import recognitions as usecases
from services.kit.access.callers import AnyCaller
from services.kit.database.pages import Page
from services.kit.errors import Language, Text
from services.kit.fields import CodeText, Day, Id, Label, Model, Prose
from services.kit.files.documents import PDF_ANSWER, document_answer
from services.kit.web.application import AcceptedLanguage, IfMatch, PageAsked, Read
from services.kit.web.routing import router
from services.kit.work.history import WITHDRAWN, decision_shown

routes = router("/v1/incentive/recognitions", tag="recognitions")

RecognitionId = Annotated[Id, Path(description="Id of the recognition.")]
_TEMPLATE: Final = FilePath(__file__).with_name("certificate.typ").read_bytes()
_NAME: Final = Text("证书", "certificate")


CertifiedProse = Annotated[Prose, StringConstraints(max_length=400)]
"""Fits on one page with the rest of the certificate."""


class RecognitionRequest(Model):
    """A recognition to be granted."""

    code: CodeText = Field(description="Number of the certificate, unique for ever.", examples=["R-2026-001"])
    employee_number: CodeText = Field(description="Number of the employee.", examples=["E002"])
    kind: RecognitionKind = Field(description="Kind of recognition.", examples=["title"])
    name: Label = Field(description="Name of the recognition in Chinese.", examples=["首席市场顾问"])
    name_en: Label = Field(description="Name of the recognition in English.", examples=["Chief Market Adviser"])
    reason: CertifiedProse = Field(
        description="Reason, in Chinese; printed on the certificate.", examples=["连续三年市场判断准确。"]
    )
    reason_en: CertifiedProse = Field(
        description="Reason, in English.", examples=["For three years of sound judgement of the market."]
    )
    granted_on: Day = Field(description="Day on which it is granted.", examples=["2026-04-20"])
    valid_to: Day | None = Field(
        default=None, description="Last day; null if it does not end.", examples=["2027-04-19"]
    )


class RecognitionWithdrawal(Model):
    """The reason for withdrawing a recognition."""

    reason: Prose = Field(description="Reason, kept in the history.", examples=["误授"])


class Recognition(Model):
    """A recognition granted to a person."""

    id: Id = Field(description="Id of the recognition.", examples=["01980000-0000-7000-8000-0000000000cc"])
    code: str = Field(description="Number of the certificate.", examples=["R-2026-001"])
    employee_id: Id = Field(
        description="Employee to whom it belongs.", examples=["01980000-0000-7000-8000-000000000001"]
    )
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str = Field(description="Name of the employee.", examples=["苏曼青"])
    kind: RecognitionKind = Field(description="Kind of recognition.", examples=["title"])
    kind_text: str = Field(
        description="The same in words, in the language of `Accept-Language`.", examples=["荣誉头衔"]
    )
    name: str = Field(description="Name of the recognition in Chinese.", examples=["首席市场顾问"])
    name_en: str = Field(description="Name of the recognition in English.", examples=["Chief Market Adviser"])
    reason: str = Field(description="Reason, in Chinese.", examples=["连续三年市场判断准确。"])
    reason_en: str = Field(description="Reason, in English.", examples=["For three years of sound judgement."])
    granted_on: date = Field(description="Day on which it was granted.", examples=["2026-04-20"])
    valid_to: date | None = Field(description="Last day; null if it does not end.", examples=["2027-04-19"])
    state: RecognitionState = Field(description="State: valid or withdrawn.", examples=["granted"])
    withdrawn_at: datetime | None = Field(
        description="Time of the withdrawal, for the person and HR; null if valid.", examples=[None]
    )
    withdrawn_by_name: str | None = Field(description="Name of the person who withdrew it.", examples=[None])
    withdrawal_reason: str | None = Field(description="Reason for the withdrawal.", examples=[None])
    revision: int = Field(description="Revision of the record, for `If-Match`.", examples=[1])
    entered_at: datetime = Field(description="Time of entry.", examples=["2026-04-20T09:00:00+08:00"])
    entered_by_name: str = Field(description="Name of the person who entered it.", examples=["范思齐"])


@routes.post("", status_code=201, response_model=Recognition, summary="Grant a recognition")
async def grant_recognition(uow: HrUnitOfWork, body: RecognitionRequest, language: AcceptedLanguage) -> dict[str, Any]:
    """HR over the person's unit grants it; nobody can grant one to themselves."""
    details = await usecases.grant(
        uow,
        code=body.code,
        employee_number=body.employee_number,
        kind=body.kind,
        name=Text(body.name, body.name_en),
        reason=Text(body.reason, body.reason_en),
        granted_on=body.granted_on,
        valid_to=body.valid_to,
    )
    return _recognition(details, language)


@routes.get("", response_model=Page[Recognition], summary="List recognitions")
async def list_recognitions(
    session: Read,
    caller: AnyCaller,
    paging: PageAsked,
    language: AcceptedLanguage,
    kind: Annotated[RecognitionKind | None, Query(description="Only those of this kind.")] = None,
    employee_number: Annotated[CodeText | None, Query(description="Only those of this employee.")] = None,
) -> dict[str, Any]:
    """Everyone sees honours and titles, and all of their own recognitions; HR sees all recognitions of people in its
    units.
    """
    rows = await usecases.list_recognitions(
        session, caller=caller, kind=kind, employee_number=employee_number, paging=paging
    )
    return rows.written(lambda each: _recognition(each, language))


@routes.get("/{recognition_id}", response_model=Recognition, summary="Read a recognition")
async def get_recognition(
    session: Read, caller: AnyCaller, recognition_id: RecognitionId, language: AcceptedLanguage
) -> dict[str, Any]:
    """Training, conferences, rotations and welfare are visible only to the person and HR."""
    details = await usecases.read(session, caller=caller, recognition_id=recognition_id)
    return _recognition(details, language)


@routes.post("/{recognition_id}/withdraw", response_model=Recognition, summary="Withdraw a recognition")
async def withdraw_recognition(
    uow: HrUnitOfWork,
    recognition_id: RecognitionId,
    body: RecognitionWithdrawal,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> dict[str, Any]:
    """HR withdraws the recognition; its certificate can no longer be downloaded."""
    details = await usecases.withdraw(uow, recognition_id=recognition_id, revision=revision, reason=body.reason)
    return _recognition(details, language)


@routes.get(
    "/{recognition_id}/certificate.pdf",
    response_class=Response,
    responses=PDF_ANSWER,
    summary="Download the certificate of a recognition",
)
async def download_certificate(
    session: Read, caller: AnyCaller, recognition_id: RecognitionId, language: AcceptedLanguage
) -> Response:
    """The certificate in the language of `Accept-Language`, for everyone who may read the recognition. Repeated
    downloads have identical bytes.
    """
    details, words = await usecases.read_certificate(
        session, caller=caller, recognition_id=recognition_id, language=language
    )
    made_at = datetime.combine(details.row.granted_on, time(), UTC)
    name = _NAME.in_language(language)
    return await document_answer(_TEMPLATE, asdict(words), name, details.row.code, language=language, made_at=made_at)


_ADDED = {"employee_number", "employee_name", "kind_text", *WITHDRAWN}


def _recognition(details: usecases.RecognitionDetails, language: Language) -> dict[str, Any]:
    row = details.row
    return {
        **decision_shown(details.withdrawal, WITHDRAWN),
        **{name: getattr(row, name) for name in Recognition.model_fields if name not in _ADDED},
        "employee_number": details.person.number,
        "employee_name": details.person.name,
        "kind_text": KINDS[RecognitionKind(row.kind)].in_language(language),
    }
