"""May somebody approve this here, and if not, who is next (ORG-09)."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.kit.fields import Id, Model, PositiveMoney
from services.kit.routing import router
from services.kit.web import Read, Today
from services.org.authority.domain.authority import Link, Verdict
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.usecases import approval_checks as asking
from services.org.people.domain.directory import PersonName
from services.org.permissions import Reader
from services.org.schemas import PersonRef, Words, person_ref, words

routes = router("/v1/org/authority_questions", tag="authority_questions")

MOST = 500


class AuthorityQuestion(Model):
    """May ``employee_id`` approve ``amount`` (yuan, people for staffing) in a unit on ``day`` (today if left out)?

    ``requester_id`` asks for it and cannot approve it himself; ``approved_by`` have approved it already.
    """

    employee_id: Id
    authority_type: AuthorityType
    amount: PositiveMoney
    unit_id: Id
    day: date | None = None
    requester_id: Id | None = None
    approved_by: Annotated[tuple[Id, ...], Field(max_length=20)] = ()


class AuthorityQuestions(Model):
    """Up to 500 questions."""

    questions: Annotated[list[AuthorityQuestion], Field(min_length=1, max_length=MOST)]


class AuthorityLink(Model):
    """One person of the chain. ``limit`` null with the verdict of a limit is without upper bound."""

    employee: PersonRef
    allowed: bool
    verdict: Verdict
    limit: PositiveMoney | None
    acting_for: PersonRef | None
    delegation_id: Id | None
    reason: Words


class AuthorityAnswer(Model):
    """``next`` is whom to ask instead, or as the second of the ``needed`` approvers; null where nobody is left.

    ``complete``: those named in ``approved_by`` suffice. The chain begins with the person asked about.
    """

    allowed: bool
    needed: int
    complete: bool
    next: PersonRef | None
    chain: list[AuthorityLink]


class AuthorityAnswers(Model):
    """One answer a question, in their order."""

    answers: list[AuthorityAnswer]


@routes.post("")
async def ask(body: AuthorityQuestions, session: Read, _caller: Reader, today: Today) -> AuthorityAnswers:
    """Answer by limits, delegations, unit path and reporting line as of each question's day; nothing is written."""
    questions = [
        asking.Asked(
            each.employee_id,
            each.authority_type,
            each.amount,
            each.unit_id,
            each.day or today,
            each.requester_id,
            each.approved_by,
        )
        for each in body.questions
    ]
    found = await asking.ask(session, questions=questions)
    answered = zip(found.answers, questions, strict=True)
    return AuthorityAnswers(answers=[_answer(each, asked.authority_type, found.people) for each, asked in answered])


def _answer(answer: asking.Answer, authority_type: AuthorityType, people: Mapping[UUID, PersonName]) -> AuthorityAnswer:
    decision = answer.decision
    return AuthorityAnswer(
        allowed=decision.allowed,
        needed=decision.needed,
        complete=answer.complete,
        next=person_ref(people[decision.next_id]) if decision.next_id else None,
        chain=[_link(link, authority_type, people) for link in decision.chain],
    )


def _link(link: Link, authority_type: AuthorityType, people: Mapping[UUID, PersonName]) -> AuthorityLink:
    return AuthorityLink(
        employee=person_ref(people[link.employee_id]),
        allowed=link.may,
        verdict=link.verdict,
        limit=link.limit,
        acting_for=person_ref(people[link.acting_for]) if link.acting_for else None,
        delegation_id=link.delegation_id,
        reason=words(link.reason(authority_type)),
    )
