"""Claims in the database: versions are added, the newest of each occasion counts."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from services.incentive.claims.domain.claim import Claim, ClaimFilter, ClaimVersion, Source
from services.incentive.claims.store.tables import ClaimRow
from services.incentive.pay.store.tables import PersonRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.explanation import canonical, from_json
from services.kit.money import plain
from services.kit.work.unit_of_work import UnitOfWork

Occasion = tuple[UUID, str]
"""Whose claim, and for what occasion."""


ClaimOfPerson = tuple[ClaimRow, PersonRow]
"""A version of a claim with whose it is, and where that person sits."""


_newer = aliased(ClaimRow)
_NEWEST: Final = (
    ~select(_newer.id)
    .where(
        _newer.employee_id == ClaimRow.employee_id,
        _newer.kind == ClaimRow.kind,
        _newer.occasion == ClaimRow.occasion,
        _newer.version > ClaimRow.version,
    )
    .exists()
)
"""That no later version of the same claim exists."""


async def lock(session: WriteSession, kind: str) -> None:
    """Lock claims of a kind until the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"claim:{kind}"))))


async def newest(session: ReadSession, kind: str, occasions: Sequence[Occasion]) -> Mapping[Occasion, ClaimVersion]:
    """The newest version of each of these claims that was ever made."""
    people, names = {employee for employee, _ in occasions}, {occasion for _, occasion in occasions}
    query = (
        select(ClaimRow)
        .ext(distinct_on(ClaimRow.employee_id, ClaimRow.occasion))
        .where(ClaimRow.kind == kind, ClaimRow.employee_id.in_(people), ClaimRow.occasion.in_(names))
        .order_by(ClaimRow.employee_id, ClaimRow.occasion, ClaimRow.version.desc())
    )
    found = ((row.employee_id, row.occasion, _version(row)) for row in (await session.execute(query)).scalars())
    wanted = set(occasions)
    return {(person, occasion): version for person, occasion, version in found if (person, occasion) in wanted}


async def of_source(session: ReadSession, source_type: str, source_id: UUID) -> Sequence[ClaimVersion]:
    """The newest versions of the claims that come from a record."""
    query = select(ClaimRow).where(ClaimRow.source_type == source_type, ClaimRow.source_id == source_id, _NEWEST)
    return [_version(row) for row in (await session.execute(query.order_by(ClaimRow.id))).scalars()]


async def of_occasion(session: ReadSession, kind: str, occasion: str) -> Sequence[ClaimVersion]:
    """The newest versions of all claims for an occasion."""
    query = select(ClaimRow).where(ClaimRow.kind == kind, ClaimRow.occasion == occasion, _NEWEST)
    return [_version(row) for row in (await session.execute(query.order_by(ClaimRow.id))).scalars()]


async def add(uow: UnitOfWork, versions: Sequence[tuple[Claim, int]]) -> list[UUID]:
    """Write versions of claims; their ids.

    Raises:
        IntegrityError: somebody else wrote one of them at the same moment.
    """
    rows = [_row(uow, claim, number) for claim, number in versions]
    if rows:
        await uow.session.execute(insert(ClaimRow), rows)
    return [row["id"] for row in rows]


async def one(session: ReadSession, claim_id: UUID) -> ClaimOfPerson | None:
    """One version of a claim, with its person."""
    found = (await session.execute(_detailed().where(ClaimRow.id == claim_id))).first()
    return None if found is None else (found[0], found[1])


async def versions_of(session: ReadSession, row: ClaimRow) -> Sequence[ClaimRow]:
    """Every version of the claim that ``row`` is one of, in order."""
    same = (getattr(ClaimRow, name) == getattr(row, name) for name in ("employee_id", "kind", "occasion"))
    return (await session.execute(select(ClaimRow).where(*same).order_by(ClaimRow.version))).scalars().all()


async def listed(session: ReadSession, wanted: ClaimFilter, paging: Paging) -> Rows[ClaimOfPerson]:
    """The newest versions, in the order in which they were entered."""
    query: Any = _detailed().where(_NEWEST)
    for name in ("kind", "employee_id", "source_id"):
        if getattr(wanted, name) is not None:
            query = query.where(getattr(ClaimRow, name) == getattr(wanted, name))
    if wanted.employee_number is not None:
        query = query.where(PersonRow.number == wanted.employee_number)
    if wanted.within is not None:
        query = query.where(PersonRow.unit_path.overlap(wanted.within))
    return await page(session, query, itemgetter(0, 1), keys=(ClaimRow.id,), paging=paging)


def _detailed() -> Any:
    return select(ClaimRow, PersonRow).join(PersonRow, PersonRow.employee_id == ClaimRow.employee_id)


def _row(uow: UnitOfWork, claim: Claim, number: int) -> dict[str, Any]:
    kept = ("employee_id", "kind", "occasion", "currency", "amount", "due_on")
    return {
        "id": new_id(),
        "version": number,
        **{name: getattr(claim, name) for name in kept},
        "costs": {centre: plain(share) for centre, share in claim.costs},
        "source_type": claim.source.type,
        "source_id": claim.source.id,
        "source_version": claim.source.version,
        "explanation": canonical(claim.explanation).decode(),
        "entered_at": uow.now,
        "entered_by": uow.caller.account_id,
        "entered_by_name": uow.caller.name,
    }


def _version(row: ClaimRow) -> ClaimVersion:
    claim = Claim(
        employee_id=row.employee_id,
        kind=row.kind,
        occasion=row.occasion,
        currency=row.currency,
        amount=row.amount,
        costs=tuple((centre, Decimal(share)) for centre, share in row.costs.items()),
        due_on=row.due_on,
        source=Source(row.source_type, row.source_id, row.source_version),
        explanation=from_json(json.loads(row.explanation)),
    )
    return ClaimVersion(row.id, row.version, claim)
