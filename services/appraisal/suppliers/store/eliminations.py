"""Eliminations as stored, and the scores that they follow from."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.library.store.tables import PlaceRow
from services.appraisal.scoring.store.results import newest
from services.appraisal.scoring.store.tables import ResultRow
from services.appraisal.suppliers.domain.elimination import Elimination, EliminationState, QuarterScore
from services.appraisal.suppliers.store.tables import GROUNDS, SupplierEliminationRow, SupplierRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession

_ROW = SupplierEliminationRow
_ELIMINATIONS = (
    select(_ROW, SupplierRow, PlaceRow.unit_path)
    .join(SupplierRow, SupplierRow.id == _ROW.supplier_id)
    .outerjoin(PlaceRow, and_(PlaceRow.subject_kind == SubjectKind.UNIT.value, PlaceRow.code == SupplierRow.unit_code))
)


@dataclass(frozen=True)
class EliminationFilter:
    """Which eliminations are asked for; None leaves a field open."""

    supplier_id: UUID | None = None
    state: EliminationState | None = None


async def add(session: WriteSession, elimination: Elimination) -> None:
    """Store a new one."""
    session.add(
        SupplierEliminationRow(
            id=elimination.id,
            supplier_id=elimination.supplier_id,
            cycle_id=elimination.grounds[-1].cycle_id,
            grounds=GROUNDS.dump(elimination.grounds),
            below=elimination.below,
            policy_version=elimination.policy_version,
            state=elimination.state.value,
            revision=elimination.revision,
            opened_at=elimination.opened_at,
        )
    )
    await session.flush()


async def find(session: ReadSession, elimination_id: UUID) -> Elimination | None:
    """One elimination."""
    query = _ELIMINATIONS.where(_ROW.id == elimination_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).first()
    return None if row is None else _elimination(row)


async def listed(
    session: ReadSession, paging: Paging, *, units: tuple[UUID, ...] | None, wanted: EliminationFilter
) -> Rows[Elimination]:
    """Eliminations of suppliers whose unit lies in the subtrees of ``units`` (None: all), in the order of opening."""
    query = _ELIMINATIONS.where(within(PlaceRow.unit_path, units))
    if wanted.supplier_id is not None:
        query = query.where(_ROW.supplier_id == wanted.supplier_id)
    if wanted.state is not None:
        query = query.where(_ROW.state == wanted.state.value)
    return await page(session, query, _elimination, keys=[_ROW.id], paging=paging)


async def all_by_supplier(session: ReadSession) -> dict[UUID, list[Elimination]]:
    """Every elimination, by supplier, oldest first."""
    found: dict[UUID, list[Elimination]] = defaultdict(list)
    for row in await session.execute(_ELIMINATIONS.order_by(_ROW.id)):
        each = _elimination(row)
        found[each.supplier_id].append(each)
    return found


async def scores(session: ReadSession, supplier_id: UUID | None = None) -> dict[UUID, list[QuarterScore]]:
    """The newest scores of suppliers (of one, where named) in closed quarterly cycles, by supplier, oldest first."""
    query = (
        select(
            ResultRow.subject_id, CycleRow.id, CycleRow.code, ResultRow.id, ResultRow.version, ResultRow.total,
        )
        .join(CycleRow, CycleRow.id == ResultRow.cycle_id)
        .where(
            ResultRow.subject_kind == SubjectKind.SUPPLIER.value,
            CycleRow.state == CycleState.CLOSED.value,
            CycleRow.frequency == Frequency.QUARTER.value,
            newest(),
        )
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


def _elimination(row: Any) -> Elimination:
    found, supplier, path = row[0], row[1], row[2]
    same = ("id", "supplier_id", "below", "policy_version", "revision", "opened_at")
    decided = ("decision", "decided_by", "decided_by_name", "decided_at")
    return Elimination(
        **{name: getattr(found, name) for name in (*same, *decided)},
        supplier_code=supplier.code,
        supplier_name=supplier.name,
        unit_code=supplier.unit_code,
        unit_path=tuple(path or ()),
        grounds=GROUNDS.load(found.grounds),
        state=EliminationState(found.state),
    )
