"""Who is asked: proposed when a cycle opens, changed within limits before evaluation (APR-09)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FormRole
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import departures
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.cycles.usecases.absences import absences_for_the_rest, absences_until_rated
from services.appraisal.cycles.usecases.access import form_for, take_form
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.feedback.domain.nomination import limit_problems
from services.appraisal.feedback.domain.rating import relations_asked
from services.appraisal.feedback.domain.replacement import Availability
from services.appraisal.feedback.domain.standing import Standings
from services.appraisal.feedback.store import raters as store
from services.appraisal.feedback.store.raters import Rater
from services.appraisal.feedback.store.standings import standings
from services.appraisal.library.domain.feedback_policy import MOST_RATERS
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.participants.store import snapshots as snapshot_store
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import FieldError, Invalid, Text
from services.kit.identity import Caller, Role
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["Rater"]


class RatersInvalid(Invalid):
    """A change of raters that the limits do not allow."""

    code = "raters_invalid"
    zh = "评价人调整有误，请按下列提示修改。"
    en = "The change of raters is not valid; correct it as follows."


async def propose(session: WriteSession, *, cycle_id: UUID, form_ids: Sequence[UUID] | None = None) -> None:
    """Ask the raters that the organisation gives for forms just made: all of a cycle, or some of it."""
    asked: dict[Relation, list[UUID]] = {}
    scheme_ids = await form_store.scheme_ids(session, cycle_id)
    for scheme_id, scheme in (await scheme_store.find_all(session, scheme_ids)).items():
        for relation in relations_asked(scheme):
            asked.setdefault(relation, []).append(scheme_id)
    await store.propose_raters(session, cycle_id=cycle_id, schemes=asked, form_ids=form_ids)


async def change_raters(
    uow: UnitOfWork,
    *,
    form_id: UUID,
    revision: int,
    add: Sequence[tuple[UUID, Relation]],
    remove: Sequence[UUID],
    reason: str,
) -> None:
    """Ask other raters before evaluation begins: later a change could reveal who answered (the manager, HR).

    Raises:
        RatersInvalid: the subject among those added, the superior touched by the manager, strangers, more or fewer
            raters than the limits allow.
        Stale: the form has changed since it was read.
        NotNow, NoForm, NotInThisCapacity: as they say.
    """
    access = await form_for(uow.session, uow.caller, form_id)
    access.demand(FormRole.MANAGER, FormRole.HR)
    access.demand_stranger(uow.caller)
    cycle = await cycle_store.shared(uow.session, access.form.cycle_id)
    demand_state(cycle.state, CycleState.GOAL_SETTING)
    await take_form(uow, access.form, revision)
    present = {row.rater_id: Relation(row.relation) for row in await store.raters_of_form(uow.session, form_id)}
    employed = set(await snapshot_store.names(uow.session, cycle.id, [person for person, _ in add]))
    policy = (await scheme_store.find(uow.session, access.form.scheme_id)).feedback
    standing = await standings(uow.session, access.form, [person for person, _ in add])
    field_errors = _problems(access.form, present, add, remove, employed, standing)
    field_errors += limit_problems(policy, Counter(present.values()), _counts_after(present, add, remove))
    if field_errors:
        raise RatersInvalid(field_errors=field_errors)
    chosen = [(person, relation.value) for person, relation in add]
    await store.change_raters(uow.session, form=access.form, add=chosen, remove=remove)
    after = {"reason": reason, "added": [str(p) for p, _ in add], "removed": [str(person) for person in remove]}
    await uow.audit("appraisal.form.raters_changed", subject=("form", form_id), after=after)


def _counts_after(
    present: Mapping[UUID, Relation], add: Sequence[tuple[UUID, Relation]], remove: Sequence[UUID]
) -> Counter[Relation]:
    kept = [relation for person, relation in present.items() if person not in remove]
    return Counter([*kept, *(relation for _, relation in add)])


def _problems(
    form: FormRow,
    present: Mapping[UUID, Relation],
    add: Sequence[tuple[UUID, Relation]],
    remove: Sequence[UUID],
    employed: set[UUID],
    standing: Standings,
) -> list[FieldError]:
    field_errors = []
    fixed = {Relation.SUPERIOR, Relation.SELF}
    for index, (person, relation) in enumerate(add):
        if person == form.owner_id or person not in employed or (person in present and person not in remove):
            expected = Text(
                "本周期在职、非本人且尚未列入的员工",
                "a person employed in the period, not the subject and not yet listed",
            )
            field_errors.append(FieldError(f"/add/{index}/rater_id", str(person), expected))
        if relation in fixed:
            expected = Text(
                "上级和本人按汇报关系自动确定，不能增减", "superior and self follow from the reporting lines"
            )
            field_errors.append(FieldError(f"/add/{index}/relation", relation.value, expected))
        elif fault := standing.expected(person, relation):
            field_errors.append(FieldError(f"/add/{index}/relation", relation.value, fault))
    for index, person in enumerate(remove):
        if person not in present or present[person] in fixed:
            expected = Text(
                "只能移除名单中的同级、下级、内部客户或人力资源评价人",
                "a peer, subordinate, client or HR rater of the list",
            )
            field_errors.append(FieldError(f"/remove/{index}", str(person), expected))
    if len(present) + len(add) - len(remove) > max(MOST_RATERS, len(present)):
        expected = Text(f"至多 {MOST_RATERS} 人", f"at most {MOST_RATERS} raters")
        field_errors.append(FieldError("/add", str(len(add)), expected))
    return field_errors


async def list_raters(
    session: ReadSession, *, caller: Caller, paging: Paging, cycle_id: UUID, form_id: UUID | None, today: date
) -> Rows[Rater]:
    """Who was asked, for those who choose raters: the manager of the form, HR and auditors."""
    units = caller.units_of(Role.HR, Role.AUDITOR)
    found = await store.listed(
        session, paging, cycle_id=cycle_id, form_id=form_id, units=units, manager_id=caller.employee_id
    )
    if not found.items:
        return found
    return await _with_absences(session, caller, await cycle_store.find(session, cycle_id), found, today)


async def with_absences(session: ReadSession, caller: Caller, cycle: CycleRow, found: Rater, today: date) -> Rater:
    """One rater with the absence that the caller may know of."""
    return (await _with_absences(session, caller, cycle, Rows([found], None), today)).items[0]


async def with_absences_of_all(
    session: ReadSession, caller: Caller, cycle: CycleRow, rating_forms: Sequence[UUID], today: date
) -> list[Rater]:
    """The raters of these rating forms in their order, with the absences that the caller may know of."""
    found = await store.find_all(session, rating_forms)
    rows = Rows([found[each] for each in rating_forms], None)
    return list((await _with_absences(session, caller, cycle, rows, today)).items)


async def _with_absences(
    session: ReadSession, caller: Caller, cycle: CycleRow, found: Rows[Rater], today: date
) -> Rows[Rater]:
    """Who is away or has left, whether they have submitted or not: HR and auditors read the days, a superior who may
    decide only that it is so, of those about whom they decide.
    """
    people = {each.rater.rater_id for each in found.items}
    near = await absences_until_rated(session, cycle, people, today)
    rest = await absences_for_the_rest(session, cycle, people, today)
    left = await departures.last_days(session, people, today)
    trusted = cycle.value.policy.superior_keeps_raters

    def shown(each: Rater) -> Rater:
        person, form, relation = each.rater.rater_id, each.form, Relation(each.rater.relation)
        reads_days = caller.has_over(form.unit_path, Role.HR, Role.AUDITOR)
        decides = trusted and form.manager_id is not None and form.manager_id == caller.employee_id
        if each.rater.replaced or not (reads_days or (decides and relation.anonymous)):
            return each
        absence = (rest if relation.anonymous else near).get(person)
        about = Availability(absence, left.get(person), is_overdue=False, kept_despite=each.rater.kept_despite)
        known = replace(each, is_away=person in left or person in rest, is_kept=about.is_kept)
        return replace(known, absence=near.get(person), left_on=left.get(person)) if reads_days else known

    return found.map(shown)


async def list_overdue_raters(
    session: ReadSession, *, caller: Caller, paging: Paging, cycle_id: UUID, today: date
) -> Rows[Rater]:
    """Attributed raters in the caller's HR or auditor scope who have not submitted.

    Raises:
        NoCycle: there is none of that id.
    """
    cycle = await cycle_store.find(session, cycle_id)
    units = caller.units_of(Role.HR, Role.AUDITOR)
    found = await store.overdue(session, paging, cycle_id=cycle_id, units=units)
    return await _with_absences(session, caller, cycle, found, today)
