"""May somebody approve this here, and if not, who is next: many questions, the same few statements (ORG-09)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.kit.database import ReadSession
from services.kit.errors import FieldError, Invalid, Text
from services.kit.periods import Period
from services.org.authority.domain.authority import ApproversShort, AuthorityBook, Decision, Question
from services.org.authority.domain.authority_type import AuthorityType, TwoApprovers
from services.org.authority.store import authorities as rows
from services.org.authority.store import delegations as delegation_rows
from services.org.authority.usecases.authorities import policy_on
from services.org.people.domain.directory import PersonName
from services.org.people.store import employees as employee_rows
from services.org.people.store import reporting


class QuestionsBroken(Invalid):
    """Some questions name units or people that do not exist."""

    code = "questions_broken"
    zh = "部分问题引用了不存在的单元或人员。"
    en = "Some questions name a unit or person that does not exist."


@dataclass(frozen=True)
class Asked:
    """May ``employee_id`` approve ``amount`` (yuan, people for staffing) in a unit on ``day``?

    ``requester_id`` asks for it and so cannot approve it; ``approved_by`` have approved it already.
    """

    employee_id: UUID
    authority_type: AuthorityType
    amount: Decimal
    unit_id: UUID
    day: date
    requester_id: UUID | None = None
    approved_by: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Answer:
    """``complete``: whether those who have approved already suffice."""

    decision: Decision
    complete: bool


@dataclass(frozen=True)
class Answers:
    """One answer a question, in order, and everybody who is named in them."""

    answers: list[Answer]
    people: Mapping[UUID, PersonName]


async def ask(session: ReadSession, *, questions: Sequence[Asked]) -> Answers:
    """Answer every question by limits, delegations, unit path and reporting line as of its own day.

    Raises:
        QuestionsBroken: naming every unit that is not in force on the day of its question, and everybody unknown.
    """
    if not questions:
        return Answers([], {})
    paths = await rows.unit_paths(session, [(asked.unit_id, asked.day) for asked in questions])
    chains = await reporting.chains(session, [(asked.employee_id, asked.day) for asked in questions])
    people = {person for asked in questions for person in _named(asked)}
    people |= {person for chain in chains.values() for person in chain}
    span = Period.closed(min(asked.day for asked in questions), max(asked.day for asked in questions))
    delegations = await delegation_rows.given_to(session, people, span)
    people |= {given.delegator_id for given in delegations}
    held = await rows.held(session, people, span)
    known = await employee_rows.names(session, people)
    _demand_known(questions, paths, known)
    policies = await rows.policies(session)
    books: dict[TwoApprovers, AuthorityBook] = {}
    answers = []
    for asked in questions:
        policy = policy_on(policies, asked.day)
        if policy not in books:
            books[policy] = AuthorityBook(held, delegations, policy)
        path = tuple(paths[asked.unit_id, asked.day])
        question = Question(asked.authority_type, asked.amount, path, asked.day, asked.requester_id)
        decision = books[policy].decide(asked.employee_id, question, chains[asked.employee_id, asked.day])
        answers.append(Answer(decision, _complete(books[policy], asked.approved_by, question)))
    return Answers(answers, known)


def _complete(book: AuthorityBook, approved_by: tuple[UUID, ...], question: Question) -> bool:
    try:
        book.demand_enough(approved_by, question)
    except ApproversShort:
        return False
    return True


def _named(asked: Asked) -> set[UUID]:
    return {asked.employee_id, *asked.approved_by} | ({asked.requester_id} if asked.requester_id else set())


def _demand_known(
    questions: Sequence[Asked], paths: Mapping[tuple[UUID, date], list[UUID]], known: Mapping[UUID, PersonName]
) -> None:
    field_errors: list[FieldError] = []
    person = Text("已登记的员工", "an employee")
    for index, asked in enumerate(questions):
        pointer = f"/questions/{index}"
        if (asked.unit_id, asked.day) not in paths:
            unit = Text(f"{asked.day} 有效的单元", f"a unit in force on {asked.day}")
            field_errors.append(FieldError(f"{pointer}/unit_id", str(asked.unit_id), unit))
        named = [("employee_id", asked.employee_id), ("requester_id", asked.requester_id)]
        named += [(f"approved_by/{place}", each) for place, each in enumerate(asked.approved_by)]
        field_errors += [
            FieldError(f"{pointer}/{field}", str(each), person) for field, each in named if each and each not in known
        ]
    if field_errors:
        raise QuestionsBroken(field_errors=field_errors)
