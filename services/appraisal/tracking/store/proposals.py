"""Measurements that wait for a second person, as they were entered (APR-06)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import String, and_, select

from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.tracking.domain.measurement import Key, Measured
from services.appraisal.tracking.domain.proposal import MeasurementProposal
from services.appraisal.tracking.store.tables import MeasurementProposalRow
from services.kit.database.bulk import table_of
from services.kit.database.codec import Codec
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.errors import Text
from services.kit.release import ReleaseState
from services.kit.work.releasing import entered
from services.kit.work.unit_of_work import UnitOfWork

Subject = tuple[str, str]
LINES: Final = Codec[tuple[Measured, ...]](tuple[Measured, ...])


async def owned(
    session: ReadSession, subjects: Collection[Subject], owner_id: UUID
) -> dict[Subject, tuple[Text, list[UUID]]]:
    """Those of ``subjects`` (kind, code) that a person is or heads, with name and unit path of the newest form."""
    codes, row = [code for _, code in subjects], FormRow
    query = select(row.subject_kind, row.subject_code, row.subject_name, row.subject_name_en, row.unit_path)
    query = query.where(FormRow.owner_id == owner_id, FormRow.subject_code.in_(codes)).order_by(FormRow.id)
    rows = await session.execute(query)
    found = {(kind, code): (Text(zh, en), list(path)) for kind, code, zh, en, path in rows}
    return {subject: each for subject, each in found.items() if subject in subjects}


async def waiting(session: ReadSession, subjects: Collection[Subject]) -> dict[Key, set[tuple[object, ...]]]:
    """What waits about these subjects: contents by source and external id."""
    row = MeasurementProposalRow
    asked = table_of(list(subjects), kind=String(), code=String())
    matches = and_(row.subject_kind == asked.c.kind, row.subject_code == asked.c.code)
    query = select(row.lines).join(asked, matches).where(row.state == ReleaseState.PROPOSED.value)
    found: dict[Key, set[tuple[object, ...]]] = {}
    for lines in (await session.execute(query)).scalars():
        for each in LINES.load(lines):
            found.setdefault(each.key, set()).add(each.content)
    return found


async def unreleased(session: ReadSession, subjects: Collection[Subject]) -> list[MeasurementProposal]:
    """What nobody has decided about yet, of these subjects (kind, code), in the order in which it was entered."""
    row = MeasurementProposalRow
    asked = table_of(list(subjects), kind=String(), code=String())
    matches = and_(row.subject_kind == asked.c.kind, row.subject_code == asked.c.code)
    query = select(row).join(asked, matches).where(row.state == ReleaseState.PROPOSED.value).order_by(row.id)
    return [proposal_of(found) for found in (await session.execute(query)).scalars()]


async def add(
    uow: UnitOfWork, subjects: Mapping[Subject, Sequence[Measured]], paths: Mapping[Subject, Sequence[UUID]]
) -> list[MeasurementProposal]:
    """Write down what the caller entered, one proposal a subject."""
    rows = [
        MeasurementProposalRow(
            id=new_id(),
            subject_kind=kind,
            subject_code=code,
            unit_path=list(paths[kind, code]),
            lines=LINES.dump(tuple(lines)),
            **entered(uow),
        )
        for (kind, code), lines in sorted(subjects.items())
    ]
    uow.session.add_all(rows)
    await uow.session.flush()
    return [proposal_of(row) for row in rows]


async def locked(session: WriteSession, proposal_id: UUID) -> MeasurementProposalRow | None:
    """A proposal, for deciding about it."""
    query = select(MeasurementProposalRow).where(MeasurementProposalRow.id == proposal_id).with_for_update()
    found: MeasurementProposalRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def one(session: ReadSession, proposal_id: UUID) -> MeasurementProposal | None:
    """A proposal."""
    row: MeasurementProposalRow | None = await session.get(MeasurementProposalRow, proposal_id, populate_existing=True)
    return None if row is None else proposal_of(row)


async def listed(
    session: ReadSession, *, state: str | None, units: tuple[UUID, ...] | None, paging: Paging
) -> Rows[MeasurementProposal]:
    """Proposals about the subtrees of ``units`` (None: all), in the order in which they were entered."""
    query: Any = select(MeasurementProposalRow).where(within(MeasurementProposalRow.unit_path, units))
    if state is not None:
        query = query.where(MeasurementProposalRow.state == state)
    return await page(session, query, lambda row: proposal_of(row[0]), keys=(MeasurementProposalRow.id,), paging=paging)


def proposal_of(row: MeasurementProposalRow) -> MeasurementProposal:
    """A proposal from its row."""
    kind, path = SubjectKind(row.subject_kind), tuple(row.unit_path)
    return MeasurementProposal(row.id, kind, row.subject_code, path, LINES.load(row.lines), row.record)
