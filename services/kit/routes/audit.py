"""The trail for auditors, who read it and change nothing: search, stream, and whether its chain holds (PLT-04)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from services.kit import json_lines
from services.kit.access.callers import permit
from services.kit.audit import search
from services.kit.audit.chain import TRAIL
from services.kit.audit.search import AuditLine, Wanted
from services.kit.database.pages import Page
from services.kit.errors import Forbidden
from services.kit.fields import Id, Model, Moment
from services.kit.identity import Caller, Role
from services.kit.routes.chain_answers import HashChain, verified
from services.kit.web.application import Context, PageAsked, Read
from services.kit.web.routing import router
from services.kit.web.streaming import stream

_ID = "0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"


class WholeTrailOnly(Forbidden):
    """The trail covers everyone: an auditor of some units cannot read it."""

    code = "whole_trail_only"
    zh = "审计记录涉及全公司，仅限审计范围为全公司的审计人员查看。"
    en = "The audit trail covers everyone, so it is only for auditors of the whole organisation."


async def _auditor(caller: Annotated[Caller, permit(Role.AUDITOR)]) -> Caller:
    if caller.units_of(Role.AUDITOR) is not None:
        raise WholeTrailOnly
    return caller


Auditor = Annotated[Caller, Depends(_auditor)]


class AuditEntry(Model):
    """One entry of the audit trail: who did what to which record, when and from where, with the values before and
    after.
    """

    id: Id = Field(description="Id of the line.", examples=[_ID])
    done_at: datetime = Field(description="Time of the action.", examples=["2026-04-22T01:00:00Z"])
    actor_id: Id = Field(description="Account of the person who acted; all zeros for the system.", examples=[_ID])
    actor_name: str = Field(description="Name of that person at the time.", examples=["王敏"])
    action: str = Field(
        description="Action, as `<service>.<noun>.<verb>`; `access.refused` for refused attempts.",
        examples=["org.unit.renamed"],
    )
    resource: str = Field(description="Kind of the record.", examples=["unit"])
    resource_id: Id = Field(description="Id of the record; all zeros if no record was named.", examples=[_ID])
    before: Any = Field(description="Values before the change, as far as they changed.", examples=[{"name": "市场部"}])
    after: Any = Field(description="Values after the change.", examples=[{"name": "市场中心"}])
    request_id: str | None = Field(description="Id of the request.", examples=["0197a3c28f4e7c319a573d1f0a2b4c5d"])
    remote_address: str | None = Field(description="Network address of the request.", examples=["203.0.113.7"])


def _entry(line: AuditLine) -> AuditEntry:
    return AuditEntry.model_validate(line)


async def _wanted(
    actor_id: Annotated[UUID | None, Query(description="Only actions of this account.")] = None,
    resource: Annotated[str | None, Query(max_length=64, description="Only entries about this kind of record.")] = None,
    resource_id: Annotated[UUID | None, Query(description="Only entries about this record.")] = None,
    action: Annotated[str | None, Query(max_length=64, description="Only entries with this action.")] = None,
    since: Annotated[Moment | None, Query(description="Only entries from this time on.")] = None,
    until: Annotated[Moment | None, Query(description="Only entries before this time.")] = None,
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
        """Audit entries, oldest first: sign-ins, refused attempts on other people's data, and every change."""
        return (await search.listed(session, wanted, paging)).written(_entry)

    @routes.get(
        "/audit_entries/all",
        operation_id=f"stream_{service}_audit_entries",
        summary="Stream the audit trail",
        response_class=StreamingResponse,
        responses={200: {"content": {json_lines.MEDIA_TYPE: {}}}},
    )
    async def stream_audit_entries(_: Auditor, context: Context, wanted: Asked) -> StreamingResponse:
        """All matching entries in one answer as JSON lines, oldest first; the last line has their number and hash."""
        return await stream(
            context.sessions,
            lambda session: search.everything(session, wanted),
            lambda line: _entry(line).model_dump_json().encode(),
        )

    @routes.get(
        "/audit_chain",
        operation_id=f"verify_{service}_audit_chain",
        summary="Verify the audit trail",
        response_model=HashChain,
    )
    async def verify_audit_chain(_: Auditor, context: Context) -> dict[str, Any]:
        """Reports whether an entry was changed or removed. For millions of entries, run
        `verify_audit` on the host.
        """
        return await verified(context.sessions, TRAIL)

    return routes
