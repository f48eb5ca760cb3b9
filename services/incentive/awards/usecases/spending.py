"""What an award takes of the budgets of its unit: planned once nominated, committed once approved (INC-15)."""

from services.incentive.awards.store import funds as fund_store
from services.incentive.awards.store.tables import AwardRow
from services.incentive.budgets.domain.spending import AWARD, Part, Spending
from services.incentive.pay.store.units import units
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text


async def spending_of(session: ReadSession, row: AwardRow) -> Spending:
    """What the award takes, in the year of its fund."""
    fund = await fund_store.one(session, row.fund_id)
    unit = (await units(session, [row.unit_id])).get(row.unit_id)
    path = (row.unit_id,) if unit is None else tuple(unit.path)
    name = Text(f"专项奖励“{row.title}”（{row.code}）", f"the special award '{row.title}' ({row.code})")
    year = row.achieved_on.year if fund is None else fund.year
    parts = [Part(path, row.currency, row.amount)]
    return Spending(AWARD, row.id, year, name, f"/v1/incentive/awards/{row.id}", parts)
