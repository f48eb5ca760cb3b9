"""Recognitions in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from services.incentive.pay.store.tables import PersonRow
from services.incentive.recognition.domain.recognition import PUBLIC
from services.incentive.recognition.store.tables import RecognitionRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession

RecognitionOfPerson = tuple[RecognitionRow, PersonRow]


@dataclass(frozen=True)
class RecognitionFilter:
    """The recognitions requested. ``seen_by`` and ``within``: the reader's own, public ones and those of people in
    these units.
    """

    kind: str | None
    employee_number: str | None
    seen_by: UUID | None
    within: Sequence[UUID] | None


async def add(session: WriteSession, row: RecognitionRow) -> None:
    """Write what was granted.

    Raises:
        IntegrityError: the number of its certificate is taken.
    """
    session.add(row)
    await session.flush()


async def one(session: ReadSession, recognition_id: UUID) -> RecognitionOfPerson | None:
    """What was granted, and to whom."""
    query = _recognitions().where(RecognitionRow.id == recognition_id).execution_options(populate_existing=True)
    found = (await session.execute(query)).first()
    return None if found is None else (found[0], found[1])


async def lock(session: WriteSession, recognition_id: UUID) -> None:
    """Lock it until the transaction ends."""
    await session.execute(select(RecognitionRow.id).where(RecognitionRow.id == recognition_id).with_for_update())


async def listed(session: ReadSession, wanted: RecognitionFilter, paging: Paging) -> Rows[RecognitionOfPerson]:
    """Pools in the order in which they were entered."""
    query: Any = _recognitions()
    if wanted.kind is not None:
        query = query.where(RecognitionRow.kind == wanted.kind)
    if wanted.employee_number is not None:
        query = query.where(PersonRow.number == wanted.employee_number)
    if wanted.within is not None:
        seen = [RecognitionRow.kind.in_(PUBLIC), PersonRow.unit_path.overlap(wanted.within)]
        if wanted.seen_by is not None:
            seen.append(RecognitionRow.employee_id == wanted.seen_by)
        query = query.where(or_(*seen))
    return await page(session, query, itemgetter(0, 1), keys=(RecognitionRow.id,), paging=paging)


def _recognitions() -> Any:
    return select(RecognitionRow, PersonRow).join(PersonRow, PersonRow.employee_id == RecognitionRow.employee_id)
