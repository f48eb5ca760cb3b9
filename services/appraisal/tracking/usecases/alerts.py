"""Alert rules, and what new measurements raise, leave or unmake (APR-07)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from services.appraisal.cycles.usecases.access import demand_revision
from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.tracking.domain.alert import Condition
from services.appraisal.tracking.domain.obligation import (
    DEMAND_NAMES,
    UNMADE,
    AlertRule,
    Demand,
    Obligation,
    ObligationState,
    Verdict,
    judged,
)
from services.appraisal.tracking.store import alert_rules as store
from services.appraisal.tracking.store import obligations as obligation_store
from services.appraisal.tracking.store.alert_rules import Checked
from services.appraisal.tracking.store.tables import ObligationRow
from services.appraisal.tracking.usecases.obligations import end, open_obligation, reopen
from services.kit.calendar.stored_days import calendar_of
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.deadlines import Term
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Text, existing
from services.kit.jobs.queue import defer
from services.kit.periods import first_of_month, period_in_words
from services.kit.work.unit_of_work import UnitOfWork

CHECK_ALERTS: Final = "check_alerts"
"""The job that holds new measurements against the rules."""
MOST_AT_ONCE: Final = 1000
"""So many occasions are looked up in one statement."""


class NoAlertRule(NotFound):
    """There is no such rule."""

    code = "no_alert_rule"
    zh = "找不到该预警规则，请刷新列表后重试。"
    en = "There is no such alert rule."


class AlertRuleRetired(Conflict):
    """The rule has been retired already."""

    code = "alert_rule_retired"
    zh = "该预警规则已停用。"
    en = "The alert rule is retired already."


class AlertIndicatorUnknown(Invalid):
    """A rule names an indicator that the library does not have."""

    code = "alert_indicator_unknown"
    zh = "指标库中没有指标“{found}”。"
    en = "The library has no indicator '{found}'."


async def add_rule(uow: UnitOfWork, *, indicator: str, condition: Condition, demand: Demand, term: Term) -> AlertRule:
    """Let measurements of an indicator raise alerts from now on.

    Raises:
        AlertIndicatorUnknown: the indicator, or that of the budget, is not in the library.
    """
    needed = {"/indicator": indicator, "/condition/budget": condition.budget_indicator or indicator}
    known = await indicator_store.latest(uow.session, needed.values())
    for pointer, code in needed.items():
        if code not in known:
            expected = Text("指标库中已有的编码", "the code of an indicator in the library")
            raise AlertIndicatorUnknown(found=code, field_errors=[FieldError(pointer, code, expected)])
    rule = AlertRule(new_id(), indicator, known[indicator].facts.name, condition, demand, term, True, 1, uow.now)  # noqa: FBT003 - active
    store.add(uow.session, rule)
    await uow.session.flush()
    after = {"indicator": indicator, "condition": condition, "demand": demand, "term": term}
    await uow.audit("appraisal.alert_rule.created", subject=("alert_rule", rule.id), after=after)
    return rule


async def retire_rule(uow: UnitOfWork, *, rule_id: UUID, revision: int) -> AlertRule:
    """Let a rule raise no more alerts; what it has raised stays.

    Raises:
        NoAlertRule, Stale, AlertRuleRetired.
    """
    row = existing(await store.locked(uow.session, rule_id), NoAlertRule)
    demand_revision(row.revision, revision)
    if row.state == store.RETIRED:
        raise AlertRuleRetired
    row.state, row.revision = store.RETIRED, row.revision + 1
    await uow.session.flush()
    await uow.audit("appraisal.alert_rule.retired", subject=("alert_rule", rule_id), after={"state": store.RETIRED})
    return await get_rule(uow.session, rule_id=rule_id)


async def get_rule(session: ReadSession, *, rule_id: UUID) -> AlertRule:
    """A rule.

    Raises:
        NoAlertRule.
    """
    return existing(await store.find(session, rule_id), NoAlertRule)


async def list_rules(
    session: ReadSession, *, paging: Paging, indicator: str | None, active: bool | None
) -> Rows[AlertRule]:
    """Rules in the order in which they were added."""
    return await store.listed(session, paging, indicator=indicator, active=active)


async def ask_for_check(uow: UnitOfWork, ids: Sequence[UUID], indicators: Iterable[str]) -> None:
    """Have new measurements held against the rules once they are stored, if a rule looks at one of them."""
    if ids and await store.active(uow.session, set(indicators)):
        await defer(uow.session, CHECK_ALERTS, lock=CHECK_ALERTS, first=str(min(ids)), last=str(max(ids)))


async def check_alerts(uow: UnitOfWork, *, first: UUID, last: UUID) -> None:
    """Hold the measurements with ids from ``first`` to ``last`` against the rules. Doing it again changes nothing."""
    rules = {rule.id: rule for rule in await store.active(uow.session)}
    checked = await store.check(uow.session, list(rules.values()), first=first, last=last)
    for start in range(0, len(checked), MOST_AT_ONCE):
        batch = {_occasion(each): each for each in checked[start : start + MOST_AT_ONCE]}
        present = await obligation_store.of_occasions(uow.session, batch)
        for occasion, each in batch.items():
            await _settle(uow, rules[each.rule_id], each, occasion, present.get(occasion))


async def _settle(uow: UnitOfWork, rule: AlertRule, checked: Checked, occasion: str, row: ObligationRow | None) -> None:
    finding = rule.condition.finding(checked.figures)
    verdict = judged(
        found=finding is not None,
        recent=checked.month >= first_of_month(uow.today, -1),
        state=None if row is None else ObligationState(row.state),
        by_system=row is not None and row.withdrawn_by_system,
    )
    if verdict is Verdict.OPEN and finding is not None:
        await open_obligation(uow, await _raised(uow, rule, checked, occasion, finding))
    elif verdict is Verdict.REOPEN and row is not None and finding is not None:
        await reopen(uow, row, _reason(rule, finding))
    elif verdict is Verdict.WITHDRAW and row is not None:
        await end(uow, row, UNMADE.zh, by_system=True)


async def _raised(uow: UnitOfWork, rule: AlertRule, checked: Checked, occasion: str, finding: Text) -> Obligation:
    due_at = rule.term.due_at(uow.local_now, await calendar_of(uow.session, uow.today, rule.term))
    return Obligation(
        id=new_id(),
        origin="alert",
        occasion=occasion,
        demand=rule.demand,
        title=_title(rule, checked),
        reason=_reason(rule, finding),
        subject_kind=checked.subject_kind,
        subject_code=checked.subject_code,
        owner=checked.owner,
        term=rule.term,
        due_at=due_at,
        state=ObligationState.OPEN,
        revision=1,
        opened_at=uow.now,
    )


def _occasion(checked: Checked) -> str:
    """What is never asked for twice: a rule, a subject, a month."""
    month = f"{checked.month:%Y-%m}"
    return f"alert:{checked.rule_id}:{checked.subject_kind.value}:{checked.subject_code}:{month}"


def _title(rule: AlertRule, checked: Checked) -> Text:
    name = checked.subject_name
    month = _month(checked.month)
    demand = DEMAND_NAMES[rule.demand]
    return Text(
        f"提交{demand.zh}：{name.zh} {month.zh}“{rule.indicator_name.zh}”预警",
        f"Hand in the {demand.en}: alert of '{rule.indicator_name.en}', {name.en}, {month.en}",
    )


def _reason(rule: AlertRule, finding: Text) -> Text:
    label = rule.condition.label
    return Text(f"{label.zh}：{finding.zh}", f"{label.en}: {finding.en}")


def _month(month: date) -> Text:
    return period_in_words(f"{month:%Y-%m}")
