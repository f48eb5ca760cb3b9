"""Raters, drafts, attributed ratings and anonymous answers as stored. See tables_rating for what never meets."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from services.appraisal.cycles.store.cycles import within_scope
from services.appraisal.cycles.store.tables import CycleRow, FormRow, SnapshotEmployeeRow
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.store.tables import AnswerRow, DraftRow, RaterRow, RatingRow
from services.appraisal.library.domain.relation import ANONYMOUS
from services.kit.database import ReadSession, WriteSession
from services.kit.history import StateChanged
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page

_HIDDEN = [relation.value for relation in ANONYMOUS]
# One statement inserts every answer anew under a new random id, in random order and with one transaction number.
_SHUFFLE = text("""
    WITH gone AS (DELETE FROM appraisal.answer WHERE cycle_id = :cycle_id
                  RETURNING cycle_id, form_id, relation, marks, comment)
    INSERT INTO appraisal.answer (id, cycle_id, form_id, relation, marks, comment)
    SELECT gen_random_uuid(), cycle_id, form_id, relation, marks, comment FROM gone ORDER BY random()
""")


async def shuffle_answers(session: WriteSession, cycle_id: UUID) -> None:
    """Write a cycle's anonymous answers anew, so that their order says nothing."""
    await session.execute(_SHUFFLE, {"cycle_id": cycle_id})


async def sheet_of(
    session: ReadSession, rater_row_id: UUID, rater_id: UUID
) -> tuple[RaterRow, FormRow, CycleRow] | None:
    """Somebody's own sheet with its form and cycle."""
    query = (
        select(RaterRow, FormRow, CycleRow)
        .join(FormRow, FormRow.id == RaterRow.form_id)
        .join(CycleRow, CycleRow.id == RaterRow.cycle_id)
        .where(RaterRow.id == rater_row_id, RaterRow.rater_id == rater_id)
    )
    row = (await session.execute(query.execution_options(populate_existing=True))).first()
    return (row[0], row[1], row[2]) if row else None


async def hold(session: WriteSession, rater_row_id: UUID) -> None:
    """Keep others from a sheet until this transaction ends."""
    await session.execute(select(RaterRow.id).where(RaterRow.id == rater_row_id).with_for_update())


async def sheets_of(session: ReadSession, rater_id: UUID, paging: Paging) -> Rows[Any]:
    """All sheets that somebody is asked to fill in."""
    query = (
        select(RaterRow, FormRow, CycleRow)
        .join(FormRow, FormRow.id == RaterRow.form_id)
        .join(CycleRow, CycleRow.id == RaterRow.cycle_id)
        .where(RaterRow.rater_id == rater_id)
    )
    return await page(session, query, keys=[RaterRow.id], paging=paging)


async def draft(session: ReadSession, rater_row_id: UUID) -> DraftRow | None:
    """The author's draft."""
    query = select(DraftRow).where(DraftRow.rater_row_id == rater_row_id)
    return (await session.execute(query.execution_options(populate_existing=True))).scalar()


async def keep_draft(session: WriteSession, rater_row_id: UUID, marks: Mapping[str, str], comment: str | None) -> None:
    """Keep the author's draft in place of an earlier one."""
    fresh = insert(DraftRow).values(rater_row_id=rater_row_id, marks=dict(marks), comment=comment)
    changed = {"marks": fresh.excluded.marks, "comment": fresh.excluded.comment}
    await session.execute(fresh.on_conflict_do_update(index_elements=["rater_row_id"], set_=changed))


async def drop_draft(session: WriteSession, rater_row_id: UUID) -> None:
    """Delete the draft."""
    await session.execute(delete(DraftRow).where(DraftRow.rater_row_id == rater_row_id))


async def mark_done(session: WriteSession, rater_row_id: UUID) -> None:
    """Note that an anonymous rater has answered: no history line, because that would tell when.

    Raises:
        StateChanged: the sheet was submitted by another request.
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
    session: WriteSession, *, form: FormRow, relation: str, marks: Mapping[str, str], comment: str | None
) -> None:
    """Drop an anonymous answer into its store."""
    session.add(
        AnswerRow(
            id=uuid4(), cycle_id=form.cycle_id, form_id=form.id, relation=relation, marks=dict(marks), comment=comment
        )
    )
    await session.flush()


async def keep_rating(session: WriteSession, values: Mapping[str, Any]) -> None:
    """Keep an attributed rating in place of a returned one."""
    fresh = insert(RatingRow).values(**values)
    changed = {name: fresh.excluded[name] for name in ("id", "marks", "comment", "at")}
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


async def rater(session: ReadSession, rater_row_id: UUID) -> RaterRow | None:
    """Somebody who was asked."""
    return await session.get(RaterRow, rater_row_id)


async def take_rating(session: WriteSession, rater_row_id: UUID) -> RatingRow | None:
    """Take a submitted rating out, to be given back to its author."""
    gone = delete(RatingRow).where(RatingRow.rater_row_id == rater_row_id).returning(RatingRow)
    return (await session.execute(gone)).scalar()


async def employed(session: ReadSession, cycle_id: UUID, people: Sequence[UUID]) -> set[UUID]:
    """Those among some people who are in the cycle's snapshot."""
    query = select(SnapshotEmployeeRow.employee_id).where(
        SnapshotEmployeeRow.cycle_id == cycle_id, SnapshotEmployeeRow.employee_id.in_(people)
    )
    return set((await session.execute(query)).scalars())


async def raters(
    session: ReadSession, caller: Caller, paging: Paging, *, cycle_id: UUID, form_id: UUID | None
) -> Rows[Any]:
    """Who was asked, for those who choose raters: the manager and HR. Not for the subject."""
    query = (
        select(RaterRow, FormRow, SnapshotEmployeeRow.number, SnapshotEmployeeRow.name)
        .join(FormRow, FormRow.id == RaterRow.form_id)
        .outerjoin(
            SnapshotEmployeeRow,
            (SnapshotEmployeeRow.cycle_id == RaterRow.cycle_id)
            & (SnapshotEmployeeRow.employee_id == RaterRow.rater_id),
        )
        .where(RaterRow.cycle_id == cycle_id)
    )
    chooses = within_scope(caller, FormRow.unit_path, Role.HR, Role.AUDITOR)
    if caller.employee_id is not None:
        chooses = or_(chooses, FormRow.manager_id == caller.employee_id)
        query = query.where(FormRow.owner_id.is_distinct_from(caller.employee_id))
    query = query.where(chooses)
    if form_id is not None:
        query = query.where(RaterRow.form_id == form_id)
    return await page(session, query, keys=[RaterRow.form_id, RaterRow.id], paging=paging)


async def raters_of_form(session: ReadSession, form_id: UUID) -> list[RaterRow]:
    """Everybody asked to rate a form."""
    return list((await session.execute(select(RaterRow).where(RaterRow.form_id == form_id))).scalars())


async def change_raters(
    session: WriteSession, *, form: FormRow, add: Sequence[tuple[UUID, str]], remove: Sequence[UUID]
) -> None:
    """Ask some people more and some less."""
    gone = delete(DraftRow).where(
        DraftRow.rater_row_id.in_(select(RaterRow.id).where(RaterRow.form_id == form.id, RaterRow.rater_id.in_(remove)))
    )
    await session.execute(gone)
    await session.execute(delete(RaterRow).where(RaterRow.form_id == form.id, RaterRow.rater_id.in_(remove)))
    session.add_all(
        RaterRow(
            id=uuid4(), cycle_id=form.cycle_id, form_id=form.id, rater_id=rater_id, relation=relation,
            state=RatingState.OPEN.value, revision=1,
        )
        for rater_id, relation in add
    )  # fmt: skip
    await session.flush()


async def late(session: ReadSession, caller: Caller, paging: Paging, cycle_id: UUID) -> Rows[Any]:
    """Attributed raters who have not submitted. Anonymous raters are never listed by state."""
    query = (
        select(RaterRow, FormRow, SnapshotEmployeeRow.number, SnapshotEmployeeRow.name)
        .join(FormRow, FormRow.id == RaterRow.form_id)
        .outerjoin(
            SnapshotEmployeeRow,
            (SnapshotEmployeeRow.cycle_id == RaterRow.cycle_id)
            & (SnapshotEmployeeRow.employee_id == RaterRow.rater_id),
        )
        .where(
            RaterRow.cycle_id == cycle_id,
            RaterRow.relation.not_in(_HIDDEN),
            RaterRow.state == RatingState.OPEN.value,
            within_scope(caller, FormRow.unit_path, Role.HR, Role.AUDITOR),
        )
    )
    return await page(session, query, keys=[RaterRow.id], paging=paging)
