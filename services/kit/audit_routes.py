"""The trail for auditors, who read it and change nothing: search, stream, and whether its chain holds (PLT-04)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, Field
from sqlalchemy import Row

from services.kit import audit_search, json_lines
from services.kit.audit_chain import TRAIL
from services.kit.audit_search import Wanted
from services.kit.callers import permit
from services.kit.chain_answers import HashChain, verified
from services.kit.errors import Forbidden
from services.kit.fields import Id, Model
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.streaming import stream
from services.kit.web import Context, PageAsked, Read

_ID = "0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"


class WholeTrailOnly(Forbidden):
    """The trail is about everybody: an auditor of some units does not see it."""

    code = "whole_trail_only"
    zh = "审计记录涉及全公司，仅限审计范围为全公司的审计人员查看。"
    en = "The audit trail is about everybody and is for auditors of the whole organisation."


async def _auditor(caller: Annotated[Caller, permit(Role.AUDITOR)]) -> Caller:
    if caller.units_of(Role.AUDITOR) is not None:
        raise WholeTrailOnly
    return caller


Auditor = Annotated[Caller, Depends(_auditor)]


class AuditEntry(Model):
    """One line of the trail: who did what to which record, when, from where, and what it was before and after."""

    id: Id = Field(description="Id of the line.", examples=[_ID])
    done_at: datetime = Field(description="When it was done.", examples=["2026-04-22T01:00:00Z"])
    actor_id: Id = Field(description="Account of whoever did it; all zeros: the system.", examples=[_ID])
    actor_name: str = Field(description="Their name at that time.", examples=["王敏"])
    action: str = Field(
        description="What was done: `<service>.<noun>.<verb>`; `access.refused` for what was refused.",
        examples=["org.unit.renamed"],
    )
    resource: str = Field(description="Noun of the record.", examples=["unit"])
    resource_id: Id = Field(description="Id of the record; all zeros where none was named.", examples=[_ID])
    before: Any = Field(description="What it was, as far as it changed.", examples=[{"name": "市场部"}])
    after: Any = Field(description="What it became.", examples=[{"name": "市场中心"}])
    request_id: str | None = Field(description="Id of the request.", examples=["0197a3c28f4e7c319a573d1f0a2b4c5d"])
    remote_address: str | None = Field(description="Where the request came from.", examples=["203.0.113.7"])


def _entry(row: Row[Any]) -> AuditEntry:
    said = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it
    return AuditEntry(done_at=said.pop("at"), **{name: said[name] for name in AuditEntry.model_fields if name in said})


async def _wanted(
    actor_id: Annotated[UUID | None, Query(description="Only what this account did.")] = None,
    resource: Annotated[str | None, Query(max_length=64, description="Only records of this noun.")] = None,
    resource_id: Annotated[UUID | None, Query(description="Only this record.")] = None,
    action: Annotated[str | None, Query(max_length=64, description="Only this action.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Only from this moment on.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Only before this moment.")] = None,
) -> Wanted:
    return Wanted(actor_id, resource, resource_id, action, since, until)


Asked = Annotated[Wanted, Depends(_wanted)]


def audit_router(service: str) -> APIRouter:
    """``/v1/<service>/audit_entries`` and ``/v1/<service>/audit_chain``, for auditors of the whole organisation."""
    routes = router(f"/v1/{service}", tag="audit")

    @routes.get(
        "/audit_entries",
        operation_id=f"list_{service}_audit_entries",
        summary="Search the audit trail",
        response_model=Page[AuditEntry],
    )
    async def list_audit_entries(_: Auditor, session: Read, paging: PageAsked, wanted: Asked) -> dict[str, Any]:
        """Who did what, oldest first: sign-ins, refused attempts on other people's data, every change."""
        return (await audit_search.listed(session, wanted, paging)).written(_entry)

    @routes.get(
        "/audit_entries/all",
        operation_id=f"stream_{service}_audit_entries",
        summary="Stream the audit trail",
        response_class=StreamingResponse,
        responses={200: {"content": {json_lines.MEDIA_TYPE: {}}}},
    )
    async def stream_audit_entries(_: Auditor, context: Context, wanted: Asked) -> StreamingResponse:
        """All lines that fit as JSON lines in one answer, oldest first; the last line counts and hashes them."""
        return await stream(
            context.sessions,
            lambda session: audit_search.everything(session, wanted),
            lambda row: _entry(row).model_dump_json().encode(),
        )

    @routes.get(
        "/audit_chain",
        operation_id=f"verify_{service}_audit_chain",
        summary="Verify the audit trail",
        response_model=HashChain,
    )
    async def verify_audit_chain(_: Auditor, context: Context) -> dict[str, Any]:
        """Whether a line was changed or is missing. Where there are millions of lines: `verify_audit` on the host."""
        return await verified(context.sessions, TRAIL)

    return routes
