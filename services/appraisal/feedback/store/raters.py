"""Raters as the organisation gives them: read off the cycle's snapshot in one statement a relation (APR-09)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import text

from services.appraisal.library.domain.relation import Relation
from services.kit.database import WriteSession

_ACTIVE = """
    seat.kind IN ('primary', 'rotation') AND seat.days @> (upper(form.days) - 1)
    AND NOT (seat.kind = 'primary' AND EXISTS (
        SELECT FROM appraisal.snapshot_seat AS away
        WHERE away.cycle_id = seat.cycle_id AND away.employee_id = seat.employee_id AND away.kind = 'rotation'
        AND away.days @> (upper(form.days) - 1)))
"""
_INSERT = """
    INSERT INTO appraisal.rater (id, cycle_id, form_id, rater_id, relation, state, revision)
    SELECT gen_random_uuid(), form.cycle_id, form.id, {rater}, '{relation}', 'open', 1
    FROM appraisal.form AS form {join}
    WHERE form.cycle_id = :cycle_id AND form.scheme_id = ANY(:schemes) AND {condition}
    ON CONFLICT (form_id, rater_id) DO NOTHING
"""
_SEATS = "JOIN appraisal.snapshot_seat AS seat ON seat.cycle_id = form.cycle_id"
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
        rater="seat.employee_id",
        relation="subordinate",
        join=_SEATS,
        condition=f"seat.manager_id = form.subject_id AND form.subject_kind = 'employee' AND {_ACTIVE}",
    ),
    Relation.PEER: _INSERT.format(
        rater="seat.employee_id",
        relation="peer",
        join=_SEATS,
        condition="seat.manager_id = form.manager_id AND form.subject_kind = 'employee' "
        f"AND seat.employee_id <> form.subject_id AND {_ACTIVE}",
    ),
}


async def propose_raters(session: WriteSession, *, cycle_id: UUID, schemes: Mapping[Relation, Sequence[UUID]]) -> None:
    """Ask superiors, the subjects themselves, their reports and those under the same manager, scheme by scheme."""
    for relation, statement in _PROPOSALS.items():
        asked = list(schemes.get(relation, ()))
        if asked:
            await session.execute(text(statement), {"cycle_id": cycle_id, "schemes": asked})
