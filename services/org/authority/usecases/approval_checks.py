"""Whether a person may approve, and otherwise who can: many checks, the same few statements (ORG-09)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kit.database.sessions import ReadSession
from services.kit.errors import FieldError, Invalid, Text
from services.kit.periods import Period
from services.org.authority.domain.authority import ApprovalCheck, ApproversShort, AuthorityBook, Decision
from services.org.authority.domain.authority_type import AuthorityType, TwoApprovers
from services.org.authority.store import authorities as rows
from services.org.authority.store import delegations as delegation_rows
from services.org.authority.usecases.authorities import policy_on
from services.org.people.domain.directory import PersonName
from services.org.people.store import employees as employee_rows
from services.org.people.store import reporting


class ApprovalChecksInvalid(Invalid):
    """Some checks name units or people that do not exist."""

    code = "approval_checks_invalid"
    zh = "部分核对事项引用了不存在的单元或人员。"
    en = "Some checks name a unit or person that does not exist."


@dataclass(frozen=True)
class CheckRequest:
    """May ``employee_id`` approve ``amount`` (yuan, people for staffing) in a unit on ``day``?

    ``requester_id`` asks for it and so cannot approve it, nor lend others the authority to; the same goes for
    ``barred_ids``, whom it concerns. ``approved_by`` have approved it already.
    """

    employee_id: UUID
    authority_type: AuthorityType
    amount: Decimal
    unit_id: UUID
    day: date
    requester_id: UUID | None = None
    approved_by: tuple[UUID, ...] = ()
    barred_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class CheckResult:
    """``complete``: whether those who have approved already suffice."""

    decision: Decision
    complete: bool


@dataclass(frozen=True)
class CheckResults:
    """One result per check, in order, and everyone named in them."""

    results: list[CheckResult]
    people: Mapping[UUID, PersonName]


async def run(session: ReadSession, *, checks: Sequence[CheckRequest]) -> CheckResults:
    """Decide every check by limits, delegations, unit path and reporting line as of its own day.

    Raises:
        ApprovalChecksInvalid: naming every unit that is not in force on the day of its check, and everybody unknown.
    """
    if not checks:
        return CheckResults([], {})
    paths = await rows.unit_paths(session, [(asked.unit_id, asked.day) for asked in checks])
    chains = await reporting.chains(session, [(asked.employee_id, asked.day) for asked in checks])
    people = {person for asked in checks for person in _named(asked)}
    people |= {person for chain in chains.values() for person in chain}
    span = Period.closed(min(asked.day for asked in checks), max(asked.day for asked in checks))
    delegations = await delegation_rows.given_to(session, people, span)
    people |= {given.delegator_id for given in delegations}
    limits = await rows.employee_limits(session, people, span)
    known = await employee_rows.names(session, people)
    _require_known(checks, paths, known)
    policies = await rows.policies(session)
    books: dict[TwoApprovers, AuthorityBook] = {}
    results = []
    for asked in checks:
        policy = policy_on(policies, asked.day)
        if policy not in books:
            books[policy] = AuthorityBook(limits, delegations, policy)
        path = tuple(paths[asked.unit_id, asked.day])
        barred = frozenset(asked.barred_ids)
        check = ApprovalCheck(asked.authority_type, asked.amount, path, asked.day, asked.requester_id, barred)
        decision = books[policy].decide(asked.employee_id, check, chains[asked.employee_id, asked.day])
        results.append(CheckResult(decision, _complete(books[policy], asked.approved_by, check)))
    return CheckResults(results, known)


def _complete(book: AuthorityBook, approved_by: tuple[UUID, ...], check: ApprovalCheck) -> bool:
    try:
        book.require_enough(approved_by, check)
    except ApproversShort:
        return False
    return True


def _named(asked: CheckRequest) -> set[UUID]:
    asking = {asked.requester_id} if asked.requester_id else set()
    return {asked.employee_id, *asked.approved_by, *asked.barred_ids, *asking}


def _require_known(
    checks: Sequence[CheckRequest], paths: Mapping[tuple[UUID, date], list[UUID]], known: Mapping[UUID, PersonName]
) -> None:
    field_errors: list[FieldError] = []
    person = Text("已登记的员工", "an employee")
    for index, asked in enumerate(checks):
        pointer = f"/checks/{index}"
        if (asked.unit_id, asked.day) not in paths:
            unit = Text(f"{asked.day} 有效的单元", f"a unit in force on {asked.day}")
            field_errors.append(FieldError(f"{pointer}/unit_id", str(asked.unit_id), unit))
        named = [("employee_id", asked.employee_id), ("requester_id", asked.requester_id)]
        named += [(f"approved_by/{place}", each) for place, each in enumerate(asked.approved_by)]
        named += [(f"barred_ids/{place}", each) for place, each in enumerate(asked.barred_ids)]
        field_errors += [
            FieldError(f"{pointer}/{field}", str(each), person) for field, each in named if each and each not in known
        ]
    if field_errors:
        raise ApprovalChecksInvalid(field_errors=field_errors)
