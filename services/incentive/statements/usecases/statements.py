"""Statements: the person reads, confirms or disputes; compensation HR answers (INC-16)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.incentive.calculation.domain.line import NOTHING_POSTED
from services.incentive.journal.domain.journal import Source
from services.incentive.journal.store.journal import recovered_of
from services.incentive.runs.store.tables import RunRow
from services.incentive.statements.domain.later_change import CHANGES, LaterChange
from services.incentive.statements.domain.page import PERIOD_LABEL, Content, Page, Posted, page_of
from services.incentive.statements.domain.statement import (
    STATEMENT,
    AnswerOutcome,
    NothingCorrected,
    StatementAction,
    StatementFilter,
    StatementState,
)
from services.incentive.statements.store import later_changes as change_store
from services.incentive.statements.store import statements as store
from services.incentive.statements.store.statements import Correction, StatementLine
from services.incentive.statements.store.tables import StatementNoteRow, StatementRow
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import Language, NotFound, Stale, Text, existing
from services.kit.explanation import from_json
from services.kit.identity import Caller, Role
from services.kit.periods import calendar_period, period_in_words
from services.kit.work.assignees import whoever_may
from services.kit.work.history import advance, trail_of
from services.kit.work.tasks import Assignee, close_tasks, open_task, open_tasks
from services.kit.work.unit_of_work import UnitOfWork

SEES_STATEMENTS: Final = (Role.COMPENSATION, Role.FINANCE, Role.AUDITOR)

_CONFIRM: Final = "statement.confirm"
_LINK: Final = "/v1/incentive/statements/"


class StatementUnknown(NotFound):
    """No such statement, or none that the caller may see."""

    code = "statement_unknown"
    zh = "找不到该奖金单，或您无权查看。"
    en = "There is no such statement, or you may not see it."


@dataclass(frozen=True)
class StatementDetails:
    """A statement with all its content, the notes on it, and later events.

    ``recovered`` is what is withheld from it, ``corrections`` are differences posted later, ``later_changes`` are
    changes since then that no run has considered yet.
    """

    about: StatementLine
    notes: Sequence[StatementNoteRow] = ()
    recovered: Decimal = NOTHING_POSTED
    corrections: Sequence[Correction] = ()
    later_changes: Sequence[LaterChange] = ()


async def list_own(session: ReadSession, *, caller: Caller, paging: Paging) -> Rows[StatementDetails]:
    """The caller's own statements."""
    if caller.employee_id is None:
        return Rows([], None)
    return await _listed(session, StatementFilter(employee_id=caller.employee_id), paging)


async def list_statements(
    session: ReadSession, *, caller: Caller, wanted: StatementFilter, paging: Paging
) -> Rows[StatementDetails]:
    """The statements of the people for whom the caller has a role."""
    return await _listed(session, replace(wanted, within=caller.units_of(*SEES_STATEMENTS)), paging)


async def read_statement(session: ReadSession, *, caller: Caller, statement_id: UUID) -> StatementDetails:
    """One statement, for the person, compensation HR, finance and auditors.

    Raises:
        StatementUnknown: also for everybody else, the person's manager among them.
    """
    about = await _visible(session, caller, statement_id)
    notes, corrections = await store.notes(session, statement_id), await store.corrections(session, about)
    recovered = await recovered_of(session, Source("line", about.line.id))
    return StatementDetails(about, notes, recovered, corrections, await _later_changes(session, about))


async def _later_changes(session: ReadSession, about: StatementLine) -> Sequence[LaterChange]:
    """Of a bonus for a period; what was claimed for an occasion of its own changes by its claim alone."""
    if PERIOD_LABEL.fullmatch(about.line.occasion) is None:
        return ()
    return await change_store.of_statement(session, about, calendar_period(about.line.occasion))


async def read_page(
    session: ReadSession, *, caller: Caller, statement_id: UUID, zone: tzinfo, language: Language
) -> tuple[StatementLine, Page]:
    """The same as a page in one language, its days in the company's ``zone``.

    Raises:
        StatementUnknown.
    """
    details = await read_statement(session, caller=caller, statement_id=statement_id)
    return details.about, page_of(_content(details, zone), language)


def _content(details: StatementDetails, zone: tzinfo) -> Content:
    about, line = details.about, details.about.line
    reversed_at = about.reversed_at
    return Content(
        name=line.name,
        number=line.number,
        unit=about.unit,
        plan=Text(about.run.plan_name, about.run.plan_name_en),
        period=about.run.period,
        occasion=line.occasion,
        grade=line.grade,
        days=line.days,
        currency=line.currency,
        amount=line.amount,
        recovered=details.recovered,
        explanation=from_json(json.loads(line.explanation)),
        state=STATEMENT.states[StatementState(about.statement.state)],
        issued_on=about.statement.issued_at.astimezone(zone).date(),
        reversed_on=None if reversed_at is None else reversed_at.astimezone(zone).date(),
        reversal_reason=about.reversal_reason,
        corrections=[
            Posted(each.issued_at.astimezone(zone).date(), each.amount, each.due) for each in details.corrections
        ],
        later_changes=[(CHANGES[each.kind], each.noticed_at.astimezone(zone).date()) for each in details.later_changes],
    )


async def await_confirmations(uow: UnitOfWork, run: RunRow) -> None:
    """Let each person whose statement of a run was just issued confirm or dispute it, in one statement."""
    title = _to_confirm(run.period, Text(run.plan_name, run.plan_name_en))
    wanted = store.to_confirm(run.id, title, _LINK)
    await open_tasks(uow, _CONFIRM, noun="statement", wanted=wanted)


async def record_reversal(uow: UnitOfWork, *, line_id: UUID, reason: str) -> None:
    """Say that the statement of a line is not owed any more: its accrual was reversed (INC-12)."""
    statement = await store.of_line(uow.session, line_id)
    if statement is not None:
        await close_tasks(uow, _CONFIRM, subject=("statement", statement.id))
        await uow.record("incentive.statement.reversed", subject=("statement", statement.id), after={"reason": reason})


async def respond(
    uow: UnitOfWork,
    *,
    statement_id: UUID,
    revision: int,
    action: StatementAction,
    text: str | None,
    outcome: AnswerOutcome | None = None,
) -> StatementDetails:
    """Confirm or dispute one's own statement, or answer a dispute with ``outcome``.

    Raises:
        StatementUnknown, TransitionNotPossible, TransitionForbidden, Stale: it changed since it was read.
        NothingCorrected: the answer is a correction, and nothing has changed.
    """
    await store.lock(uow.session, statement_id)
    about = await _visible(uow.session, uow.caller, statement_id)
    own = about.statement.employee_id == uow.caller.employee_id
    as_staff = {role for role in SEES_STATEMENTS if uow.caller.has_over(about.line.unit_path, role)}
    # Nobody answers their own dispute, and only the person confirms.
    roles = {Role.EMPLOYEE} if own else as_staff
    transition = STATEMENT.next(StatementState(about.statement.state), action, roles)
    if about.statement.revision != revision:
        raise Stale
    if outcome is AnswerOutcome.CORRECTED:
        await _require_corrected(uow.session, about)
    await advance(uow, StatementRow, statement_id, transition)
    if text is not None:
        await store.add_note(uow, statement_id=statement_id, action=action.value, text=text, outcome=outcome)
    await _await_next(uow, about, transition.target)
    state = transition.target.value
    await uow.record(
        f"incentive.statement.{state}",
        subject=("statement", statement_id),
        **trail_of(transition.source.value, state, revision=revision, outcome=outcome),
        data={"state": state},
    )
    return await read_statement(uow.session, caller=uow.caller, statement_id=statement_id)


async def _require_corrected(session: ReadSession, about: StatementLine) -> None:
    """Something changed that the next run looks at, or its difference is posted already."""
    if not await _later_changes(session, about) and not await store.corrections(session, about):
        raise NothingCorrected


async def _await_next(uow: UnitOfWork, about: StatementLine, state: StatementState) -> None:
    """A disputed statement waits for compensation HR over the line's unit, an answered one for the person."""
    subject = ("statement", about.statement.id)
    await close_tasks(uow, subject=subject)
    if state is StatementState.ANSWERED:
        title = _to_confirm(about.statement.period, Text(about.run.plan_name, about.run.plan_name_en))
        assignee, link = Assignee(about.statement.employee_id), f"{_LINK}{about.statement.id}"
        await open_task(uow, _CONFIRM, subject=subject, assignee=assignee, title=title, link=link)
    if state is not StatementState.DISPUTED:
        return
    period = period_in_words(about.statement.period)
    await open_task(
        uow,
        "statement.answer",
        subject=subject,
        assignee=whoever_may(
            STATEMENT,
            StatementAction.ANSWER,
            unit_path=about.line.unit_path,
            excluded_ids=[about.statement.employee_id],
        ),
        title=Text(
            f"答复{about.line.name}对 {period.zh}奖金单的异议",
            f"Answer the dispute of {about.line.name} about the bonus statement, {period.en}",
        ),
        link=f"/v1/incentive/statements/{about.statement.id}",
    )


def _to_confirm(period: str, plan: Text) -> Text:
    said = period_in_words(period)
    return Text(
        f"确认 {said.zh}奖金单（{plan.zh}），或提出异议",
        f"Confirm or dispute your bonus statement: {plan.en}, {said.en}",
    )


async def _listed(session: ReadSession, wanted: StatementFilter, paging: Paging) -> Rows[StatementDetails]:
    rows = await store.listed(session, wanted, paging)
    return Rows([StatementDetails(about) for about in rows.items], rows.next)


async def _visible(session: ReadSession, caller: Caller, statement_id: UUID) -> StatementLine:
    found = existing(await store.one(session, statement_id), StatementUnknown)
    own = found.statement.employee_id == caller.employee_id
    if not own and not caller.has_over(found.line.unit_path, *SEES_STATEMENTS):
        raise StatementUnknown
    return found
