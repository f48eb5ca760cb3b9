"""The scores of suppliers: the newest ones in closed quarterly cycles."""

from collections import defaultdict
from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, select

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.scoring.store.results import newest
from services.appraisal.scoring.store.tables import ResultRow
from services.appraisal.suppliers.domain.elimination import QuarterScore
from services.kit.database.sessions import ReadSession

COUNTED: Final[tuple[ColumnElement[bool], ...]] = (
    ResultRow.subject_kind == SubjectKind.SUPPLIER.value,
    CycleRow.state == CycleState.CLOSED.value,
    CycleRow.frequency == Frequency.QUARTER.value,
    newest(),
)
"""Which results, joined with their cycles, are scores that count in a row."""


async def scores(session: ReadSession, supplier_id: UUID | None = None) -> dict[UUID, list[QuarterScore]]:
    """The newest scores of suppliers (of one, where named) in closed quarterly cycles, by supplier, oldest first."""
    query = (
        select(
            ResultRow.subject_id, CycleRow.id, CycleRow.code, ResultRow.id, ResultRow.version, ResultRow.total,
        )
        .join(CycleRow, CycleRow.id == ResultRow.cycle_id)
        .where(*COUNTED)
        .order_by(ResultRow.subject_id, CycleRow.period, CycleRow.id)
    )  # fmt: skip
    if supplier_id is not None:
        query = query.where(ResultRow.subject_id == supplier_id)
    found: dict[UUID, list[QuarterScore]] = defaultdict(list)
    for row in await session.execute(query):
        found[row[0]].append(QuarterScore(*row[1:]))
    return found


async def answerable(session: ReadSession, result_ids: Collection[UUID]) -> set[UUID]:
    """Whoever answered for the supplier in these results: it is not for them to decide."""
    query = select(FormRow.owner_id).join(ResultRow, ResultRow.form_id == FormRow.id)
    query = query.where(ResultRow.id.in_(result_ids))
    return {each for each in (await session.execute(query)).scalars() if each is not None}
