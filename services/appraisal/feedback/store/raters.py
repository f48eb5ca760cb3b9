"""Raters: proposed from the cycle's snapshot in one statement a relation, listed and changed (APR-09)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select, text

from services.appraisal.cycles.domain.absence import Absence
from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import FormRow, SnapshotEmployeeRow
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.store.tables import DraftRow, RaterRow
from services.appraisal.library.domain.relation import ANONYMOUS, Relation
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession

_HIDDEN = [relation.value for relation in ANONYMOUS]

_ACTIVE = """
    assignment.kind IN ('primary', 'rotation') AND assignment.days @> (upper(form.days) - 1)
    AND NOT (assignment.kind = 'primary' AND EXISTS (
        SELECT FROM appraisal.snapshot_assignment AS away
        WHERE away.cycle_id = assignment.cycle_id AND away.employee_id = assignment.employee_id
            AND away.kind = 'rotation'
        AND away.days @> (upper(form.days) - 1)))
"""
_INSERT = """
    INSERT INTO appraisal.rater (id, cycle_id, form_id, rater_id, relation, state, revision)
    SELECT gen_random_uuid(), form.cycle_id, form.id, {rater}, '{relation}', 'open', 1
    FROM appraisal.form AS form {join}
    WHERE form.cycle_id = :cycle_id AND form.scheme_id = ANY(:schemes) AND {condition}
    AND (cast(:forms AS uuid[]) IS NULL OR form.id = ANY(:forms))
    ON CONFLICT (form_id, rater_id) DO NOTHING
"""
_ASSIGNMENTS = "JOIN appraisal.snapshot_assignment AS assignment ON assignment.cycle_id = form.cycle_id"
# In this order: whoever is both, say, superior and peer rates as the first.
_PROPOSALS = {
    Relation.SUPERIOR: _INSERT.format(
        rater="form.manager_id",
        relation="superior",
        join="",
        condition="form.manager_id IS NOT NULL AND form.manager_id IS DISTINCT FROM form.owner_id",
    ),
    Relation.SELF: _INSERT.format(
        rater="form.owner_id", relation="self", join="", condition="form.owner_id IS NOT NULL"
    ),
    Relation.SUBORDINATE: _INSERT.format(
        rater="assignment.employee_id",
        relation="subordinate",
        join=_ASSIGNMENTS,
        condition=f"assignment.manager_id = form.subject_id AND form.subject_kind = 'employee' AND {_ACTIVE}",
    ),
    Relation.PEER: _INSERT.format(
        rater="assignment.employee_id",
        relation="peer",
        join=_ASSIGNMENTS,
        condition="assignment.manager_id = form.manager_id AND form.subject_kind = 'employee' "
        f"AND assignment.employee_id <> form.subject_id AND {_ACTIVE}",
    ),
}


async def propose_raters(
    session: WriteSession,
    *,
    cycle_id: UUID,
    schemes: Mapping[Relation, Sequence[UUID]],
    form_ids: Sequence[UUID] | None,
) -> None:
    """Ask superiors, the subjects themselves, their reports and those under the same manager, scheme by scheme."""
    forms = None if form_ids is None else list(form_ids)
    for relation, statement in _PROPOSALS.items():
        asked = list(schemes.get(relation, ()))
        if asked:
            await session.execute(text(statement), {"cycle_id": cycle_id, "schemes": asked, "forms": forms})


@dataclass(frozen=True)
class Rater:
    """A rater of a form, with the number and name under which the cycle knows them.

    ``absence`` until ratings are due, and ``left_on``: for HR and auditors. ``is_away``: left, or absent for the rest
    of evaluation, and ``is_kept``: it was decided to ask nobody else in spite of it, also for a superior who decides.
    """

    rater: RaterRow
    form: FormRow
    number: str | None
    name: str | None
    absence: Absence | None = None
    left_on: date | None = None
    is_away: bool = False
    is_kept: bool = False


_RATERS = (
    select(RaterRow, FormRow, SnapshotEmployeeRow.number, SnapshotEmployeeRow.name)
    .join(FormRow, FormRow.id == RaterRow.form_id)
    .outerjoin(
        SnapshotEmployeeRow,
        (SnapshotEmployeeRow.cycle_id == RaterRow.cycle_id) & (SnapshotEmployeeRow.employee_id == RaterRow.rater_id),
    )
    .where(FormRow.excluded_at.is_(None))
)


async def find(session: ReadSession, rater_row_id: UUID) -> Rater | None:
    """A rater who was asked."""
    row = (await session.execute(_RATERS.where(RaterRow.id == rater_row_id))).first()
    return Rater(*row) if row else None


async def find_all(session: ReadSession, rater_row_ids: Sequence[UUID]) -> dict[UUID, Rater]:
    """Raters who were asked, by the id of the rating form."""
    rows = await session.execute(_RATERS.where(RaterRow.id.in_(rater_row_ids)))
    return {row[0].id: Rater(*row) for row in rows}


async def listed(
    session: ReadSession,
    paging: Paging,
    *,
    cycle_id: UUID,
    form_id: UUID | None,
    units: tuple[UUID, ...] | None,
    manager_id: UUID | None,
) -> Rows[Rater]:
    """Who was asked about forms in the subtrees of ``units`` or managed by ``manager_id``, but not about their own."""
    query = _RATERS.where(RaterRow.cycle_id == cycle_id)
    chooses = within(FormRow.unit_path, units)
    if manager_id is not None:
        chooses = or_(chooses, FormRow.manager_id == manager_id)
        query = query.where(FormRow.owner_id.is_distinct_from(manager_id))
    query = query.where(chooses)
    if form_id is not None:
        query = query.where(RaterRow.form_id == form_id)
    return await page(session, query, _rater, keys=[RaterRow.form_id, RaterRow.id], paging=paging)


async def overdue(
    session: ReadSession, paging: Paging, *, cycle_id: UUID, units: tuple[UUID, ...] | None
) -> Rows[Rater]:
    """Attributed raters who have not submitted. Anonymous raters are never listed by state."""
    query = _RATERS.where(
        RaterRow.cycle_id == cycle_id,
        RaterRow.relation.not_in(_HIDDEN),
        RaterRow.state == RatingState.OPEN.value,
        ~RaterRow.replaced,
        within(FormRow.unit_path, units),
    )
    return await page(session, query, _rater, keys=[RaterRow.id], paging=paging)


async def open_superiors(session: ReadSession, form_ids: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """The superiors who have not rated some forms yet, with their names, by form."""
    query = _RATERS.with_only_columns(RaterRow.form_id, RaterRow.rater_id, SnapshotEmployeeRow.name).where(
        RaterRow.form_id.in_(form_ids),
        RaterRow.relation == Relation.SUPERIOR.value,
        RaterRow.state == RatingState.OPEN.value,
        ~RaterRow.replaced,
    )
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for form_id, rater_id, name in await session.execute(query.order_by(RaterRow.id)):
        found.setdefault(form_id, []).extend([(rater_id, name)] if name else [])
    return found


async def raters_of_form(session: ReadSession, form_id: UUID) -> list[RaterRow]:
    """All raters of a form."""
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


async def locked(session: WriteSession, form_id: UUID, rater_id: UUID) -> RaterRow | None:
    """A rater of a form who was not replaced, locked until the transaction ends."""
    query = select(RaterRow).where(RaterRow.form_id == form_id, RaterRow.rater_id == rater_id, ~RaterRow.replaced)
    query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar()


async def replace(session: WriteSession, rater: RaterRow, successor_id: UUID) -> UUID:
    """Ask ``successor_id`` in place of a rater; returns the id of the new rating form.

    The statements are the same whether the rater has submitted or not. A draft is deleted, a submission stays.
    """
    unfinished = select(RaterRow.id).where(RaterRow.id == rater.id, RaterRow.state == RatingState.OPEN.value)
    await session.execute(delete(DraftRow).where(DraftRow.rater_row_id.in_(unfinished)))
    rater.replaced = True
    fresh = RaterRow(
        id=uuid4(), cycle_id=rater.cycle_id, form_id=rater.form_id, rater_id=successor_id, relation=rater.relation,
        state=RatingState.OPEN.value, revision=1, replaced=False,
    )  # fmt: skip
    session.add(fresh)
    await session.flush()
    return fresh.id


def _rater(row: Any) -> Rater:
    return Rater(*row[:4])
