"""One person acting for another: which authority type, where, up to which amount, from when to when (ORG-09)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.kit.errors import FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.money import plain
from services.kit.periods import Period
from services.kit.release import ReleaseRecord, release_workflow
from services.org.authority.domain.authority_type import WHOLE, AuthorityType, is_countable

OVERSEERS: Final = (Role.HR, Role.EXECUTIVE)
"""Who, over the delegator and the unit, releases a delegation that another person entered, or ends it."""

DELEGATION: Final = release_workflow("delegation", Text("授权", "delegation"), (Role.EMPLOYEE, *OVERSEERS))
"""By the delegator, as an employee, or by those over them; the use case looks at who it is."""


class DelegationTooWide(Invalid):
    """A delegation would give more than the delegator has."""

    code = "delegation_too_wide"
    zh = "授权不能超过授权人本人的权限，请缩小额度、范围或期间。"
    en = "A delegation cannot be wider than the delegator's own authority; reduce its limit, scope or period."


class DelegationInvalid(Invalid):
    """A delegation to oneself, without an end, or of an amount that is none."""

    code = "delegation_invalid"
    zh = "授权内容有误，请按下列提示修改。"
    en = "The delegation is not valid; correct it as follows."


@dataclass(frozen=True)
class Delegation:
    """One person acting for another. From ``revoked_on`` on, that day included, it is not in force."""

    id: UUID
    delegator_id: UUID
    delegate_id: UUID
    unit_id: UUID
    authority_type: AuthorityType
    limit: Decimal | None
    valid: Period
    revoked_on: date | None = None

    def is_in_force_on(self, day: date) -> bool:
        """Whether it is in force on ``day``."""
        return self.valid.contains(day) and (self.revoked_on is None or day < self.revoked_on)


def require_valid(wanted: Delegation, pointer: str) -> None:
    """Accept a delegation to another person, with a last day and a valid amount.

    Raises:
        DelegationInvalid: otherwise.
    """
    field_errors = []
    if wanted.delegate_id == wanted.delegator_id:
        expected = Text("授权人以外的员工", "a person other than the delegator")
        field_errors.append(FieldError(f"{pointer}/delegate_id", str(wanted.delegate_id), expected))
    if wanted.valid.end is None:
        field_errors.append(FieldError(f"{pointer}/valid_to", None, Text("请填写结束日期", "a last day")))
    if wanted.limit is not None and wanted.limit < 0:
        field_errors.append(FieldError(f"{pointer}/limit", plain(wanted.limit), Text("不小于 0", "not below 0")))
    if not is_countable(wanted.limit, wanted.authority_type):
        field_errors.append(FieldError(f"{pointer}/limit", plain(wanted.limit or Decimal(0)), WHOLE))
    if field_errors:
        raise DelegationInvalid(field_errors=field_errors)


@dataclass(frozen=True)
class DelegationAsOf:
    """A delegation with the names of what it refers to; ``in_force`` is as of the day asked about."""

    id: UUID
    delegator_id: UUID
    delegator_number: str
    delegator_name: str
    delegate_id: UUID
    delegate_number: str
    delegate_name: str
    unit_id: UUID
    unit_code: str
    unit_name: str | None
    unit_name_en: str | None
    unit_path: tuple[UUID, ...]
    authority_type: AuthorityType
    limit: Decimal | None
    valid_from: date
    valid_to: date
    reason: str
    in_force: bool
    revoked_on: date | None
    revocation_reason: str | None
    record: ReleaseRecord


@dataclass(frozen=True)
class Visibility:
    """Whose delegations a caller may know of: those of one employee, and those in these units and below."""

    employee_id: UUID | None
    unit_ids: tuple[UUID, ...]
