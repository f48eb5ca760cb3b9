"""What appraisal needs of org: who sat where, under whom, over a period."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Annotated, Literal, Protocol
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.kit.clients import ServiceClient
from services.kit.errors import Unavailable


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
    unit_kind: str
    path: list[UUID]
    head_employee_id: UUID | None


class PositionLine(_Line):
    """A position on the last day of the period."""

    kind: Literal["position"]
    id: UUID
    code: str
    title: str
    unit_id: UUID


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


class OtherLine(_Line):
    """The heading and the end of a snapshot."""

    kind: Literal["snapshot", "end"]


Line = UnitLine | PositionLine | EmployeeLine | AssignmentLine
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


class Organisation(Protocol):
    """Where snapshots come from."""

    def snapshot(self, first: date, last: date) -> AbstractAsyncContextManager[Snapshot]:
        """The organisation over the days from ``first`` to ``last``, both included."""


class OrgClient:
    """Asks the org service."""

    def __init__(self, service: ServiceClient) -> None:
        self._service = service

    @asynccontextmanager
    async def snapshot(self, first: date, last: date) -> AsyncIterator[Snapshot]:
        """Fetch the snapshot whole before anything is done with it.

        Raises:
            NeighbourAway: org does not answer, or the stream broke off.
            Refused: org refuses.
        """
        with TemporaryFile() as file:
            parameters = {"valid_from": first.isoformat(), "valid_to": last.isoformat()}
            proof = await self._service.copy_lines("/v1/org/snapshot", file.write, parameters)
            yield Snapshot(proof.hash, file)
