"""What the trail and the database keep of pay (INC-01, PLT-04)."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.api.incentive.test_pay_profiles import created
from tests.clients import Clients
from tests.databases import RolledBack

pytestmark = [pytest.mark.req("INC-01"), pytest.mark.usefixtures("known_people")]


@pytest.mark.req("PLT-04")
async def test_the_audit_trail_of_pay_holds_no_amount(incentive: Clients, incentive_sessions: RolledBack) -> None:
    await created(incentive, fixed_pay="18765.43")
    async with incentive_sessions.read() as session:
        rows = (await session.execute(text("SELECT actor_name, action, after FROM audit ORDER BY id"))).all()
    assert [row.action for row in rows] == ["incentive.pay_change.proposed", "incentive.pay_change.released"]
    assert {str(row.after["employee_numbers"]) for row in rows} == {"['E001']"}
    assert "18765.43" not in str(rows)


async def test_the_database_itself_keeps_profiles_from_overlapping(
    incentive: Clients, incentive_sessions: RolledBack
) -> None:
    await created(incentive)
    copy = (
        "INSERT INTO pay_profile SELECT gen_random_uuid(), employee_number, 9, fixed_pay, fixed_share, variable_share, "
        "monthly_base, currency, cost_centre, valid, NULL, created_at, created_by FROM pay_profile"
    )
    with pytest.raises(IntegrityError, match="no_overlap"):
        async with incentive_sessions.write() as session:
            await session.execute(text(copy))
