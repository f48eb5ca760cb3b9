"""Suppliers as of a day, with their class, agreements and what is undecided about them."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true

from services.appraisal.cycles.store.tables import CycleRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.library.domain.supplier_class import SupplierClass
from services.appraisal.library.store.tables import PlaceRow
from services.appraisal.participants.domain.outside_party import OutsideParty, Promise
from services.appraisal.scoring.store.tables import ResultRow
from services.appraisal.suppliers.domain.elimination import PENDING
from services.appraisal.suppliers.domain.policy import SupplierPolicy
from services.appraisal.suppliers.domain.supplier import Supplier, SupplierFilter, SupplierState
from services.appraisal.suppliers.store.scores import COUNTED
from services.appraisal.suppliers.store.tables import (
    TERMS,
    SupplierAgreementRow,
    SupplierClassificationRow,
    SupplierEliminationRow,
    SupplierRow,
)
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, days
from services.kit.periods import Period

_UNIT = and_(PlaceRow.subject_kind == SubjectKind.UNIT.value, PlaceRow.code == SupplierRow.unit_code)


def _classification(as_of: date) -> Any:
    row = SupplierClassificationRow
    query = select(row.supplier_class, row.valid_from).where(row.supplier_id == SupplierRow.id, row.valid_from <= as_of)
    return query.order_by(row.valid_from.desc(), row.id.desc()).limit(1).correlate(SupplierRow).lateral("class_then")


def _scores_are_weak(policy: SupplierPolicy) -> ColumnElement[bool]:
    """Whether a supplier's last quarterly scores, as many as the policy says, all lie below its mark."""
    last = (
        select(ResultRow.total)
        .join(CycleRow, CycleRow.id == ResultRow.cycle_id)
        .where(ResultRow.subject_id == SupplierRow.id, *COUNTED)
        .order_by(CycleRow.period.desc(), CycleRow.id.desc())
        .limit(policy.elimination_scores)
        .correlate(SupplierRow)
        .subquery("last_scores")
    )
    weak = and_(func.count() == policy.elimination_scores, func.max(last.c.total) < policy.elimination_below)
    return select(weak).select_from(last).scalar_subquery()


def _as_of(as_of: date, policy: SupplierPolicy) -> Select[Any]:
    """Suppliers on a day; the columns are labelled as the fields of ``Supplier``."""
    agreement, elimination = SupplierAgreementRow, SupplierEliminationRow
    found = _classification(as_of)
    covers = (agreement.supplier_id == SupplierRow.id, agreement.valid.contains(as_of))
    has_agreement = exists().where(*covers).correlate(SupplierRow)
    until = select(func.nullif(func.max(func.coalesce(func.upper(agreement.valid) - 1, date.max)), date.max))
    pending = exists().where(
        elimination.supplier_id == SupplierRow.id, elimination.state.in_([each.value for each in PENDING])
    )
    preferred = and_(
        SupplierRow.state == SupplierState.ACTIVE.value,
        func.coalesce(found.c.supplier_class == SupplierClass.A.value, False),
        has_agreement,
        ~pending,
        ~_scores_are_weak(policy),
    )
    return (
        select(
            SupplierRow.id, SupplierRow.code, SupplierRow.name, SupplierRow.unit_code,
            PlaceRow.name.label("unit_name"), PlaceRow.name_en.label("unit_name_en"),
            SupplierRow.state, SupplierRow.revision, found.c.supplier_class,
            found.c.valid_from.label("classified_from"),
            until.where(*covers).correlate(SupplierRow).scalar_subquery().label("agreement_to"),
            has_agreement.label("has_agreement"), pending.label("elimination_pending"),
            preferred.label("preferred"), SupplierRow.created_at, PlaceRow.unit_path,
        )
        .outerjoin(PlaceRow, _UNIT)
        .outerjoin(found, true())
    )  # fmt: skip


async def find(session: ReadSession, supplier_id: UUID, *, as_of: date, policy: SupplierPolicy) -> Supplier | None:
    """One supplier."""
    row = (await session.execute(_as_of(as_of, policy).where(SupplierRow.id == supplier_id))).first()
    return None if row is None else _supplier(row)


async def listed(
    session: ReadSession, paging: Paging, *, wanted: SupplierFilter, as_of: date, policy: SupplierPolicy
) -> Rows[Supplier]:
    """Suppliers by code."""
    query = _as_of(as_of, policy)
    columns = query.selected_columns
    equal = {
        SupplierRow.state: wanted.state,
        columns.supplier_class: wanted.supplier_class,
        columns.preferred: wanted.preferred,
        SupplierRow.unit_code: wanted.unit_code,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.search is not None:
        named = (SupplierRow.code, SupplierRow.name)
        query = query.where(or_(*(column.icontains(wanted.search, autoescape=True) for column in named)))
    return await page(session, query, _supplier, keys=[SupplierRow.code], paging=paging)


async def all_rows(session: ReadSession) -> list[SupplierRow]:
    """Every supplier, by code; a company has hundreds."""
    return list((await session.execute(select(SupplierRow).order_by(SupplierRow.code))).scalars())


async def locked(session: WriteSession, supplier_id: UUID) -> SupplierRow | None:
    """A supplier's row, locked until the transaction ends."""
    query = select(SupplierRow).where(SupplierRow.id == supplier_id).with_for_update()
    row: SupplierRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return row


async def lock_all(session: WriteSession) -> None:
    """Let nobody change suppliers while it is decided what their scores lead to."""
    await session.execute(select(SupplierRow.id).order_by(SupplierRow.id).with_for_update())


async def by_code(session: ReadSession, codes: Collection[str]) -> dict[str, SupplierRow]:
    """The suppliers of these codes, by code in lower case."""
    lower = [each.lower() for each in codes]
    query = select(SupplierRow).where(func.lower(SupplierRow.code).in_(lower))
    return {row.code.lower(): row for row in (await session.execute(query)).scalars()}


async def units_known(session: ReadSession, codes: Collection[str]) -> set[str]:
    """Those of these codes that are codes of units as org reported them."""
    query = select(PlaceRow.code).where(PlaceRow.subject_kind == SubjectKind.UNIT.value, PlaceRow.code.in_(codes))
    return set((await session.execute(query)).scalars())


async def parties(session: ReadSession, period: Period, supplier_id: UUID | None = None) -> list[OutsideParty]:
    """The active suppliers (or one) with a framework agreement in the period, and their classes on its last day.

    Where several agreements promise something of one indicator, the one that begins last counts.
    """
    agreement, found = SupplierAgreementRow, _classification(period.last or period.start)
    agreed = exists().where(agreement.supplier_id == SupplierRow.id, agreement.valid.overlaps(days(period)))
    query = (
        select(SupplierRow.id, SupplierRow.code, SupplierRow.name, SupplierRow.unit_code, found.c.supplier_class)
        .outerjoin(found, true())
        .where(SupplierRow.state == SupplierState.ACTIVE.value, agreed)
        .order_by(SupplierRow.code)
    )
    if supplier_id is not None:
        query = query.where(SupplierRow.id == supplier_id)
    found = list(await session.execute(query))
    promises = await _promises(session, [row.id for row in found], period)
    return [
        OutsideParty(row.id, row.code, row.name, row.unit_code, row.supplier_class, promises.get(row.id, {}))
        for row in found
    ]


async def _promises(
    session: ReadSession, suppliers: Collection[UUID], period: Period
) -> dict[UUID, dict[str, Promise]]:
    row = SupplierAgreementRow
    query = select(row.supplier_id, row.number, row.version, row.terms)
    query = query.where(row.supplier_id.in_(suppliers), row.valid.overlaps(days(period)))
    found: dict[UUID, dict[str, Promise]] = {}
    for supplier_id, number, version, terms in await session.execute(query.order_by(func.lower(row.valid), row.number)):
        for standard in TERMS.load(terms).service_standards:
            if standard.indicator is not None:
                source = f"框架协议 {number} 第 {version} 版"
                found.setdefault(supplier_id, {})[standard.indicator] = Promise(standard.value, source)
    return found


def _supplier(row: Any) -> Supplier:
    found = row._mapping  # noqa: SLF001 - the public accessor of SQLAlchemy's rows
    values = {name: found[name] for name in Supplier.__dataclass_fields__ if name in found}
    known, path = values["supplier_class"], tuple(values["unit_path"] or ())
    values |= {"state": SupplierState(values["state"]), "supplier_class": known and SupplierClass(known)}
    values |= {"unit_path": path}
    return Supplier(**values)


async def unit_path(session: ReadSession, supplier_id: UUID) -> tuple[UUID, ...] | None:
    """Where the unit lies that works with a supplier, empty if org does not report it; None without the supplier."""
    query = select(PlaceRow.unit_path).select_from(SupplierRow).outerjoin(PlaceRow, _UNIT)
    row = (await session.execute(query.where(SupplierRow.id == supplier_id))).first()
    return None if row is None else tuple(row[0] or ())
