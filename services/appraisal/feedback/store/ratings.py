"""Rating forms: drafts, attributed ratings and anonymous answers as stored; an answer never meets its rater."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.store.tables import AnswerRow, DraftRow, RaterRow, RatingRow
from services.appraisal.library.domain.relation import ANONYMOUS
from services.kit.database import ReadSession, WriteSession
from services.kit.history import StateChanged
from services.kit.pages import Paging, Rows, page

_HIDDEN = [relation.value for relation in ANONYMOUS]
# One statement inserts every answer anew under a new random id, in random order and with one transaction number.
_SHUFFLE = text("""
    WITH gone AS (DELETE FROM appraisal.answer WHERE cycle_id = :cycle_id
                  RETURNING cycle_id, form_id, relation, ratings, comment)
    INSERT INTO appraisal.answer (id, cycle_id, form_id, relation, ratings, comment)
    SELECT gen_random_uuid(), cycle_id, form_id, relation, ratings, comment FROM gone ORDER BY random()
""")


async def shuffle_answers(session: WriteSession, cycle_id: UUID) -> None:
    """Write a cycle's anonymous answers anew, so that their order says nothing."""
    await session.execute(_SHUFFLE, {"cycle_id": cycle_id})


@dataclass(frozen=True)
class RatingRequest:
    """Somebody asked to rate a form, with that form and its cycle."""

    rater: RaterRow
    form: FormRow
    cycle: CycleRow


_REQUESTS = (
    select(RaterRow, FormRow, CycleRow)
    .join(FormRow, FormRow.id == RaterRow.form_id)
    .join(CycleRow, CycleRow.id == RaterRow.cycle_id)
)


async def request_of(session: ReadSession, rater_row_id: UUID, rater_id: UUID) -> RatingRequest | None:
    """What somebody is asked to rate."""
    query = _REQUESTS.where(RaterRow.id == rater_row_id, RaterRow.rater_id == rater_id)
    row = (await session.execute(query.execution_options(populate_existing=True))).first()
    return RatingRequest(*row) if row else None


async def lock(session: WriteSession, rater_row_id: UUID) -> None:
    """Keep others from a rating form until this transaction ends."""
    await session.execute(select(RaterRow.id).where(RaterRow.id == rater_row_id).with_for_update())


async def requests_of(session: ReadSession, rater_id: UUID, paging: Paging) -> Rows[RatingRequest]:
    """Everything that somebody is asked to rate."""
    found = await page(session, _REQUESTS.where(RaterRow.rater_id == rater_id), keys=[RaterRow.id], paging=paging)
    return found.map(_request)


async def draft(session: ReadSession, rater_row_id: UUID) -> DraftRow | None:
    """The author's draft."""
    query = select(DraftRow).where(DraftRow.rater_row_id == rater_row_id)
    return (await session.execute(query.execution_options(populate_existing=True))).scalar()


async def save_draft(
    session: WriteSession, rater_row_id: UUID, ratings: Mapping[str, str], comment: str | None
) -> None:
    """Keep the author's draft in place of an earlier one."""
    fresh = insert(DraftRow).values(rater_row_id=rater_row_id, ratings=dict(ratings), comment=comment)
    changed = {"ratings": fresh.excluded.ratings, "comment": fresh.excluded.comment}
    await session.execute(fresh.on_conflict_do_update(index_elements=["rater_row_id"], set_=changed))


async def delete_draft(session: WriteSession, rater_row_id: UUID) -> None:
    """Delete the draft."""
    await session.execute(delete(DraftRow).where(DraftRow.rater_row_id == rater_row_id))


async def mark_done(session: WriteSession, rater_row_id: UUID) -> None:
    """Note that an anonymous rater has answered: no history line, because that would tell when.

    Raises:
        StateChanged: the form was submitted by another request.
    """
    done = await session.execute(
        update(RaterRow)
        .where(RaterRow.id == rater_row_id, RaterRow.state == RatingState.OPEN.value)
        .values(state=RatingState.SUBMITTED.value)
        .returning(RaterRow.id)
        .execution_options(synchronize_session=False)
    )
    if done.first() is None:
        raise StateChanged


async def add_answer(
    session: WriteSession, *, form: FormRow, relation: str, ratings: Mapping[str, str], comment: str | None
) -> None:
    """Drop an anonymous answer into its store."""
    session.add(
        AnswerRow(
            id=uuid4(),
            cycle_id=form.cycle_id,
            form_id=form.id,
            relation=relation,
            ratings=dict(ratings),
            comment=comment,
        )
    )
    await session.flush()


async def save_rating(session: WriteSession, values: Mapping[str, Any]) -> None:
    """Keep an attributed rating in place of a returned one."""
    fresh = insert(RatingRow).values(**values)
    changed = {name: fresh.excluded[name] for name in ("id", "ratings", "comment", "submitted_at")}
    await session.execute(fresh.on_conflict_do_update(index_elements=["rater_row_id"], set_=changed))


async def comments(session: ReadSession, form_id: UUID) -> dict[str, list[str]]:
    """What was written about a form, by relation."""
    found: dict[str, list[str]] = {}
    for table in (RatingRow, AnswerRow):
        query = select(table.relation, table.comment).where(table.form_id == form_id, table.comment.is_not(None))
        for relation, comment in await session.execute(query):
            found.setdefault(relation, []).append(comment or "")
    return found


async def rating_of(session: ReadSession, rater_row_id: UUID) -> RatingRow | None:
    """What an attributed rater submitted."""
    return (await session.execute(select(RatingRow).where(RatingRow.rater_row_id == rater_row_id))).scalar()


async def take_rating(session: WriteSession, rater_row_id: UUID) -> RatingRow | None:
    """Take a submitted rating out, to be given back to its author."""
    gone = delete(RatingRow).where(RatingRow.rater_row_id == rater_row_id).returning(RatingRow)
    return (await session.execute(gone)).scalar()


def _request(row: Any) -> RatingRequest:
    return RatingRequest(row[0], row[1], row[2])
