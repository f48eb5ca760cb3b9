"""Forms as stored."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form import FormFilter, FormScope, FormSummary
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import CycleRow, FormRow, SnapshotEmployeeRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession, period

_OWNER, _MANAGER = aliased(SnapshotEmployeeRow), aliased(SnapshotEmployeeRow)
_SUMMARIES = (
    select(FormRow, CycleRow, _OWNER.name.label("owner_name"), _MANAGER.name.label("manager_name"))
    .join(CycleRow, CycleRow.id == FormRow.cycle_id)
    .outerjoin(_OWNER, and_(_OWNER.cycle_id == FormRow.cycle_id, _OWNER.employee_id == FormRow.owner_id))
    .outerjoin(_MANAGER, and_(_MANAGER.cycle_id == FormRow.cycle_id, _MANAGER.employee_id == FormRow.manager_id))
)


@dataclass(frozen=True)
class FoundForm:
    """A form with its cycle and the names of its owner and manager."""

    form: FormRow
    cycle: CycleRow
    owner_name: str | None
    manager_name: str | None

    @property
    def summary(self) -> FormSummary:
        """The form as lists show it."""
        form, cycle = self.form, self.cycle
        return FormSummary(
            id=form.id,
            cycle_id=cycle.id,
            cycle_code=cycle.code,
            cycle_state=CycleState(cycle.state),
            subject_kind=SubjectKind(form.subject_kind),
            subject_id=form.subject_id,
            subject_code=form.subject_code,
            subject_name=form.subject_name,
            subject_name_en=form.subject_name_en,
            unit_id=form.unit_id,
            unit_name=form.unit_name,
            unit_name_en=form.unit_name_en,
            position_code=form.position_code,
            position_title=form.position_title,
            position_title_en=form.position_title_en,
            days=period(form.days),
            owner_id=form.owner_id,
            owner_name=self.owner_name,
            manager_id=form.manager_id,
            manager_name=self.manager_name,
            goal_state=GoalState(form.state),
            revision=form.revision,
            excluded_at=form.excluded_at,
        )


async def find(session: ReadSession, form_id: UUID) -> tuple[FormRow, CycleRow] | None:
    """A form with its cycle."""
    found = await find_named(session, form_id)
    return None if found is None else (found.form, found.cycle)


async def find_named(session: ReadSession, form_id: UUID) -> FoundForm | None:
    """A form with its cycle and the names of its people."""
    query = _SUMMARIES.where(FormRow.id == form_id)
    row = (await session.execute(query.execution_options(populate_existing=True))).first()
    return None if row is None else FoundForm(row[0], row[1], row[2], row[3])


async def hold(session: WriteSession, form_id: UUID) -> None:
    """Read a form again and lock it until the transaction ends."""
    query = select(FormRow).where(FormRow.id == form_id).with_for_update(key_share=True)
    await session.execute(query.execution_options(populate_existing=True))


async def listed(session: ReadSession, paging: Paging, *, wanted: FormFilter, scope: FormScope) -> Rows[FormSummary]:
    """The forms in a scope that count, by the subject's code."""
    query = _SUMMARIES.where(in_scope(scope), FormRow.excluded_at.is_(None))
    equal = {
        FormRow.cycle_id: wanted.cycle_id,
        FormRow.subject_kind: wanted.subject_kind,
        FormRow.subject_id: wanted.subject_id,
        FormRow.owner_id: wanted.owner_id,
        FormRow.manager_id: wanted.manager_id,
        FormRow.state: wanted.goal_state,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.unit_id is not None:
        query = query.where(FormRow.unit_path.contains([wanted.unit_id]))
    if wanted.search is not None:
        named = (FormRow.subject_code, FormRow.subject_name, FormRow.subject_name_en)
        query = query.where(or_(*(column.icontains(wanted.search, autoescape=True) for column in named)))
    return await page(
        session,
        query,
        lambda row: FoundForm(row.FormRow, row.CycleRow, row.owner_name, row.manager_name).summary,
        keys=[FormRow.subject_code, FormRow.id],
        paging=paging,
    )


def in_scope(scope: FormScope) -> ColumnElement[bool]:
    """The condition that somebody may see a form."""
    ways = [within(FormRow.unit_path, scope.units)]
    if scope.employee_id is not None:
        ways += [FormRow.owner_id == scope.employee_id, FormRow.manager_chain.contains([scope.employee_id])]
    return or_(*ways)


async def not_agreed(
    session: ReadSession, cycle_id: UUID, scheme_ids: list[UUID], *, most: int
) -> tuple[list[FormRow], int]:
    """The first forms under these schemes whose goals were never agreed, and how many there are in all."""
    query = select(FormRow, func.count().over()).where(
        FormRow.cycle_id == cycle_id,
        FormRow.scheme_id.in_(scheme_ids),
        FormRow.agreed_revision.is_(None),
        FormRow.excluded_at.is_(None),
    )
    found = (await session.execute(query.order_by(FormRow.subject_code).limit(most))).all()
    return [form for form, _ in found], found[0][1] if found else 0


async def scheme_ids(session: ReadSession, cycle_id: UUID) -> list[UUID]:
    """The schemes that a cycle's forms use."""
    return list(
        (await session.execute(select(FormRow.scheme_id).where(FormRow.cycle_id == cycle_id).distinct())).scalars()
    )


def ids_of_cycle(cycle_id: UUID) -> Select[UUID]:
    """The ids of all forms of a cycle."""
    return select(FormRow.id).where(FormRow.cycle_id == cycle_id)


async def cycle_using(session: ReadSession, scheme_id: UUID) -> str | None:
    """The code of a cycle, not cancelled, whose forms go by a version of a scheme."""
    query = select(CycleRow.code).join(FormRow, FormRow.cycle_id == CycleRow.id)
    query = query.where(FormRow.scheme_id == scheme_id, CycleRow.state != CycleState.CANCELLED.value)
    return (await session.execute(query.limit(1))).scalar()
