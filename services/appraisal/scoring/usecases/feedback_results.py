"""The 360 feedback of a closed cycle: groups that are large enough, and their comments (APR-10)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.feedback.domain.feedback import Group
from services.appraisal.feedback.store import ratings as store
from services.appraisal.scoring.store import results as result_store
from services.appraisal.scoring.store.inputs import read_inputs
from services.kit.database.sessions import ReadSession
from services.kit.identity import Caller


@dataclass(frozen=True)
class FeedbackGroup:
    """A group that counts, with the pieces of its comments in an order that says nothing."""

    group: Group
    comments: Sequence[str]


async def get_feedback(session: ReadSession, *, caller: Caller, form_id: UUID) -> list[FeedbackGroup]:
    """The groups of a form, frozen when it was scored; nothing about those that were left out.

    Raises:
        NoForm: there is none for the caller.
        NotNow: the cycle is not closed.
    """
    access = await form_for(session, caller, form_id)
    demand_state(access.cycle.state, CycleState.CLOSED)
    inputs = await result_store.newest_inputs(session, access.form)
    forms = read_inputs(inputs) if inputs else ()
    groups = [group for form in forms if form.form_id == str(form_id) for group in form.groups]
    written = await store.comments(session, form_id)
    found = []
    for group in groups:
        texts = [text for relation in group.relations for text in written.get(relation.value, ())]
        found.append(FeedbackGroup(group, _pieces(texts)))
    return found


def _pieces(texts: Sequence[str]) -> list[str]:
    """Paragraphs torn apart and ordered by a digest, so that neither order nor length joins two of one author."""
    pieces = {piece.strip() for text in texts for piece in text.splitlines() if piece.strip()}
    return sorted(pieces, key=lambda piece: hashlib.sha256(piece.encode()).digest())
