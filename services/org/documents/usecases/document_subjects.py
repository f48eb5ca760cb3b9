"""What role documents describe, and what a caller is to it (ORG-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.kit.database.sessions import ReadSession
from services.kit.errors import FieldError, Invalid, NotFound, Text
from services.kit.identity import Caller, Role
from services.kit.timeline import at
from services.org.documents.domain.role_document import SubjectKind
from services.org.documents.store import role_documents as rows
from services.org.documents.store.tables import RoleDocumentRow
from services.org.structure.store import positions as position_rows
from services.org.structure.store import units as unit_rows
from services.org.structure.usecases.scope import OutOfScope

OVERSEERS: Final = (Role.HR, Role.EXECUTIVE, Role.AUDITOR)
"""Over a unit, they see the work on its documents."""


class SubjectUnknown(NotFound):
    """The position or unit that the document is for does not exist on that day."""

    code = "subject_unknown"
    zh = "说明书所属的岗位或单元不存在。"
    en = "The position or unit of the document does not exist."


class SubjectAmbiguous(Invalid):
    """A document describes one position or one unit."""

    code = "subject_ambiguous"
    zh = "一份说明书只对应一个岗位或一个单元，请只填其中一个。"
    en = "A role document must describe exactly one position or one unit."


@dataclass(frozen=True)
class Subject:
    """What a document describes; exactly one of the two."""

    position_id: UUID | None
    unit_id: UUID | None

    @property
    def kind(self) -> SubjectKind:
        """Position or unit."""
        return SubjectKind.POSITION if self.position_id else SubjectKind.UNIT


def the_one(position_id: UUID | None, unit_id: UUID | None) -> Subject:
    """The subject that a request names.

    Raises:
        SubjectAmbiguous: none or both.
    """
    if (position_id is None) == (unit_id is None):
        expected = Text("岗位（position_id）与单元（unit_id）只填一个", "exactly one of position_id and unit_id")
        raise SubjectAmbiguous(
            field_errors=[FieldError("/position_id", str(position_id) if position_id else None, expected)]
        )
    return Subject(position_id, unit_id)


def subject_of(row: RoleDocumentRow) -> Subject:
    """What a stored document describes."""
    return Subject(row.position_id, row.unit_id)


async def path_of(session: ReadSession, row: RoleDocumentRow, day: date) -> list[UUID]:
    """The way from the root to the unit of a document's subject."""
    return await subject_path(session, subject_of(row), day)


async def subject_path(session: ReadSession, subject: Subject, day: date) -> list[UUID]:
    """The way from the root to the unit of a subject.

    Raises:
        SubjectUnknown: there is no such position or unit.
    """
    unit_id = subject.unit_id
    if subject.position_id is not None:
        timeline = (await position_rows.timelines(session, [subject.position_id])).get(subject.position_id, [])
        known = [version for version in timeline if version.valid.contains(day)] or timeline[-1:]
        unit_id = known[0].facts.unit_id if known else None
    path = await unit_rows.path(session, unit_id, day) if unit_id else []
    if not path:
        raise SubjectUnknown
    return path


async def subject_name(session: ReadSession, subject: Subject, day: date) -> Text:
    """What people call the position or unit of a document on ``day``, or called it last."""
    if subject.position_id is not None:
        timeline = (await position_rows.timelines(session, [subject.position_id]))[subject.position_id]
        position = (at(timeline, day) or timeline[-1]).facts
        return Text(position.title, position.title_en)
    if subject.unit_id is None:
        raise SubjectUnknown
    return await unit_name(session, subject.unit_id, day)


async def unit_name(session: ReadSession, unit_id: UUID, day: date) -> Text:
    """What people call a unit on ``day``, or called it last."""
    return await unit_rows.name_of(session, unit_id, day)


async def roles(session: ReadSession, caller: Caller, path: Sequence[UUID], day: date) -> frozenset[Role]:
    """What the caller is to the documents of a unit: HR or executive over it, or the manager who heads it."""
    held = {role for role in OVERSEERS if caller.has_over(path, role)}
    if caller.employee_id is not None and await rows.heads_one_of(session, caller.employee_id, path, day):
        held.add(Role.MANAGER)
    return frozenset(held)


async def require_author(session: ReadSession, caller: Caller, path: Sequence[UUID], day: date) -> None:
    """Let HR over the unit and its managers pass.

    Raises:
        OutOfScope: otherwise.
    """
    if (await roles(session, caller, path, day)).isdisjoint({Role.HR, Role.MANAGER}):
        raise OutOfScope
