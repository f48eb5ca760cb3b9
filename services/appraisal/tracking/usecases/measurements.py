"""Taking measurements in: all of a delivery or nothing, and the same delivery twice changes nothing (APR-06)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.tracking.domain.measurement import (
    PERCENT,
    Key,
    Measured,
    Measurement,
    MeasurementFilter,
    Stored,
    paths_on,
    small_percentages,
    sort_out,
)
from services.appraisal.tracking.store import measurements as store
from services.appraisal.tracking.usecases.alerts import ask_for_check
from services.appraisal.tracking.usecases.proposing import part, propose
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import UNKNOWN, FieldError, Forbidden, Invalid, Part, Text
from services.kit.identity import Caller, Role
from services.kit.work.unit_of_work import UnitOfWork

MOST_FAULTS = 100


class MeasurementsWrong(Invalid):
    """Some lines cannot be taken, so none was."""

    code = "measurements_wrong"
    zh = "{count} 行数据有误，本次一行也未保存；请修改后重新提交。"
    en = "{count} lines are not valid, so nothing was stored; correct them and send them again."


class SubjectBeyondScope(Forbidden):
    """A line measures a subject outside the caller's units."""

    code = "subject_beyond_scope"
    zh = "考核对象“{found}”不在您负责的范围内，请由负责的人力资源同事办理。"
    en = "The subject '{found}' is outside your scope; ask the HR colleagues responsible for it."


@dataclass(frozen=True)
class Intake:
    """What became of a delivery. ``pending`` wait for a second person, since they count for the caller.

    ``without_form`` are subjects that no cycle knows: stored, but perhaps misspelt. ``small`` are values of indicators
    in percent that look like shares of 1.
    """

    accepted: int
    pending: int
    repeated: int
    corrected: int
    without_form: Sequence[tuple[str, str]]
    small: Sequence[Measured] = ()


async def take(uow: UnitOfWork, *, sent: Sequence[Measured], dry_run: bool = False) -> Intake:
    """Store a delivery; with ``dry_run`` only say what would become of it. What counts for the caller waits.

    Raises:
        MeasurementsWrong: with a fault a line, by JSON pointer /line/field; nothing is stored.
    """
    keys = [each.key for each in sent] + [(each.source, each.corrects) for each in sent if each.corrects]
    stored, ids = await store.known(uow.session, keys)
    await _demand_scope(uow, sent, stored)
    sorting = sort_out(sent, stored, await store.indicator_codes(uow.session))
    if sorting.field_errors:
        raise MeasurementsWrong(count=len(sorting.field_errors), field_errors=sorting.field_errors[:MOST_FAULTS])
    small = await _small(uow.session, sorting.fresh)
    parted = await part(uow.session, uow.caller, sorting.fresh)
    fresh, repeated = parted.others, sorting.repeated + parted.repeated
    corrected = sum(each.corrects is not None for each in fresh)
    without_form = await store.without_form(uow.session, fresh)
    if dry_run:
        return Intake(len(fresh), parted.pending, repeated, corrected, without_form, small)
    await propose(uow, parted)
    stored_ids = await store.add(uow.session, fresh, ids, by=uow.caller, at=uow.now)
    added = len(stored_ids)
    if added:
        await ask_for_check(uow, stored_ids, (each.indicator for each in fresh))
        after = {"accepted": str(added), "corrected": str(corrected)}
        await uow.audit("appraisal.measurement.imported", subject=("measurement", new_id()), after=after)
    return Intake(added, parted.pending, repeated + len(fresh) - added, corrected, without_form, small)


async def _small(session: ReadSession, fresh: Sequence[Measured]) -> list[Measured]:
    known = await indicator_store.latest(session, {each.indicator for each in fresh})
    in_percent = {code for code, found in known.items() if found.facts.unit.strip() in PERCENT}
    return small_percentages(fresh, in_percent)


async def list_measurements(
    session: ReadSession, *, caller: Caller, wanted: MeasurementFilter, paging: Paging
) -> Rows[Measurement]:
    """Measurements by day, for clients that send them and for HR and auditors of the subjects' units."""
    units = None if "measurements" in caller.scopes else caller.units_of(Role.HR, Role.AUDITOR)
    return await store.listed(session, paging, wanted=replace(wanted, units=units))


async def list_of_form(session: ReadSession, *, caller: Caller, form_id: UUID, paging: Paging) -> Rows[Measurement]:
    """The measurements of a form's days, corrected ones among them.

    Raises:
        NoForm: there is none, or the caller may not see it.
    """
    form = (await form_for(session, caller, form_id)).summary
    wanted = MeasurementFilter(
        subject_kind=form.subject_kind, subject_code=form.subject_code, first=form.days.start, last=form.days.last
    )
    return await store.listed(session, paging, wanted=wanted)


async def _demand_scope(uow: UnitOfWork, sent: Sequence[Measured], stored: Mapping[Key, Stored]) -> None:
    """HR of some units measures only subjects who were there on the day, and corrects nothing of another day."""
    caller = uow.caller
    if "measurements" in caller.scopes or caller.units_of(Role.HR) is None:
        return
    subjects = sorted({(each.subject_kind.value, each.subject_code) for each in sent})
    places = await store.places_of(uow.session, subjects)

    def is_theirs(each: Measured) -> bool:
        corrected = stored.get((each.source, each.corrects)) if each.corrects else None
        days = {each.measured_on} | ({corrected.measured_on} if corrected else set())
        found = places.get((each.subject_kind.value, each.subject_code), [])
        return all(any(caller.has_over(path, Role.HR) for path in paths_on(found, day)) for day in days)

    expected = Text("您负责范围内的考核对象", "a subject within your scope")
    foreign = [each for each in sent if not is_theirs(each)]
    if foreign:
        field_errors = [FieldError(f"/{each.line}/subject", each.subject_code, expected) for each in foreign]
        beyond = dict.fromkeys((each.subject_kind.value, each.subject_code) for each in foreign)
        parts = [Part((kind, UNKNOWN), SubjectBeyondScope(found=code), code) for kind, code in beyond]
        raise MeasurementsWrong(
            count=len(field_errors), field_errors=field_errors[:MOST_FAULTS], parts=parts[:MOST_FAULTS]
        )
