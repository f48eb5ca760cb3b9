"""Statements: the person reads, confirms or disputes; compensation HR answers (INC-16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.incentive.runs.store.tables import LineRow, RunRow
from services.incentive.statements.domain.statement import STATEMENT, StatementAction, StatementState
from services.incentive.statements.store import statements as store
from services.incentive.statements.store.tables import StatementNoteRow, StatementRow
from services.kit.database import ReadSession
from services.kit.errors import NotFound, Stale
from services.kit.events import publish
from services.kit.history import advance
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows
from services.kit.unit_of_work import UnitOfWork

SEES_STATEMENTS = (Role.COMPENSATION, Role.FINANCE)


class StatementUnknown(NotFound):
    """No such statement, or none that the caller may see."""

    code = "statement_unknown"
    zh = "找不到该奖金单，或您无权查看。"
    en = "There is no such statement, or you may not see it."


@dataclass(frozen=True)
class Told:
    """A statement with all that stands in it; ``rules`` is the version of the rules that wrote its line."""

    statement: StatementRow
    line: LineRow
    run: RunRow
    rules: int
    notes: Sequence[StatementNoteRow]


async def list_own(session: ReadSession, *, caller: Caller, paging: Paging) -> Rows[Any]:
    """The caller's own statements."""
    if caller.employee_id is None:
        return Rows([], None)
    return await store.listed(session, employee_id=caller.employee_id, paging=paging)


async def list_statements(
    session: ReadSession, *, caller: Caller, run_id: UUID | None, state: StatementState | None, paging: Paging
) -> Rows[Any]:
    """The statements of the people for whom the caller has a role, of one run or in one state if asked."""
    scopes = caller.units_of(*SEES_STATEMENTS)
    return await store.listed(session, run_id=run_id, state=state, scopes=scopes, paging=paging)


async def read_statement(session: ReadSession, *, caller: Caller, statement_id: UUID) -> Told:
    """One statement, for the person, compensation HR and finance.

    Raises:
        StatementUnknown: also for everybody else, the person's manager among them.
    """
    statement, line, run, rules = await _visible(session, caller, statement_id)
    return Told(statement, line, run, rules, await store.notes(session, statement_id))


async def respond(
    uow: UnitOfWork,
    *,
    statement_id: UUID,
    revision: int,
    action: StatementAction,
    words: str | None,
) -> None:
    """Confirm or dispute one's own statement, or answer a dispute.

    Raises:
        StatementUnknown, TransitionNotPossible, TransitionForbidden, Stale: it changed since it was read.
    """
    statement, line, *_ = await _visible(uow.session, uow.caller, statement_id, lock=True)
    own = statement.employee_id == uow.caller.employee_id
    as_staff = {role for role in SEES_STATEMENTS if uow.caller.has_over(line.unit_path, role)}
    # Nobody answers his own dispute, and only the person confirms.
    roles = {Role.EMPLOYEE} if own else as_staff
    move = STATEMENT.next(StatementState(statement.state), action, roles)
    if statement.revision != revision:
        raise Stale
    await advance(uow, StatementRow, statement_id, move)
    if words is not None:
        await store.add_note(
            uow.session,
            statement_id=statement_id,
            action=action.value,
            words=words,
            author=uow.caller.name,
            now=uow.now,
        )
    await uow.audit(
        f"incentive.statement.{action.value}", subject=("statement", statement_id), after={"state": move.target.value}
    )
    data = {"statement_id": str(statement_id), "state": move.target.value}
    kind = f"incentive.statement.{move.target.value}"
    await publish(uow.session, type=kind, subject=f"statement/{statement_id}", data=data, now=uow.now)


async def _visible(
    session: ReadSession, caller: Caller, statement_id: UUID, *, lock: bool = False
) -> tuple[StatementRow, LineRow, RunRow, int]:
    found = await store.one(session, statement_id, lock=lock)
    if found is None:
        raise StatementUnknown
    own = caller.employee_id is not None and found[0].employee_id == caller.employee_id
    if not own and not caller.has_over(found[1].unit_path, *SEES_STATEMENTS):
        raise StatementUnknown
    return found
