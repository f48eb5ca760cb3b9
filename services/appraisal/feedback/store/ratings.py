"""Rating forms: drafts, attributed ratings and anonymous answers as stored; an answer never meets its rater."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.store.tables import AnswerRow, DraftRow, RaterRow, RatingRow, withdrawn
from services.appraisal.library.domain.relation import ANONYMOUS
from services.kit.database.bulk import copy_rows, json_text
from services.kit.database.codec import Codec
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.encryption import Cipher

ANSWER_COLUMNS: Final = ("id", "cycle_id", "form_id", "relation", "ratings", "comment")
_PIECE: Final = 1000
_HIDDEN = [relation.value for relation in ANONYMOUS]
# One statement inserts every answer anew under a new random id, in random order and with one transaction number.
_SHUFFLE = text("""
    WITH gone AS (DELETE FROM appraisal.answer WHERE cycle_id = :cycle_id
                  RETURNING cycle_id, form_id, relation, ratings, comment)
    INSERT INTO appraisal.answer (id, cycle_id, form_id, relation, ratings, comment)
    SELECT gen_random_uuid(), cycle_id, form_id, relation, ratings, comment FROM gone ORDER BY random()
""")


async def shuffle_answers(session: WriteSession, cycle_id: UUID) -> None:
    """Rewrite a cycle's anonymous answers, so that their order reveals nothing."""
    await session.execute(_SHUFFLE, {"cycle_id": cycle_id})


@dataclass(frozen=True)
class RatingRequest:
    """A rater of a form, with that form and its cycle."""

    rater: RaterRow
    form: FormRow
    cycle: CycleRow


_REQUESTS = (
    select(RaterRow, FormRow, CycleRow)
    .join(FormRow, FormRow.id == RaterRow.form_id)
    .join(CycleRow, CycleRow.id == RaterRow.cycle_id)
    .where(FormRow.excluded_at.is_(None), ~withdrawn)
)


async def request_of(session: ReadSession, rater_row_id: UUID, rater_id: UUID) -> RatingRequest | None:
    """A form that a person is asked to rate."""
    query = _REQUESTS.where(RaterRow.id == rater_row_id, RaterRow.rater_id == rater_id)
    row = (await session.execute(query.execution_options(populate_existing=True))).first()
    return RatingRequest(*row) if row else None


async def lock(session: WriteSession, rater_row_id: UUID) -> None:
    """Keep others from a rating form until this transaction ends."""
    await session.execute(select(RaterRow.id).where(RaterRow.id == rater_row_id).with_for_update())


async def requests_of(session: ReadSession, rater_id: UUID, paging: Paging) -> Rows[RatingRequest]:
    """All forms that a person is asked to rate."""
    return await page(
        session, _REQUESTS.where(RaterRow.rater_id == rater_id), _request, keys=[RaterRow.id], paging=paging
    )


@dataclass(frozen=True)
class Draft:
    """The draft that a person has written so far."""

    ratings: Mapping[str, str]
    comment: str | None


DRAFTS: Final[Codec[Draft]] = Codec(Draft)


async def draft(session: ReadSession, cipher: Cipher, rater_row_id: UUID) -> Draft | None:
    """The author's draft.

    Raises:
        KeyLost: it was sealed with a key that is not here.
    """
    sealed = await session.scalar(select(DraftRow.sealed).where(DraftRow.rater_row_id == rater_row_id))
    return None if sealed is None else _opened(cipher, rater_row_id, sealed)


async def save_draft(session: WriteSession, cipher: Cipher, rater_row_id: UUID, content: Draft) -> None:
    """Keep the author's draft in place of an earlier one, sealed."""
    sealed = cipher.sealed(DRAFTS.text(content), place=_place(rater_row_id))
    fresh = insert(DraftRow).values(rater_row_id=rater_row_id, sealed=sealed)
    await session.execute(
        fresh.on_conflict_do_update(index_elements=["rater_row_id"], set_={"sealed": fresh.excluded.sealed})
    )


async def delete_draft(session: WriteSession, rater_row_id: UUID) -> None:
    """Delete the draft."""
    await session.execute(delete(DraftRow).where(DraftRow.rater_row_id == rater_row_id))


async def mark_done(session: WriteSession, rater_row_id: UUID) -> None:
    """Record that an anonymous rater, whose rating form is locked, has submitted, without a line of history, because
    that would reveal the time.
    """
    done = update(RaterRow).where(RaterRow.id == rater_row_id).values(state=RatingState.SUBMITTED.value)
    await session.execute(done.execution_options(synchronize_session=False))


async def take_answers(session: WriteSession, cipher: Cipher, cycle_id: UUID) -> int:
    """Make answers of what a cycle's anonymous raters submitted, all at once and in random order; how many (APR-10).

    They are born in one transaction long after the submissions, so that neither its number nor the order of rows joins
    an answer to the rater whose row says "submitted".

    Raises:
        KeyLost: something was sealed with a key that is not here.
    """
    submitted = (
        RaterRow.cycle_id == cycle_id,
        RaterRow.state == RatingState.SUBMITTED.value,
        RaterRow.relation.in_(_HIDDEN),
    )
    query = (
        select(DraftRow.rater_row_id, DraftRow.sealed, RaterRow.form_id, RaterRow.relation)
        .join(RaterRow, RaterRow.id == DraftRow.rater_row_id)
        .where(*submitted)
        .order_by(func.random())
    )
    taken = 0
    rows = await session.stream(query.execution_options(yield_per=_PIECE))
    async for piece in rows.partitions():
        await copy_rows(
            session, AnswerRow.__tablename__, ANSWER_COLUMNS, [_answer(cipher, cycle_id, *r) for r in piece]
        )
        taken += len(piece)
    mine = select(RaterRow.id).where(*submitted)
    await session.execute(delete(DraftRow).where(DraftRow.rater_row_id.in_(mine)))
    return taken


async def reseal(session: WriteSession, cipher: Cipher) -> int:
    """Seal with the present key some drafts that were sealed with an earlier one; how many there were."""
    query = select(DraftRow).where(DraftRow.sealed.not_like(f"{cipher.mark}.%")).limit(_PIECE)
    rows = (await session.execute(query.with_for_update(skip_locked=True))).scalars().all()
    for row in rows:
        place = _place(row.rater_row_id)
        row.sealed = cipher.sealed(cipher.opened(row.sealed, place=place), place=place)
    return len(rows)


def _answer(
    cipher: Cipher, cycle_id: UUID, rater_row_id: UUID, sealed: str, form_id: UUID, relation: str
) -> Sequence[Any]:
    content = _opened(cipher, rater_row_id, sealed)
    return uuid4(), cycle_id, form_id, relation, json_text(content.ratings), content.comment


def _opened(cipher: Cipher, rater_row_id: UUID, sealed: str) -> Draft:
    return DRAFTS.load(json.loads(cipher.opened(sealed, place=_place(rater_row_id))))


def _place(rater_row_id: UUID) -> str:
    return f"rating_draft:{rater_row_id}"


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
