"""Work standards as org's role documents stated them last, and who holds what they are about."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.library.store.tables import PlaceRow
from services.appraisal.tracking.domain.obligation import Owner
from services.appraisal.tracking.domain.work_standard import Standard
from services.appraisal.tracking.store.tables import DEADLINES, WorkStandardRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Text

_STANDARDS = select(WorkStandardRow, PlaceRow.name, PlaceRow.name_en, PlaceRow.unit_path).outerjoin(
    PlaceRow,
    (PlaceRow.subject_kind == WorkStandardRow.subject_kind) & (PlaceRow.code == WorkStandardRow.subject_code),
)
# As the newest cycle that has opened froze them; whoever left since is replaced by the job that follows obligations.
_HOLDERS = text("""
    SELECT unit.head_employee_id AS employee_id, person.name, assignment.manager_chain, unit.path AS unit_path
    FROM appraisal.snapshot_unit AS unit
    LEFT JOIN appraisal.snapshot_employee AS person
      ON person.cycle_id = unit.cycle_id AND person.employee_id = unit.head_employee_id
    LEFT JOIN LATERAL (SELECT manager_chain FROM appraisal.snapshot_assignment AS assignment
                       WHERE assignment.cycle_id = unit.cycle_id AND assignment.employee_id = unit.head_employee_id
                       ORDER BY upper(assignment.days) DESC LIMIT 1) AS assignment ON true
    WHERE :kind = 'unit' AND unit.code = :code AND unit.cycle_id = (
        SELECT cycle_id FROM appraisal.snapshot_unit ORDER BY cycle_id DESC LIMIT 1)
    UNION ALL
    SELECT assignment.employee_id, person.name, assignment.manager_chain, assignment.unit_path
    FROM appraisal.snapshot_position AS place
    JOIN appraisal.snapshot_assignment AS assignment
      ON assignment.cycle_id = place.cycle_id AND assignment.position_id = place.position_id
    JOIN appraisal.snapshot_employee AS person
      ON person.cycle_id = assignment.cycle_id AND person.employee_id = assignment.employee_id
    JOIN appraisal.cycle AS cycle ON cycle.id = place.cycle_id AND upper(assignment.days) >= upper(cycle.period)
    WHERE :kind = 'employee' AND place.code = :code AND place.cycle_id = (
        SELECT cycle_id FROM appraisal.snapshot_position ORDER BY cycle_id DESC LIMIT 1)
    ORDER BY 1
""")


async def learn(session: WriteSession, standards: Iterable[Standard]) -> None:
    """Know these standards instead of those of before."""
    await session.execute(delete(WorkStandardRow))
    session.add_all(
        WorkStandardRow(
            id=each.id,
            subject_kind=each.subject_kind.value,
            subject_code=each.subject_code,
            duty_zh=each.duty.zh,
            duty_en=each.duty.en,
            metric_zh=each.metric.zh,
            metric_en=each.metric.en,
            deadline=DEADLINES.dump(each.deadline),
        )
        for each in standards
    )
    await session.flush()


async def everything(session: ReadSession) -> list[Standard]:
    """All standards."""
    return [_standard(row) for row in await session.execute(_STANDARDS.order_by(WorkStandardRow.id))]


async def find(session: ReadSession, standard_id: UUID) -> Standard | None:
    """A standard."""
    row = (await session.execute(_STANDARDS.where(WorkStandardRow.id == standard_id))).first()
    return None if row is None else _standard(row)


async def listed(session: ReadSession, paging: Paging, *, subject_code: str | None) -> Rows[Standard]:
    """Standards by the position or unit that they are about."""
    query = _STANDARDS
    if subject_code is not None:
        query = query.where(WorkStandardRow.subject_code == subject_code)
    keys = [WorkStandardRow.subject_code, WorkStandardRow.id]
    return await page(session, query, _standard, keys=keys, paging=paging)


async def holders(session: ReadSession, standard: Standard) -> Sequence[Owner]:
    """Who holds the position, or heads the unit; HR where nobody does."""
    parameters = {"kind": standard.subject_kind.value, "code": standard.subject_code}
    rows = (await session.execute(_HOLDERS, parameters)).all()
    return [Owner(row.employee_id, row.name, tuple(row.manager_chain or ()), tuple(row.unit_path)) for row in rows]


def _standard(found: Any) -> Standard:
    row, name, name_en, path = found[:4]
    return Standard(
        id=row.id,
        subject_kind=SubjectKind(row.subject_kind),
        subject_code=row.subject_code,
        subject_name=Text(row.subject_code, row.subject_code) if name is None else Text(name, name_en),
        unit_path=tuple(path or ()),
        duty=Text(row.duty_zh, row.duty_en),
        metric=Text(row.metric_zh, row.metric_en),
        deadline=DEADLINES.load(row.deadline),
    )
