"""Finding a form, and deciding in what capacity a person may act on it (PLT-03)."""

from dataclasses import dataclass
from uuid import UUID

from services.appraisal.cycles.domain.form import FormSummary
from services.appraisal.cycles.domain.form_role import FORM_ROLE_NAMES, FormRole, Ownership, form_roles
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import forms as store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, Forbidden, NotFound, Stale, existing, joined
from services.kit.identity import Caller, Role
from services.kit.work.tasks import Assignee
from services.kit.work.unit_of_work import UnitOfWork


class NoForm(NotFound):
    """There is no such form, or none that the caller may know of."""

    code = "no_form"
    zh = "找不到该考核表，或您无权查看。"
    en = "There is no such form, or you may not see it."


class NotInThisCapacity(Forbidden):
    """The caller may see the form but not do this to it."""

    code = "not_in_this_capacity"
    zh = "此操作只能由{needed}办理。"
    en = "Only {needed} can do this."


class OwnMatter(Forbidden):
    """People would decide on a matter of their own."""

    code = "own_matter"
    zh = "与本人有关的事项须回避，请转交其他有权限的同事办理。"
    en = "You cannot decide on a matter that concerns you; ask a colleague with the same role."


class CycleNotYours(Forbidden):
    """HR of a part of the organisation would act on a cycle that reaches beyond it."""

    code = "cycle_not_yours"
    zh = "该考核周期包含您负责范围以外的单元，请由负责全部单元的人力资源同事办理。"
    en = "The cycle includes units outside your scope; ask HR colleagues who are responsible for all of them."


class FormExcluded(Conflict):
    """The form's subject was taken out of the cycle, so nothing on it changes any more."""

    code = "form_excluded"
    zh = "“{name}”已移出本考核周期，其考核表不能再修改。"
    en = "'{name}' was excluded from the cycle; the form can no longer be changed."


@dataclass(frozen=True)
class Access:
    """A form with the capacities that the caller has towards it."""

    form: FormRow
    cycle: CycleRow
    roles: frozenset[FormRole]
    summary: FormSummary

    def demand(self, *needed: FormRole) -> None:
        """Refuse unless the caller has one of these capacities.

        Raises:
            NotInThisCapacity: naming those that would do.
        """
        if self.roles.isdisjoint(needed):
            raise NotInThisCapacity(needed=joined(FORM_ROLE_NAMES[standing] for standing in needed))

    def demand_stranger(self, caller: Caller) -> None:
        """Refuse a decision about oneself.

        Raises:
            OwnMatter: the form is the caller's own.
        """
        if caller.employee_id is not None and caller.employee_id == self.form.owner_id:
            raise OwnMatter

    @property
    def superior(self) -> bool:
        """Whether the caller is on the superior's side: the manager, or HR where nobody is above the subject."""
        stands_in = self.form.manager_id is None and FormRole.HR in self.roles
        return FormRole.MANAGER in self.roles or stands_in


def ownership(form: FormRow) -> Ownership:
    """Whose form it is."""
    return Ownership(form.owner_id, form.manager_id, form.manager_chain, form.unit_path)


def hr_besides(form: FormRow) -> Assignee:
    """HR over a form, as those for whom waits what its superior would do; not its owner."""
    return Assignee(role=Role.HR, unit_path=form.unit_path, excluded_ids=owners(form))


def owners(form: FormRow) -> tuple[UUID, ...]:
    """Whoever owns a form, as those who do not decide about it."""
    return () if form.owner_id is None else (form.owner_id,)


async def form_for(session: ReadSession, caller: Caller, form_id: UUID) -> Access:
    """A form that the caller may see.

    Raises:
        NoForm: there is none, or they may not know of it.
    """
    found = existing(await store.find_named(session, form_id), NoForm)
    capacities = form_roles(caller, ownership(found.form))
    if not capacities:
        raise NoForm
    return Access(found.form, found.cycle, capacities, found.summary)


def demand_cycle(caller: Caller, cycle: CycleRow) -> None:
    """Refuse HR whose units do not cover the whole cycle.

    Raises:
        CycleNotYours: they act on a part only.
    """
    if not caller.has_over([cycle.unit_id] if cycle.unit_id else [], Role.HR):
        raise CycleNotYours


def demand_revision(present: int, seen: int) -> None:
    """Refuse a change of what is no longer as the caller saw it.

    Raises:
        Stale: it has changed since.
    """
    if present != seen:
        raise Stale


async def hold_form(uow: UnitOfWork, form: FormRow) -> None:
    """Read a form again and lock it until the transaction ends.

    Raises:
        FormExcluded: it does not count any more.
    """
    await store.hold(uow.session, form.id)
    if form.excluded_at is not None:
        raise FormExcluded(name=form.subject)


async def take_form(uow: UnitOfWork, form: FormRow, revision: int) -> None:
    """Lock a form that the caller decides about, as they saw it; its revision grows, so that of two at once one wins.

    Raises:
        Stale: it has changed since it was read.
        FormExcluded: it does not count any more.
    """
    await hold_form(uow, form)
    demand_revision(form.revision, revision)
    form.revision += 1


async def locked_cycle(uow: UnitOfWork, cycle_id: UUID, revision: int | None = None) -> CycleRow:
    """A cycle of the caller's scope, as of the ``revision`` that they saw, locked until the transaction ends.

    Raises:
        NoCycle: there is none of that id.
        CycleNotYours: the caller is HR of a part of it only.
        Stale: it, or a result in it, has changed since it was read.
    """
    cycle = await cycle_store.locked(uow.session, cycle_id)
    demand_cycle(uow.caller, cycle)
    if revision is not None:
        demand_revision(cycle.revision, revision)
    return cycle
