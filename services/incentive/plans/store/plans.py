"""Versions of bonus plans in the database."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from services.incentive.plans.domain.plan import PlanVersion
from services.incentive.plans.domain.policy import Caps, Eligibility, Override, Policy
from services.incentive.plans.domain.rules import Rule, rule_of
from services.incentive.plans.store.tables import PlanVersionRow
from services.kit.database import ReadSession, WriteSession, days, period
from services.kit.errors import Text
from services.kit.money import plain
from services.kit.pages import Paging, Rows, page


def stored(row: PlanVersionRow) -> PlanVersion:
    """The version that a row holds."""
    return PlanVersion(
        id=row.id,
        code=row.code,
        version=row.version,
        name=Text(row.name_zh, row.name_en),
        rule=rule_of(row.rule),
        policy=_policy(row.policy),
        validity=period(row.valid),
    )


def rule_json(rule: Rule) -> dict[str, Any]:
    """A rule as plain JSON, numbers as text."""
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in vars(rule).items()}


def policy_json(policy: Policy) -> dict[str, Any]:
    """A policy as plain JSON, numbers as text."""
    caps, rules = policy.caps, policy.eligibility
    return {
        "grade_coefficients": _texts(policy.grade_coefficients),
        "unit_coefficients": _texts(policy.unit_coefficients),
        "unit_without_result": plain(policy.unit_without_result),
        "company_coefficient": plain(policy.company_coefficient),
        "eligibility": dict(vars(rules)),
        "caps": {"times_target": _text(caps.times_target), "amounts": _texts(caps.amounts)},
        "overrides": [_override_json(override) for override in policy.overrides],
        "cycle": policy.cycle,
    }


def _override_json(override: Override) -> dict[str, Any]:
    grades = override.grade_coefficients
    return {
        "unit_code": override.unit_code,
        "filing": override.filing,
        "first": override.first and override.first.isoformat(),
        "last": override.last and override.last.isoformat(),
        "grade_coefficients": None if grades is None else _texts(grades),
        "unit_coefficient": _text(override.unit_coefficient),
    }


def _policy(tree: Mapping[str, Any]) -> Policy:
    return Policy(
        grade_coefficients=_numbers(tree["grade_coefficients"]),
        unit_coefficients=_numbers(tree["unit_coefficients"]),
        unit_without_result=Decimal(tree["unit_without_result"]),
        company_coefficient=Decimal(tree["company_coefficient"]),
        eligibility=Eligibility(**tree["eligibility"]),
        caps=Caps(_number(tree["caps"]["times_target"]), _numbers(tree["caps"]["amounts"])),
        overrides=tuple(_override(override) for override in tree["overrides"]),
        cycle=tree.get("cycle", "same_period"),  # plans entered before there was a choice
    )


def _override(tree: Mapping[str, Any]) -> Override:
    grades = tree["grade_coefficients"]
    return Override(
        unit_code=tree["unit_code"],
        filing=tree["filing"],
        first=tree["first"] and date.fromisoformat(tree["first"]),
        last=tree["last"] and date.fromisoformat(tree["last"]),
        grade_coefficients=None if grades is None else _numbers(grades),
        unit_coefficient=_number(tree["unit_coefficient"]),
    )


def _texts(numbers: Mapping[str, Decimal]) -> dict[str, str]:
    return {name: plain(number) for name, number in numbers.items()}


def _numbers(texts: Mapping[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in texts.items()}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else plain(number)


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


async def insert(session: WriteSession, version: PlanVersion, **more: Any) -> PlanVersionRow:
    """Write a version; ``more`` are note, created_at, created_by."""
    row = PlanVersionRow(
        id=version.id,
        code=version.code,
        version=version.version,
        name_zh=version.name.zh,
        name_en=version.name.en,
        rule=rule_json(version.rule),
        policy=policy_json(version.policy),
        valid=days(version.validity),
        **more,
    )
    session.add(row)
    await session.flush()  # so that a version taken by another at the same moment is noticed here
    return row


async def versions(session: ReadSession, code: str) -> Sequence[PlanVersion]:
    """Every version of a plan."""
    query = select(PlanVersionRow).where(PlanVersionRow.code == code).order_by(PlanVersionRow.version)
    return [stored(row) for row in (await session.execute(query)).scalars()]


async def newest(session: ReadSession, code: str) -> int:
    """The number of the newest version, 0 if there is none."""
    found: int | None = await session.scalar(
        select(func.max(PlanVersionRow.version)).where(PlanVersionRow.code == code)
    )
    return found or 0


async def one(session: ReadSession, version_id: UUID) -> PlanVersionRow | None:
    """One version."""
    found: PlanVersionRow | None = await session.get(PlanVersionRow, version_id)
    return found


async def listed(session: ReadSession, *, code: str | None, as_of: date | None, paging: Paging) -> Rows[Any]:
    """Versions by code and number."""
    query: Select[Any] = select(PlanVersionRow)
    if code is not None:
        query = query.where(PlanVersionRow.code == code)
    if as_of is not None:
        query = query.where(PlanVersionRow.valid.contains(as_of))
    return await page(session, query, keys=(PlanVersionRow.code, PlanVersionRow.version), paging=paging)
