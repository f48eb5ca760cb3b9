"""Taking measurements in: all of a delivery or nothing, and the same delivery twice changes nothing (APR-06)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.appraisal.domain.measurement import Measured, sort_out
from services.appraisal.store import measurements as store
from services.kit import audit
from services.kit.database import WriteSession, new_id
from services.kit.errors import Fault, Invalid, Text
from services.kit.identity import Caller, Role

MOST_FAULTS = 100


class MeasurementsWrong(Invalid):
    """Some lines cannot be taken, so none was."""

    code = "measurements_wrong"
    zh = "{count} 行数据有误，本次一行也未保存；请修改后重新提交。"
    en = "{count} lines are not valid, so nothing was stored; correct them and send them again."


@dataclass(frozen=True)
class Intake:
    """What became of a delivery. ``without_form`` are subjects that no cycle knows: stored, but perhaps misspelt."""

    accepted: int
    repeated: int
    corrected: int
    without_form: Sequence[tuple[str, str]]


async def take(session: WriteSession, *, caller: Caller, sent: Sequence[Measured], now: datetime) -> Intake:
    """Store a delivery.

    Raises:
        MeasurementsWrong: with a fault a line, by JSON pointer /line/field; nothing is stored.
    """
    await _demand_scope(session, caller, sent)
    keys = [each.key for each in sent] + [(each.source, each.corrects) for each in sent if each.corrects]
    stored, ids = await store.known(session, keys)
    sorting = sort_out(sent, stored, await store.indicator_codes(session))
    if sorting.faults:
        raise MeasurementsWrong(count=len(sorting.faults), faults=sorting.faults[:MOST_FAULTS])
    added = await store.add(session, sorting.fresh, ids, by=caller.account_id, at=now)
    corrected = sum(each.corrects is not None for each in sorting.fresh)
    if added:
        after = {"accepted": str(added), "corrected": str(corrected)}
        await audit.record(
            session, caller=caller, action="deliver", resource="measurement", resource_id=new_id(), after=after, now=now
        )
    repeated = sorting.repeated + len(sorting.fresh) - added
    return Intake(added, repeated, corrected, await store.without_form(session, sorting.fresh))


async def _demand_scope(session: WriteSession, caller: Caller, sent: Sequence[Measured]) -> None:
    """HR of some units measures only subjects that have a form there."""
    if "measurements" in caller.scopes or caller.units_of(Role.HR) is None:
        return
    subjects = sorted({(each.subject_kind.value, each.subject_code) for each in sent})
    paths = await store.paths_of(session, subjects)
    hers = {subject for subject in subjects if any(caller.has_over(p, Role.HR) for p in paths.get(subject, []))}
    expected = Text("您负责范围内的考核对象", "a subject within your scope")
    faults = [
        Fault(f"/{each.line}/subject", each.subject_code, expected)
        for each in sent
        if (each.subject_kind.value, each.subject_code) not in hers
    ]
    if faults:
        raise MeasurementsWrong(count=len(faults), faults=faults[:MOST_FAULTS])
