"""Pay profiles in the database: timelines by employee number, and how changes are applied to them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, Numeric, Select, bindparam, func, insert, literal, literal_column, select, update

from services.incentive.pay.domain.pay_profile import Change, PayProfile, PayRecord, PersonPay, Terms
from services.incentive.pay.store.tables import PayProfileRow, PersonRow
from services.kit.database.pages import Listing, Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession, bounds, days, period


@dataclass(frozen=True)
class ProfileFilter:
    """Which profiles are wanted; ``within``: of people in or below one of these units. None: all."""

    employee_number: str | None = None
    as_of: date | None = None
    employee_id: UUID | None = None
    within: Sequence[UUID] | None = None


def _profile(row: PayProfileRow) -> PayProfile:
    terms = Terms(
        fixed_pay=row.fixed_pay,
        fixed_share=row.fixed_share.normalize(),
        variable_share=row.variable_share.normalize(),
        monthly_base=row.monthly_base,
        currency=row.currency,
        cost_centre=row.cost_centre,
    )
    return PayProfile(str(row.id), row.version, terms, period(row.valid))


async def lock(session: WriteSession) -> None:
    """Lock pay profiles until the transaction ends.

    Creating a profile reads a timeline and writes what follows from it; of two writers at once the later would act on
    what they read before. Writing pay is rare enough to queue for.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("pay_profile"))))


async def timelines(session: ReadSession, numbers: Iterable[str]) -> Mapping[str, list[PayProfile]]:
    """What is in force for each of these employee numbers, in order."""
    query = (
        select(PayProfileRow)
        .where(PayProfileRow.employee_number.in_(set(numbers)), PayProfileRow.replaced_at.is_(None))
        .order_by(PayProfileRow.employee_number, func.lower(PayProfileRow.valid))
    )
    found: dict[str, list[PayProfile]] = defaultdict(list)
    for row in (await session.execute(query)).scalars():
        found[row.employee_number].append(_profile(row))
    return found


async def newest_versions(session: ReadSession, numbers: Iterable[str]) -> Mapping[str, int]:
    """The highest version ever written for each of these employee numbers."""
    query = (
        select(PayProfileRow.employee_number, func.max(PayProfileRow.version).label("newest"))
        .where(PayProfileRow.employee_number.in_(set(numbers)))
        .group_by(PayProfileRow.employee_number)
    )
    return {row.employee_number: row.newest for row in await session.execute(query)}


async def apply(
    session: WriteSession, number: str, change: Change, fresh: PayProfile, *, by: UUID, now: datetime
) -> None:
    """Make room for ``fresh`` as ``change`` says, and write it."""
    if change.replaced is not None:
        put_aside = update(PayProfileRow).where(PayProfileRow.id == UUID(change.replaced.id))
        await session.execute(put_aside.values(replaced_at=now))
    if change.cut is not None:
        shortened = func.daterange(func.lower(PayProfileRow.valid), literal(fresh.period.start))
        ended = update(PayProfileRow).where(PayProfileRow.id == UUID(change.cut.id)).values(valid=shortened)
        await session.execute(ended.execution_options(synchronize_session=False))
    await session.execute(insert(PayProfileRow).values(_row(number, fresh, by, now)))


def _row(number: str, profile: PayProfile, by: UUID, now: datetime) -> dict[str, Any]:
    terms = profile.terms
    return {
        "id": UUID(profile.id),
        "employee_number": number,
        "version": profile.version,
        "fixed_pay": terms.fixed_pay,
        "fixed_share": terms.fixed_share,
        "variable_share": terms.variable_share,
        "monthly_base": terms.monthly_base,
        "currency": terms.currency,
        "cost_centre": terms.cost_centre,
        "valid": days(profile.period),
        "created_at": now,
        "created_by": by,
    }


def _records() -> Select[*tuple[Any, ...]]:
    """The columns of ``PayRecord``; without the zeros that only say how many places a share may have."""
    row = PayProfileRow
    first, end = bounds(row.valid)
    return select(
        row.id,
        row.employee_number,
        PersonRow.name.label("employee_name"),
        row.version,
        row.fixed_pay,
        func.trim_scale(row.fixed_share, type_=Numeric()).label("fixed_share"),
        func.trim_scale(row.variable_share, type_=Numeric()).label("variable_share"),
        row.monthly_base,
        row.currency,
        row.cost_centre,
        first.label("valid_from"),
        (end - literal_column("1", Integer())).label("valid_to"),
        row.replaced_at,
    ).outerjoin(PersonRow, PersonRow.number == row.employee_number)


_RECORDS: Final = _records()
_FIELDS: Final = len(PayRecord._fields)
_ONE: Final = _RECORDS.add_columns(PersonRow.employee_id, PersonRow.unit_path).where(
    PayProfileRow.id == bindparam("profile_id")
)


def _record(row: Sequence[Any]) -> PayRecord:
    return PayRecord._make(row[:_FIELDS])


async def one(session: ReadSession, profile_id: UUID) -> PersonPay | None:
    """A profile, also one put aside, and whose it is."""
    found = (await session.execute(_ONE, {"profile_id": profile_id})).first()
    return None if found is None else PersonPay(_record(found), found.employee_id, found.unit_path or ())


async def people(session: ReadSession, numbers: Iterable[str]) -> Mapping[str, PersonRow]:
    """The people of whom org has spoken, by employee number."""
    found = await session.execute(select(PersonRow).where(PersonRow.number.in_(set(numbers))))
    return {row.number: row for row in found.scalars()}


async def people_by_id(session: ReadSession, employee_ids: Iterable[UUID]) -> Mapping[UUID, PersonRow]:
    """The people of whom org has spoken, by id."""
    found = await session.execute(select(PersonRow).where(PersonRow.employee_id.in_(set(employee_ids))))
    return {row.employee_id: row for row in found.scalars()}


def _listing(wanted: ProfileFilter) -> Listing[PayRecord]:
    query = _RECORDS.where(PayProfileRow.replaced_at.is_(None))
    if wanted.employee_number is not None:
        query = query.where(PayProfileRow.employee_number == wanted.employee_number)
    if wanted.as_of is not None:
        query = query.where(PayProfileRow.valid.contains(wanted.as_of))
    if wanted.employee_id is not None:
        query = query.where(PersonRow.employee_id == wanted.employee_id)
    if wanted.within is not None:
        query = query.where(PersonRow.unit_path.overlap(wanted.within))
    keys = (PayProfileRow.employee_number, PayProfileRow.version)
    return Listing(query, keys, _record)


_EVERYBODY: Final = ProfileFilter()
_ALL: Final = _listing(_EVERYBODY)


async def listed(session: ReadSession, wanted: ProfileFilter, paging: Paging) -> Rows[PayRecord]:
    """Profiles in force with the names of their people, by employee number and version."""
    listing = _ALL if wanted == _EVERYBODY else _listing(wanted)
    return await listing.page(session, paging)
