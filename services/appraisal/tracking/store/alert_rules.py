"""Alert rules, and the figures that they are held against."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.library.store.tables import IndicatorRow
from services.appraisal.tracking.domain.alert import Figures
from services.appraisal.tracking.domain.obligation import AlertRule, Demand, Owner
from services.appraisal.tracking.store.tables import CONDITIONS, AlertRuleRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.deadlines import Term, TimeUnit
from services.kit.errors import Text

ACTIVE: Final = "active"
RETIRED: Final = "retired"
_newest = (
    select(IndicatorRow.code, IndicatorRow.name, IndicatorRow.name_en)
    .ext(distinct_on(IndicatorRow.code))
    .order_by(IndicatorRow.code, IndicatorRow.version.desc())
    .subquery("newest_indicator")
)
_RULES = select(AlertRuleRow, _newest.c.name, _newest.c.name_en).join(_newest, _newest.c.code == AlertRuleRow.indicator)


@dataclass(frozen=True)
class Checked:
    """A rule, a subject and a month, with the figures and whoever answers for the subject."""

    rule_id: UUID
    subject_kind: SubjectKind
    subject_code: str
    subject_name: Text
    month: date
    figures: Figures
    owner: Owner


def add(session: WriteSession, rule: AlertRule) -> None:
    """Store a rule."""
    session.add(
        AlertRuleRow(
            id=rule.id,
            indicator=rule.indicator,
            condition=CONDITIONS.dump(rule.condition),
            budget_indicator=rule.condition.budget_indicator,
            demand=rule.demand.value,
            term_amount=rule.term.amount,
            term_unit=rule.term.unit.value,
            state=ACTIVE,
            revision=rule.revision,
            created_at=rule.created_at,
        )
    )


async def find(session: ReadSession, rule_id: UUID) -> AlertRule | None:
    """A rule as it is now."""
    query = _RULES.where(AlertRuleRow.id == rule_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).first()
    return None if row is None else _rule(row)


async def locked(session: WriteSession, rule_id: UUID) -> AlertRuleRow | None:
    """A rule's row, for retiring it."""
    query = select(AlertRuleRow).where(AlertRuleRow.id == rule_id).with_for_update()
    row: AlertRuleRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return row


async def listed(
    session: ReadSession, paging: Paging, *, indicator: str | None, active: bool | None
) -> Rows[AlertRule]:
    """Rules in the order in which they were added."""
    query = _RULES
    if indicator is not None:
        query = query.where(AlertRuleRow.indicator == indicator)
    if active is not None:
        query = query.where(AlertRuleRow.state == (ACTIVE if active else RETIRED))
    return await page(session, query, _rule, keys=[AlertRuleRow.id], paging=paging)


async def active(session: ReadSession, indicators: Collection[str] | None = None) -> list[AlertRule]:
    """The active rules; only those that look at one of ``indicators``, where named."""
    query = _RULES.where(AlertRuleRow.state == ACTIVE).order_by(AlertRuleRow.id)
    if indicators is not None:
        row = AlertRuleRow
        query = query.where(or_(row.indicator.in_(indicators), row.budget_indicator.in_(indicators)))
    return [_rule(row) for row in await session.execute(query)]


# Everything new of a delivery, and of the month after it: last month's figure counts there. A form is that of the
# newest cycle that covers the month; whoever answers for a subject is whoever did on its newest form.
_CHECK: Final = text("""
WITH added AS (
    SELECT DISTINCT subject_kind, subject_code, indicator, date_trunc('month', measured_on)::date AS month
    FROM appraisal.measurement WHERE id BETWEEN :first AND :last
), asked AS (
    SELECT DISTINCT rule.id AS rule_id, rule.indicator, rule.budget_indicator, added.subject_kind, added.subject_code,
        months.month
    FROM added JOIN appraisal.alert_rule AS rule
      ON rule.id = ANY(:rules) AND (rule.indicator = added.indicator OR rule.budget_indicator = added.indicator)
    CROSS JOIN LATERAL (VALUES (added.month), ((added.month + interval '1 month')::date)) AS months (month)
), named AS (
    SELECT asked.*, (SELECT indicator.aggregation FROM appraisal.indicator AS indicator
                     WHERE indicator.code = asked.indicator ORDER BY version DESC LIMIT 1) AS aggregation
    FROM asked
)
SELECT named.rule_id, named.subject_kind, named.subject_code, named.month,
    appraisal.aggregated(named.aggregation, named.subject_kind, named.subject_code, named.indicator,
        named.month, (named.month + interval '1 month')::date) AS actual,
    appraisal.aggregated(named.aggregation, named.subject_kind, named.subject_code, named.indicator,
        (named.month - interval '1 month')::date, named.month) AS before,
    appraisal.aggregated('sum', named.subject_kind, named.subject_code, named.budget_indicator,
        named.month, (named.month + interval '1 month')::date) AS budget,
    appraisal.aggregated(named.aggregation, named.subject_kind, named.subject_code, named.indicator,
        lower(form.days), LEAST(upper(form.days), (named.month + interval '1 month')::date)) AS so_far,
    form.plan, owner.subject_name, owner.subject_name_en, owner.owner_id, owner.owner_name, owner.manager_chain,
    owner.unit_path
FROM named
LEFT JOIN LATERAL (
    SELECT form.days, (SELECT (item ->> 'target')::numeric
                       FROM appraisal.goal AS goal, jsonb_array_elements(goal.items) AS item
                       WHERE goal.form_id = form.id AND goal.revision = form.agreed_revision
                         AND item ->> 'key' = named.indicator LIMIT 1) AS plan
    FROM appraisal.form AS form
    WHERE form.subject_kind = named.subject_kind AND form.subject_code = named.subject_code
      AND form.excluded_at IS NULL
      AND form.days && daterange(named.month, (named.month + interval '1 month')::date)
    ORDER BY form.cycle_id DESC, form.days DESC LIMIT 1) AS form ON true
LEFT JOIN LATERAL (
    SELECT form.subject_name, form.subject_name_en, form.owner_id, person.name AS owner_name, form.manager_chain,
        form.unit_path
    FROM appraisal.form AS form
    LEFT JOIN appraisal.snapshot_employee AS person
      ON person.cycle_id = form.cycle_id AND person.employee_id = form.owner_id
    WHERE form.subject_kind = named.subject_kind AND form.subject_code = named.subject_code
    ORDER BY form.cycle_id DESC, form.days DESC LIMIT 1) AS owner ON true
ORDER BY named.subject_kind, named.subject_code, named.month, named.rule_id
""").bindparams(bindparam("first", type_=Uuid), bindparam("last", type_=Uuid), bindparam("rules", type_=ARRAY(Uuid)))


async def check(session: ReadSession, rules: Sequence[AlertRule], *, first: UUID, last: UUID) -> list[Checked]:
    """The figures of everything that measurements with ids from ``first`` to ``last`` may have changed."""
    rows = await session.execute(_CHECK, {"first": first, "last": last, "rules": [rule.id for rule in rules]})
    return [_checked(row) for row in rows]


def _checked(row: Any) -> Checked:
    actual, before, budget, so_far = (
        None if each is None else Fraction(each) for each in (row.actual, row.before, row.budget, row.so_far)
    )
    figures = Figures(actual, before, budget, so_far, row.plan)
    owner = Owner(row.owner_id, row.owner_name, tuple(row.manager_chain or ()), tuple(row.unit_path or ()))
    kind = SubjectKind(row.subject_kind)
    name = Text(row.subject_name or row.subject_code, row.subject_name_en or row.subject_code)
    return Checked(row.rule_id, kind, row.subject_code, name, row.month, figures, owner)


def _rule(row: Any) -> AlertRule:
    found, zh, en = row[:3]
    return AlertRule(
        id=found.id,
        indicator=found.indicator,
        indicator_name=Text(zh, en),
        condition=CONDITIONS.load(found.condition),
        demand=Demand(found.demand),
        term=Term(found.term_amount, TimeUnit(found.term_unit)),
        active=found.state == ACTIVE,
        revision=found.revision,
        created_at=found.created_at,
    )
