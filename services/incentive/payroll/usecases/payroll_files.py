"""The payroll file of a run: what is to be paid out, line by line (INC-17)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.incentive.journal.domain.journal import AccountKind, EntryKind
from services.incentive.journal.store import journal as journal_store
from services.incentive.payroll.store import payroll_files as store
from services.incentive.runs.store import lines as line_store
from services.kit.database.sessions import ReadSession
from services.kit.errors import Conflict, Language, Text
from services.kit.files.writing import Value, write_csv
from services.kit.work.unit_of_work import UnitOfWork

PAYROLL_HEADERS: Final = (
    Text("周期", "Period"),
    Text("工号", "Employee number"),
    Text("姓名", "Name"),
    Text("成本中心", "Cost centre"),
    Text("币种", "Currency"),
    Text("税前金额", "Amount before tax"),
)
RECOVERED: Final = Text("扣回以前期间多发", "Recovery of earlier overpayment")
"""The label used for the cost centre in the row of what is withheld."""
DEFAULT: Final[Language] = "zh"
"""The language of what follows a file that was stored before files had one."""


class NotPosted(Conflict):
    """There is a payroll file once the run is posted."""

    code = "not_posted"
    zh = "该奖金核算尚未过账，暂不能导出工资文件。请财务过账后再试。"
    en = "The run has not been posted, so there is no payroll file yet; try again once finance has posted it."


@dataclass(frozen=True)
class Owed:
    """The parts of a run's lines that are not owed, or not in full: reversed lines, and amounts withheld by line."""

    reversed: frozenset[UUID]
    recovered: Mapping[UUID, Decimal]

    def payable(self, line: line_store.Payable) -> Decimal:
        """What the line pays out: nothing if it was reversed or is owed by the person, otherwise less what is
        withheld.

        In the currency of the line, two places.
        """
        if line.id in self.reversed or line.amount <= 0:
            return Decimal("0.00")
        return line.amount - self.recovered.get(line.id, Decimal(0))


async def owed_of(session: ReadSession, run_id: UUID) -> Owed:
    """What the journal says of a run's lines."""
    kept = await journal_store.moved(session, EntryKind.RECOVERY, AccountKind.PAYABLE, batch_id=run_id)
    return Owed(frozenset(await journal_store.reversed_accruals(session, run_id)), kept)


async def write_payroll_file(
    uow: UnitOfWork, *, run_id: UUID, calculation_id: UUID, language: Language | None = None
) -> None:
    """Store the next version of a posted run's payroll file: what is owed by now.

    The first is in ``language``, later ones in that of the one before.
    """
    before = await store.of_run(uow.session, run_id, None)
    language = (language if before is None else before.language) or DEFAULT
    owed = await owed_of(uow.session, run_id)
    rows: list[Sequence[Value]] = []
    async with aclosing(line_store.all_in_order(uow.session, calculation_id)) as chunks:
        async for lines in chunks:
            rows += (row for line in lines for row in _rows(line, owed, RECOVERED.in_language(language)))
    content = write_csv([each.in_language(language) for each in PAYROLL_HEADERS], rows)
    await store.add(uow.session, run_id=run_id, language=language, content=content, now=uow.now)


def _rows(line: line_store.Payable, owed: Owed, recovered: str) -> Iterator[Sequence[Value]]:
    """A row per cost centre, and one for what is withheld; they sum to the amount paid out. Nothing
    owed gives no row.
    """
    if line.amount < 0 or line.id in owed.reversed:
        return
    who = (line.occasion, line.number, line.name)
    for centre, amount in line.costs:
        yield (*who, centre, line.currency, amount)
    kept = owed.recovered.get(line.id)
    if kept:
        yield (*who, recovered, line.currency, -kept)
