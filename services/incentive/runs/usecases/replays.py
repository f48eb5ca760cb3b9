"""Calculating a run again and comparing, changing nothing (INC-11)."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, Literal
from uuid import UUID

from services.incentive.calculation.domain.calculation import RULES
from services.incentive.calculation.domain.line import Exclusion, Line
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store import runs as store
from services.incentive.runs.store.known_people import known_people
from services.incentive.runs.usecases.calculating import prepared
from services.incentive.runs.usecases.outcomes import outcomes
from services.incentive.runs.usecases.runs import RUN_READERS, RunUnknown, SnapshotMissing
from services.kit.database.sessions import ReadSession, TransactionSession
from services.kit.errors import Text, existing
from services.kit.identity import Caller
from services.kit.scope import require_whole

MAX_DIFFERING: Final = 100


@dataclass(frozen=True)
class Replay:
    """What came of calculating again: whether everything compared is the same, and whose lines are not.

    Other rules may write other bytes of the same amounts, so for lines written by them only values are compared.
    """

    rules: int
    present_rules: int
    compared: Literal["bytes", "values"]
    identical: bool
    lines: int
    content_hash: str
    differing: Sequence[str]

    @property
    def note(self) -> Text | None:
        """In words, that the lines were written by other rules; None where they were not."""
        if self.compared == "bytes":
            return None
        return Text(
            f"奖金明细按第 {self.rules} 版规则计算，现按第 {self.present_rules} 版规则重算，"
            "只核对金额、天数与成本，不逐字节比对。",
            f"The lines were written by rules {self.rules} and calculated again by rules {self.present_rules}: "
            "amounts, days and costs are compared, not bytes.",
        )


async def replay_run(session: TransactionSession, *, caller: Caller, run_id: UUID) -> Replay:
    """Calculate again from the run's input snapshot and compare with what is stored.

    Raises:
        RunUnknown, SnapshotMissing, WholeOrganisationOnly.
    """
    require_whole(caller, *RUN_READERS)
    run = existing(await store.one(session, run_id), RunUnknown)
    stored = await store.calculation(session, run.calculation_id)
    if stored is None or run.snapshot_id is None:
        raise SnapshotMissing
    same_rules = stored.rules == RULES
    tally = line_store.Tally()
    differing: list[str] = []
    for snapshot in await store.input_snapshots(session, run.snapshot_id):
        calculation = await prepared(session, snapshot)
        async with aclosing(known_people(session, snapshot.id)) as people:
            async for chunk in people:
                again = await asyncio.to_thread(outcomes, calculation, chunk)
                differing += await _differing(session, stored.id, again, tally, same_rules=same_rules)
    hash_ = tally.hash.hexdigest()
    same_counts = (tally.lines, tally.excluded) == (stored.lines, stored.excluded)
    identical = not differing and same_counts and (not same_rules or hash_ == stored.content_hash)
    compared: Literal["bytes", "values"] = "bytes" if same_rules else "values"
    return Replay(stored.rules, RULES, compared, identical, tally.lines, hash_, differing[:MAX_DIFFERING])


async def _differing(
    session: ReadSession,
    calculation_id: UUID,
    again: Sequence[list[Line] | Exclusion],
    tally: line_store.Tally,
    *,
    same_rules: bool,
) -> list[str]:
    """The numbers of those whose lines are not as stored; counts all outcomes in ``tally``."""
    lines = [line for outcome in again if isinstance(outcome, list) for line in outcome]
    known = await line_store.stored_of(session, calculation_id, [line.number for line in lines])
    found = []
    for outcome in again:
        if isinstance(outcome, Exclusion):
            tally.add_exclusion(line_store.exclusion_digest(outcome))
            continue
        for line in outcome:
            now, stored = line_store.comparable(line), known.get((line.number, line.occasion, line.currency))
            tally.add_line(now.digest)
            same = (
                stored is not None and now.values == stored.values and (not same_rules or now.bytes_ == stored.bytes_)
            )
            if not same:
                found.append(line.number)
    return found
