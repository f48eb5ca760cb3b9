"""What appraisal needs of org: who sat where, under whom, over a period."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Annotated, Any, Final, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.kit.access.clients import Refused, ServiceClient
from services.kit.errors import Text, Unavailable

_NOT_FOUND: Final = 404


class SnapshotUnreadable(Unavailable):
    """org's snapshot lacks something that appraisal relies on."""

    code = "snapshot_unreadable"
    zh = "组织数据第 {line} 行无法使用（{reason}），请联系系统管理员。"
    en = "Line {line} of the organisation's data cannot be used ({reason}); ask your administrator."


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class UnitLine(_Line):
    """A unit on the last day of the period; ``path`` runs from the root to it."""

    kind: Literal["unit"]
    id: UUID
    code: str
    name: str
    name_en: str | None
    unit_kind: str
    path: list[UUID]
    head_employee_id: UUID | None

    @property
    def text(self) -> Text:
        """The name; the Chinese one in both languages where no English one is entered."""
        return Text(self.name, self.name_en or self.name)


class PositionLine(_Line):
    """A position on the last day of the period."""

    kind: Literal["position"]
    id: UUID
    code: str
    title: str
    title_en: str | None
    unit_id: UUID

    @property
    def text(self) -> Text:
        """The title; the Chinese one in both languages where no English one is entered."""
        return Text(self.title, self.title_en or self.title)


class EmployeeLine(_Line):
    """A person; ``left_on`` is the last day, None for those who stay."""

    kind: Literal["employee"]
    id: UUID
    number: str
    name: str
    left_on: date | None


class AssignmentLine(_Line):
    """An assignment that shares days with the period; ``valid_to`` None is open, ``unit_id`` None a closed position."""

    kind: Literal["assignment"]
    id: UUID
    employee_id: UUID
    position_id: UUID
    unit_id: UUID | None
    unit_path: list[UUID]
    assignment_kind: str
    valid_from: date
    valid_to: date | None
    manager_id: UUID | None
    manager_chain: list[UUID]


class AbsenceLine(_Line):
    """Days on which a person is absent; ``valid_to`` None: the return is open. The kind is not read."""

    kind: Literal["absence"]
    id: UUID
    employee_id: UUID
    valid_from: date
    valid_to: date | None


class OtherLine(_Line):
    """The heading and the end of a snapshot."""

    kind: Literal["snapshot", "end"]


Line = UnitLine | PositionLine | EmployeeLine | AssignmentLine | AbsenceLine
_LINE: TypeAdapter[Line | OtherLine] = TypeAdapter(Annotated[Line | OtherLine, Field(discriminator="kind")])


@dataclass(frozen=True)
class Snapshot:
    """A complete snapshot, kept on disk so that memory does not grow with the organisation."""

    hash: str
    file: IO[bytes]

    def lines(self) -> Iterator[Line]:
        """Everything in it.

        Raises:
            SnapshotUnreadable: a line lacks a field that we need.
        """
        self.file.seek(0)
        for number, raw in enumerate(self.file, start=1):
            try:
                line = _LINE.validate_json(raw)
            except ValidationError as fault:
                raise SnapshotUnreadable(
                    line=number, reason=".".join(str(part) for part in fault.errors()[0]["loc"])
                ) from fault
            if not isinstance(line, OtherLine):
                yield line


class StandardLine(_Line):
    """A work standard of a role document in force that says by when; texts and deadline as org writes them."""

    document_id: UUID
    place: str
    subject: Literal["position", "unit"]
    code: str
    duty: dict[str, str]
    metric: dict[str, str]
    deadline: dict[str, Any]


class DelegationLine(_Line):
    """Somebody who acts for another in a unit and below; both days are included. What for is not read.

    ``limit``: yuan, or people for staffing, up to which they act; None: no limit.
    """

    id: UUID
    delegator_id: UUID
    delegate_id: UUID
    unit_id: UUID
    limit: Decimal | None
    valid_from: date
    valid_to: date


class Organisation(Protocol):
    """Where snapshots, work standards and delegations come from."""

    def standards(self) -> AsyncIterator[StandardLine]:
        """The work standards with a deadline of all role documents in force today."""

    def delegations(self, day: date) -> AsyncIterator[DelegationLine]:
        """The delegations in force on a day."""

    def snapshot(
        self, first: date, last: date, *, absences: bool = False, people: bool = True
    ) -> AbstractAsyncContextManager[Snapshot]:
        """The organisation over the days from ``first`` to ``last``, both included.

        With absences only if asked; without people and assignments, and so without heads of units, if asked.
        """


class OrgClient:
    """Asks the org service."""

    def __init__(self, service: ServiceClient) -> None:
        self._service = service

    async def standards(self) -> AsyncIterator[StandardLine]:
        """Fetch the documents one after the other; those that are not in force yet have none.

        Raises:
            NeighbourAway: org does not answer.
            Refused: org refuses.
        """
        async for document in self._all("/v1/org/role_documents"):
            for line in await self._standards_of(document):
                yield line

    async def delegations(self, day: date) -> AsyncIterator[DelegationLine]:
        """Fetch the delegations in force on a day.

        Raises:
            NeighbourAway: org does not answer.
            Refused: org refuses.
        """
        async for each in self._all("/v1/org/delegations", as_of=day.isoformat()):
            ids = {f"{name}_id": each[name]["id"] for name in ("delegator", "delegate", "unit")}
            yield DelegationLine.model_validate({**each, **ids})

    async def _all(self, path: str, **asked: str) -> AsyncIterator[dict[str, Any]]:
        page: dict[str, Any] = {"next": None}
        while True:
            cursor = {"cursor": page["next"]} if page["next"] else {}
            page = await self._service.get(path, {"limit": 200, **asked, **cursor})
            for each in page["items"]:
                yield each
            if page["next"] is None:
                return

    async def _standards_of(self, document: dict[str, Any]) -> list[StandardLine]:
        try:
            found = await self._service.get(f"/v1/org/role_documents/{document['id']}")
        except Refused as refusal:
            if refusal.status != _NOT_FOUND:
                raise
            return []
        code = document["position_code"] or document["unit_code"]
        return [
            StandardLine(
                document_id=document["id"],
                place=f"{duty['code']}.{number}",
                subject=document["subject"],
                code=code,
                duty=duty["text"],
                metric=standard["metric"],
                deadline=standard["deadline"],
            )
            for duty in found["content"].get("duties", ())
            for number, standard in enumerate(duty.get("standards", ()))
            if standard.get("deadline")
        ]

    @asynccontextmanager
    async def snapshot(
        self, first: date, last: date, *, absences: bool = False, people: bool = True
    ) -> AsyncIterator[Snapshot]:
        """Fetch the snapshot whole before anything is done with it.

        Raises:
            NeighbourAway: org does not answer, or the stream broke off.
            Refused: org refuses.
        """
        with TemporaryFile() as file:
            days = {"valid_from": first.isoformat(), "valid_to": last.isoformat()}
            wanted = {"absences": "true"} if absences else {}
            left_out = {} if people else {"people": "false"}
            proof = await self._service.copy_lines("/v1/org/snapshot", file.write, {**days, **wanted, **left_out})
            yield Snapshot(proof.hash, file)
