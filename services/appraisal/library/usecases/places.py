"""Where positions and units lie: who may write schemes for them, and what each is appraised by (APR-02)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from services.appraisal.clients.org import PositionLine, Snapshot, UnitLine
from services.appraisal.library.domain.coverage import Coverage
from services.appraisal.library.domain.scheme import COVERED_BY, Frequency, SubjectKind
from services.appraisal.library.domain.supplier_class import SUPPLIER_CLASS_NAMES
from services.appraisal.library.store import places as store
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession
from services.kit.errors import FieldError, Forbidden, Text, joined
from services.kit.identity import Caller, Role
from services.kit.jobs.queue import defer
from services.kit.work.inbox import Effect, EventData
from services.kit.work.unit_of_work import UnitOfWork

FOLLOW_PLACES: Final = "follow_places"
"""The job that asks org where positions and units lie, and who is absent; not for people and their posts."""
AHEAD: Final = timedelta(days=366)
"""So long before they begin positions, units and absences are known."""


class SubjectsNotYours(Forbidden):
    """HR over some units would write a scheme for a position or unit elsewhere, or one that org has
    not reported yet.
    """

    code = "subjects_not_yours"
    zh = "以下岗位或单元不在您负责的范围内，或尚未从组织服务同步：{found}。请由负责的人力资源同事办理，或稍后重试。"
    en = (
        "These positions or units are outside your scope, or not yet known here: {found}. Ask the HR colleagues "
        "responsible for them."
    )


async def demand_subjects(
    session: ReadSession, caller: Caller, subject_kind: SubjectKind, codes: Iterable[str]
) -> None:
    """Refuse HR over some units a scheme that covers anything elsewhere; HR over the whole organisation may cover
    anything.

    Raises:
        SubjectsNotYours: naming the positions or units.
    """
    if caller.units_of(Role.HR) is None:
        return
    asked = sorted(set(codes))
    known = await store.paths(session, subject_kind, asked)
    foreign = [code for code in asked if not caller.has_over(known.get(code, ()), Role.HR)]
    if foreign or not asked:
        field = f"/{COVERED_BY[subject_kind]}"
        expected = Text("您负责范围内的编码", "a code within your scope")
        field_errors = [FieldError(field, code, expected) for code in foreign or [""]]
        raise SubjectsNotYours(found=joined(foreign or ["—"]), field_errors=field_errors)


async def list_coverage(
    session: ReadSession, *, caller: Caller, paging: Paging, frequency: Frequency, as_of: date
) -> Rows[Coverage]:
    """The positions and units of HR and auditors with the scheme that covers each on a day, and why."""
    units = caller.units_of(Role.HR, Role.AUDITOR)
    return await store.covered(session, paging, units=units, frequency=frequency, as_of=as_of)


async def learn_places(uow: UnitOfWork, snapshot: Snapshot) -> None:
    """Know the positions and units of a snapshot instead of those of before."""
    await store.learn(uow.session, _places(snapshot))


def _places(snapshot: Snapshot) -> Iterator[Sequence[Any]]:
    for each, name in SUPPLIER_CLASS_NAMES.items():  # classes of suppliers lie in no unit
        yield SubjectKind.SUPPLIER.value, each.value, *name, []
    paths: dict[UUID, list[UUID]] = {}
    for line in snapshot.lines():  # units come before positions
        if isinstance(line, UnitLine):
            paths[line.id] = line.path
            yield SubjectKind.UNIT.value, line.code, *line.text, line.path
        elif isinstance(line, PositionLine) and line.unit_id in paths:
            yield SubjectKind.EMPLOYEE.value, line.code, *line.text, paths[line.unit_id]


async def _ask(uow: UnitOfWork, _data: EventData) -> None:
    await defer(uow.session, FOLLOW_PLACES, lock=FOLLOW_PLACES, queueing_lock=FOLLOW_PLACES)


ASK_WHERE_PLACES_LIE: Final = Effect(EventData, _ask)
"""What news of positions and units does here: one job asks, however many come at once."""
