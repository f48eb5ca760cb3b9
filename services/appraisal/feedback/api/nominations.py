"""/v1/appraisal/forms/{id}/nomination: raters whom the subject nominates (APR-09)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import Response
from pydantic import Field

from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.feedback.domain import nomination as domain
from services.appraisal.feedback.usecases import nominations
from services.appraisal.library.domain.relation import Relation
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork
from services.appraisal.schemas import FormId, FormPath
from services.kit.database.sessions import ReadSession
from services.kit.fields import Id, Model, Prose
from services.kit.identity import Caller
from services.kit.web.application import IfMatch, Read, tag
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/forms", tag="ratings")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
_REASON = "Why; needed for a change of the nominated raters, and from HR."


class Nominee(Model):
    """Somebody to be asked."""

    rater_id: Id = Field(description="Employee who is to rate.", examples=[_ID])
    relation: Relation = Field(description="Peer, subordinate or internal client.", examples=["peer"])

    def value(self) -> domain.Nominee:
        """The same for the domain."""
        return domain.Nominee(self.rater_id, self.relation)


class NamedNominee(Model):
    """Somebody who was nominated or is asked, with their name."""

    rater_id: Id = Field(description="Employee who is to rate.", examples=[_ID])
    rater_name: str | None = Field(
        description="Name of that employee; null if the cycle no longer lists them.", examples=["林晓燕"]
    )
    relation: Relation = Field(description="Peer, subordinate or internal client.", examples=["peer"])


class RaterNomination(Model):
    """The raters whom the person concerned would like to be asked, in place of an earlier proposal."""

    raters: Annotated[list[Nominee], Field(min_length=1, max_length=30)] = Field(description="Whom to ask.")
    shortfall_reason: Prose | None = Field(
        default=None,
        description="Why there are fewer raters of a relation than the scheme wants; needed then, and shown to whoever "
        "decides.",
        examples=["部门只有两名同级同事"],
    )


class NominationDecision(Model):
    """Who is asked in the end."""

    raters: Annotated[list[Nominee], Field(max_length=30)] | None = Field(
        default=None, description="All peers, subordinates and internal clients; the nominated ones if left out."
    )
    reason: Prose | None = Field(default=None, description=_REASON, examples=["补充跨部门同事"])


class Nomination(Model):
    """Raters whom the person concerned nominated. They never learn from it who is asked in the end."""

    form_id: FormId
    state: domain.NominationState = Field(description="Whether somebody has decided about it.", examples=["proposed"])
    raters: list[NamedNominee] = Field(description="Who was nominated.")
    asked: list[NamedNominee] | None = Field(
        description="Peers, subordinates and internal clients who are asked at present, after changes and "
        "replacements; null until it is decided, and for anyone but the manager and HR.",
        examples=[None],
    )
    shortfall_reason: str | None = Field(
        description="Why, to the person concerned, there are fewer than the scheme wants; null: there are enough.",
        examples=[None],
    )
    nominated_at: datetime = Field(description="When.", examples=["2026-01-08T02:00:00Z"])
    decided_by_name: str | None = Field(description="Who decided; null for the person concerned.", examples=[None])
    decided_at: datetime | None = Field(
        description="When it was decided; null for the person concerned.", examples=[None]
    )
    reason: str | None = Field(description="Why it was decided so; null for the person concerned.", examples=[None])


@routes.get("/{form_id}/nomination", summary="Read the nomination of raters")
async def get_rater_nomination(form_id: FormPath, caller: AnyCaller, session: Read, response: Response) -> Nomination:
    """Whom the person concerned nominated, for themselves, the manager, HR and auditors."""
    found = await nominations.get_nomination(session, caller=caller, form_id=form_id)
    return await _shown(session, caller, found, response)


@routes.put("/{form_id}/nomination", summary="Nominate raters")
async def nominate_raters(
    form_id: FormPath, body: RaterNomination, uow: AnyCallerUnitOfWork, revision: IfMatch, response: Response
) -> Nomination:
    """Propose who is asked, before evaluation begins (the person concerned); the manager or HR decides.

    `If-Match` takes the ETag of the form; the scheme must set limits of relations (`feedback.limits`). Where there are
    not enough people, nominate those there are, with `shortfall_reason`.
    """
    wanted = [each.value() for each in body.raters]
    found = await nominations.nominate(
        uow, form_id=form_id, revision=revision, nominees=wanted, shortfall_reason=body.shortfall_reason
    )
    return await _shown(uow.session, uow.caller, found, response)


@routes.post("/{form_id}/nomination/decide", summary="Decide on nominated raters")
@answers_with(state="decided", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", reason="补充跨部门同事")
async def decide_rater_nomination(
    form_id: FormPath, body: NominationDecision, uow: AnyCallerUnitOfWork, revision: IfMatch, response: Response
) -> Nomination:
    """Ask the nominated raters, or others with a reason (the manager; HR with a reason).

    Where nobody decides before evaluation begins, those are asked whom the organisation gives.
    """
    wanted = None if body.raters is None else [each.value() for each in body.raters]
    found = await nominations.decide(uow, form_id=form_id, revision=revision, raters=wanted, reason=body.reason)
    return await _shown(uow.session, uow.caller, found, response)


async def _shown(session: ReadSession, caller: Caller, found: domain.Nomination, response: Response) -> Nomination:
    tag(response, (await form_for(session, caller, found.form_id)).form.revision)
    fields = ("form_id", "shortfall_reason", "state", "nominated_at", "decided_by_name", "decided_at", "reason")
    asked = None if found.asked is None else _named(found, found.asked)
    same = {name: getattr(found, name) for name in fields}
    return Nomination(raters=_named(found, found.nominees), asked=asked, **same)


def _named(found: domain.Nomination, people: Sequence[domain.Nominee]) -> list[NamedNominee]:
    return [
        NamedNominee(rater_id=each.rater_id, rater_name=found.names.get(each.rater_id), relation=each.relation)
        for each in people
    ]
