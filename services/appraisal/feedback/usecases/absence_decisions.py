"""Deciding about many raters who are away at once, all of them or none, by the rules for a single one (APR-09)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.cycles.usecases.access import NoForm, take_form
from services.appraisal.feedback.store import raters as store
from services.appraisal.feedback.store.raters import Rater
from services.appraisal.feedback.usecases.raters import with_absences_of_all
from services.appraisal.feedback.usecases.replacement import demand_decider, keep_rater, replace_rater
from services.kit.errors import Conflict, DomainError, FieldError, Part, Text
from services.kit.work.unit_of_work import UnitOfWork

MOST_NAMED = 50


class DecisionsNotMade(Conflict):
    """Of several decisions about raters some are not possible; none was made."""

    code = "rater_decisions_not_made"
    zh = "有 {count} 项决定不能办理，本次未办理任何一项；请按下列提示处理后再试。"
    en = "{count} of the decisions are not possible, so none was made; see below."


class RaterAction(StrEnum):
    """What is decided about a rater who is away: they stay asked, and nobody else is; or somebody else is asked."""

    KEEP = "keep"
    REPLACE = "replace"


@dataclass(frozen=True)
class RaterDecision:
    """A decision about one rater of a form, as the caller saw the form at ``revision``."""

    form_id: UUID
    revision: int
    rater_id: UUID
    action: RaterAction
    successor_id: UUID | None = None


async def decide_about_raters(
    uow: UnitOfWork, *, cycle_id: UUID, decisions: Sequence[RaterDecision], reason: str
) -> list[Rater]:
    """Keep or replace raters of a cycle, with one reason for all; the raters who are asked now, in the same order.

    Locks are taken as a submission does, raters before forms, and each in one order; none of what the caller may not
    decide about.

    Raises:
        DecisionsNotMade: naming each decision that is not possible, and why.
        NoCycle.
    """
    ordered = sorted(range(len(decisions)), key=lambda place: (decisions[place].form_id, decisions[place].rater_id))
    refused: dict[int, DomainError] = {}
    forms = await _forms(uow, cycle_id, decisions, refused)
    cycle = await cycle_store.shared(uow.session, cycle_id)
    for place in filter(forms.__contains__, ordered):
        await store.locked(uow.session, decisions[place].form_id, decisions[place].rater_id)
    taken: dict[UUID, int] = {}
    for place in filter(forms.__contains__, ordered):
        try:
            await _take(uow, forms[place], decisions[place].revision, taken)
        except DomainError as why:
            refused[place] = why
    asked: list[UUID] = []
    for place, each in enumerate(decisions):
        try:
            if place not in refused:
                asked.append(await _decide(uow, each, reason))
        except DomainError as why:
            refused[place] = why
    if refused:
        faults = [_fault(place, decisions[place], refused[place]) for place in sorted(refused)]
        parts = [Part(("form", decisions[place].form_id), refused[place]) for place in sorted(refused)]
        raise DecisionsNotMade(count=len(faults), field_errors=faults[:MOST_NAMED], parts=parts)
    return await with_absences_of_all(uow.session, uow.caller, cycle, asked, uow.today)


async def _forms(
    uow: UnitOfWork, cycle_id: UUID, decisions: Sequence[RaterDecision], refused: dict[int, DomainError]
) -> dict[int, FormRow]:
    """The form of each decision that is the caller's to make; what is not is written into ``refused``."""
    await cycle_store.find(uow.session, cycle_id)
    forms = {}
    for place, each in enumerate(decisions):
        try:
            form = (await demand_decider(uow, each.form_id)).form
            if form.cycle_id != cycle_id:
                raise NoForm
            forms[place] = form
        except DomainError as why:
            refused[place] = why
    return forms


async def _take(uow: UnitOfWork, form: FormRow, revision: int, taken: dict[UUID, int]) -> None:
    """Take the form once for all its decisions, if all saw it at the same revision."""
    if taken.get(form.id) != revision:
        await take_form(uow, form, revision)
        taken[form.id] = revision


async def _decide(uow: UnitOfWork, decision: RaterDecision, reason: str) -> UUID:
    form_id, rater_id = decision.form_id, decision.rater_id
    if decision.action is RaterAction.KEEP:
        return await keep_rater(uow, form_id=form_id, revision=None, rater_id=rater_id, reason=reason)
    successor = decision.successor_id
    return await replace_rater(
        uow, form_id=form_id, revision=None, rater_id=rater_id, successor_id=successor, reason=reason
    )


def _fault(place: int, decision: RaterDecision, why: DomainError) -> FieldError:
    """What is wrong with one decision; where the refusal names a field of it, what is expected there."""
    if why.field_errors:
        first = why.field_errors[0]
        return FieldError(f"/decisions/{place}{first.pointer}", first.found, first.expected)
    problem = Text(why.text("zh").rstrip("。"), why.text("en").rstrip("."))
    return FieldError(f"/decisions/{place}", str(decision.rater_id), problem)
