"""Eliminations as stored."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from services.appraisal.cycles.store.cycles import within
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.library.store.tables import PlaceRow
from services.appraisal.suppliers.domain.elimination import Elimination, EliminationAction, EliminationState
from services.appraisal.suppliers.store.tables import GROUNDS, SupplierEliminationRow, SupplierRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.work.history import last_decisions

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
    return None if row is None else (await _unmade(session, [_elimination(row)]))[0]


async def listed(
    session: ReadSession, paging: Paging, *, units: tuple[UUID, ...] | None, wanted: EliminationFilter
) -> Rows[Elimination]:
    """Eliminations of suppliers whose unit lies in the subtrees of ``units`` (None: all), in the order of opening."""
    query = _ELIMINATIONS.where(within(PlaceRow.unit_path, units))
    if wanted.supplier_id is not None:
        query = query.where(_ROW.supplier_id == wanted.supplier_id)
    if wanted.state is not None:
        query = query.where(_ROW.state == wanted.state.value)
    found = await page(session, query, _elimination, keys=[_ROW.id], paging=paging)
    return Rows(await _unmade(session, found.items), found.next)


async def all_by_supplier(session: ReadSession) -> dict[UUID, list[Elimination]]:
    """Every elimination, by supplier, oldest first."""
    found: dict[UUID, list[Elimination]] = defaultdict(list)
    for row in await session.execute(_ELIMINATIONS.order_by(_ROW.id)):
        each = _elimination(row)
        found[each.supplier_id].append(each)
    return found


async def _unmade(session: ReadSession, found: Sequence[Elimination]) -> list[Elimination]:
    """These with when corrections unmade their scores last."""
    by = (EliminationAction.WITHDRAW, EliminationAction.REOPEN)
    moves = await last_decisions(session, _ROW, [each.id for each in found], *by)
    return [
        replace(each, unmade_at=made.decided_at, unmade_by_name=made.decided_by_name) if made else each
        for each in found
        for made in [moves.get(each.id)]
    ]


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
