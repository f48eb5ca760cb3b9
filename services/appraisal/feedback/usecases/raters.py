"""Who is asked when a cycle opens (APR-09)."""

from uuid import UUID

from services.appraisal.cycles.store import forms as form_store
from services.appraisal.feedback.domain.rating import relations_asked
from services.appraisal.feedback.store import raters as store
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.store import schemes as scheme_store
from services.kit.database import WriteSession


async def propose(session: WriteSession, *, cycle_id: UUID) -> None:
    """Ask the raters that the organisation gives for every form of a cycle whose forms were just made."""
    asked: dict[Relation, list[UUID]] = {}
    scheme_ids = await form_store.scheme_ids(session, cycle_id)
    for scheme_id, scheme in (await scheme_store.find_all(session, scheme_ids)).items():
        for relation in relations_asked(scheme):
            asked.setdefault(relation, []).append(scheme_id)
    await store.propose_raters(session, cycle_id=cycle_id, schemes=asked)
