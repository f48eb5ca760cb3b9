"""Pay profiles in the database: timelines by employee number, and how changes are applied to them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, insert, literal, select, update

from services.incentive.pay.domain.pay_profile import Change, PayProfile, Terms
from services.incentive.pay.store.tables import PayProfileRow, PersonRow
from services.kit.database.pages import Listing, Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession, days, period


@dataclass(frozen=True)
class ProfileFilter:
    """Which profiles are wanted; ``within``: of people in or below one of these units. None: all."""

    employee_number: str | None = None
    as_of: date | None = None
    employee_id: UUID | None = None
    within: Sequence[UUID] | None = None


def _profile(row: PayProfileRow) -> PayProfile:
    return PayProfile(str(row.id), row.version, terms_of(row), period(row.valid))


def terms_of(row: PayProfileRow) -> Terms:
    """The terms that a row holds."""
    return Terms(
        fixed_pay=row.fixed_pay,
        fixed_share=row.fixed_share.normalize(),
        variable_share=row.variable_share.normalize(),
        monthly_base=row.monthly_base,
        currency=row.currency,
        cost_centre=row.cost_centre,
    )


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


async def one(session: ReadSession, profile_id: UUID) -> PayProfileRow | None:
    """A profile, also one put aside."""
    found: PayProfileRow | None = await session.get(PayProfileRow, profile_id, populate_existing=True)
    return found


async def people(session: ReadSession, numbers: Iterable[str]) -> Mapping[str, PersonRow]:
    """The people of whom org has spoken, by employee number."""
    found = await session.execute(select(PersonRow).where(PersonRow.number.in_(set(numbers))))
    return {row.number: row for row in found.scalars()}


async def people_by_id(session: ReadSession, employee_ids: Iterable[UUID]) -> Mapping[UUID, PersonRow]:
    """The people of whom org has spoken, by id."""
    found = await session.execute(select(PersonRow).where(PersonRow.employee_id.in_(set(employee_ids))))
    return {row.employee_id: row for row in found.scalars()}


def _listing(wanted: ProfileFilter) -> Listing[tuple[PayProfileRow, str | None]]:
    person = PersonRow.number == PayProfileRow.employee_number
    query: Any = select(PayProfileRow, PersonRow.name).outerjoin(PersonRow, person)
    query = query.where(PayProfileRow.replaced_at.is_(None))
    if wanted.employee_number is not None:
        query = query.where(PayProfileRow.employee_number == wanted.employee_number)
    if wanted.as_of is not None:
        query = query.where(PayProfileRow.valid.contains(wanted.as_of))
    if wanted.employee_id is not None:
        query = query.where(PersonRow.employee_id == wanted.employee_id)
    if wanted.within is not None:
        query = query.where(PersonRow.unit_path.overlap(wanted.within))
    keys = (PayProfileRow.employee_number, PayProfileRow.version)
    return Listing(query, keys, _named)


def _named(row: Any) -> tuple[PayProfileRow, str | None]:
    return row[0], row[1]


_EVERYBODY: Final = ProfileFilter()
_ALL: Final = _listing(_EVERYBODY)


async def listed(session: ReadSession, wanted: ProfileFilter, paging: Paging) -> Rows[tuple[PayProfileRow, str | None]]:
    """Profiles in force with the names of their people, by employee number and version."""
    listing = _ALL if wanted == _EVERYBODY else _listing(wanted)
    return await listing.page(session, paging)
