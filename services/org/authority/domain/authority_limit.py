"""The limit of a position for an authority type, and when two must approve, as they change from a date on (ORG-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.money import plain
from services.kit.periods import Period
from services.kit.timeline import Facts, Version, closed, overlaid
from services.org.authority.domain.authority_type import WHOLE, AuthorityType, is_countable


class PastAuthority(Conflict):
    """Past authority has been relied on, so it cannot be changed afterwards."""

    code = "past_authority"
    zh = "{day} 的权限已经生效，不能追溯修改；请从今天起设定新的权限。"
    en = "The authority was already in force on {day} and cannot be changed retroactively; set a new one from today."


class AuthorityBackdated(Conflict):
    """Nothing gives authority for days gone by, not even where there was none."""

    code = "authority_backdated"
    zh = "权限从今天或以后开始，不能追溯。"
    en = "Authority starts today or later; it cannot be backdated."


class LimitInvalid(Invalid):
    """A limit of its authority type that cannot be."""

    code = "authority_limit_invalid"
    zh = "权限额度有误，请按下列提示修改。"
    en = "The authority limit is not valid; correct it as follows."


@dataclass(frozen=True)
class LimitFacts:
    """Up to which amount, in yuan or people (None: without upper bound), and why."""

    amount: Decimal | None
    reason: str


def set_from(versions: Sequence[Version[Facts]], valid: Period, facts: Facts, today: date) -> list[Version[Facts]]:
    """The timeline with ``facts`` over ``valid`` in place of everything from its first day on.

    Raises:
        PastAuthority: something was in force on one of its days before ``today``.
        AuthorityBackdated: its first day is before ``today``.
    """
    _keep_past(versions, Period(valid.start), today, "/valid_from")
    if valid.start < today:
        raise AuthorityBackdated(field_errors=[FieldError("/valid_from", str(valid.start), _not_before(today))])
    return overlaid(versions, [Version(valid, facts)])


def revoked(versions: Sequence[Version[Facts]], valid_to: date, today: date) -> list[Version[Facts]]:
    """The timeline with nothing in force after ``valid_to``.

    Raises:
        PastAuthority: something was in force after that day and before ``today``.
        NotInForce: nothing is in force on ``valid_to``.
    """
    following = valid_to + date.resolution
    _keep_past(versions, Period(following), today, "/valid_to")
    return closed(versions, following)


def _keep_past(versions: Sequence[Version[Facts]], changed: Period, today: date, pointer: str) -> None:
    if changed.start >= today:
        return
    past = Period(changed.start, today)
    for version in versions:
        touched = version.valid.overlap(past)
        if touched is not None:
            wrong = FieldError(pointer, str(changed.start), _not_before(today))
            raise PastAuthority(day=touched.start, field_errors=[wrong])


def _not_before(today: date) -> Text:
    return Text(f"不早于 {today}", f"not before {today}")


@dataclass(frozen=True)
class NewLimit:
    """A limit to set over ``valid``: ``amount`` in yuan or people, None without upper bound."""

    authority_type: AuthorityType
    amount: Decimal | None
    valid: Period
    reason: str


def require_countable(wanted: NewLimit) -> None:
    """Accept a limit unless it is for part of a person.

    Raises:
        LimitInvalid.
    """
    if not is_countable(wanted.amount, wanted.authority_type):
        raise LimitInvalid(field_errors=[FieldError("/limit", plain(wanted.amount or Decimal(0)), WHOLE)])


@dataclass(frozen=True)
class LimitAsOf:
    """A limit of a position, in its unit and below, with the names of both."""

    id: UUID
    position_id: UUID
    position_code: str
    unit_id: UUID
    unit_code: str
    unit_name: str
    unit_name_en: str
    authority_type: AuthorityType
    limit: Decimal | None
    valid_from: date
    valid_to: date | None
    reason: str
