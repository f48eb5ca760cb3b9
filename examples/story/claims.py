"""What is owed for one occasion: a special award out of the fund, a referral, a team pool; two people decide each."""

import asyncio
from decimal import Decimal
from typing import Any

from examples.story import days
from examples.story.gateway import Refused
from examples.story.stage import Stage

FUNDS, AWARDS = "/v1/incentive/award_funds", "/v1/incentive/awards"
LIMITS, REFERRALS, POOLS = "/v1/org/authority_limits", "/v1/incentive/referrals", "/v1/incentive/team_pools"
LIMIT_CHANGES = "/v1/org/authority_limit_changes"
TRIALS = 200
PAUSE = 0.3


async def enter_award(stage: Stage) -> None:
    """The head nominates; who may approve follows from org's authorities; the fund pays at once."""
    await _set_limits(stage)
    fund = await _fund(stage)
    rows = stage.company.rows("awards")
    first = rows[0]
    known = [award for award in await stage.finance_director.items(AWARDS) if award["code"] == first["奖励编号"]]
    if known and known[0]["state"] != "nominated":
        return
    stage.clock.set(days.NOMINATION)
    if not known:
        (unit,) = await stage.hr.items("/v1/org/units", code=first["单元编码"])
        body = {
            "code": first["奖励编号"],
            "title": first["名称"],
            "reason": first["事由"],
            "evidence": [{"title": "首批合同清单", "link": "https://docs.chengchuan.example/contracts/2026-04"}],
            "fund_id": fund,
            "unit_id": unit["id"],
            "achieved_on": first["达成日期"],
            "members": [{"employee_number": row["工号"], "share": row["份额"]} for row in rows],
            "plan_code": "SA",
            "rule": first["奖励规则"],
        }
        known = [await stage.by_number(first["提名人"]).post(AWARDS, body)]
    await _approve(stage, known[0]["id"])


async def _set_limits(stage: Stage) -> None:
    """HR proposes up to which amount positions may approve single payments; the HR director releases it."""
    held = {limit["position"]["code"] for limit in await stage.hr.items(LIMITS)}
    for row in stage.company.rows("authority_limits"):
        if row["岗位编码"] not in held:
            stage.clock.set(days.NOMINATION)
            (position,) = await stage.hr.items("/v1/org/positions", code=row["岗位编码"])
            proposed = await stage.hr.items(LIMIT_CHANGES, position_id=position["id"], state="proposed")
            body = {
                "position_id": position["id"],
                "authority_type": "single_payment",
                "limit": row["单笔付款上限"],
                "valid_from": days.NOMINATION[:10],
                "reason": "2026 年授权表",
            }
            change = proposed[0] if proposed else await stage.hr.post(LIMIT_CHANGES, body)
            await stage.hr_director.post(f"{LIMIT_CHANGES}/{change['id']}/release", tag=str(change["revision"]))


async def _fund(stage: Stage) -> str:
    """The id of the fund of the year; one person of finance proposes its money, another releases it."""
    (row,) = stage.company.rows("award_fund")
    known = [fund for fund in await stage.finance_director.items(FUNDS) if fund["code"] == row["基金编码"]]
    if not known:
        stage.clock.set(days.NOMINATION)
        body = {"code": row["基金编码"], "year": 2026, "name": row["名称"], "name_en": row["英文名称"]}
        known = [await stage.approver.post(FUNDS, body | {"cost_centre": row["成本中心"]})]
    path = f"{FUNDS}/{known[0]['id']}/endowments"
    endowed = await stage.approver.items(path)
    if not endowed:
        endowed = [await stage.approver.post(path, {"amount": row["金额"], "purpose": "2026 年度预算"})]
    if endowed[0]["state"] == "proposed":
        release = f"/v1/incentive/fund_endowments/{endowed[0]['id']}/release"
        await stage.finance_director.post(release, tag=str(endowed[0]["revision"]))
        name, name_en, amount = row["名称"], row["英文名称"], Decimal(row["金额"])
        stage.say(f"{name}已注入 {amount:,.2f} 元", f"{name_en} holds {amount:,.2f} yuan")
    return str(known[0]["id"])


async def _approve(stage: Stage, award_id: str) -> None:
    """The head's own limit is too low; org names who is next up the line."""
    path = f"{AWARDS}/{award_id}"
    for _ in range(TRIALS):
        award = await stage.finance_director.get(path)
        if award["next_approver_name"]:
            break
        await asyncio.sleep(PAUSE)
    else:
        raise Refused("an approver of the award", 0, award)
    approver = stage.as_(stage.company.named(award["next_approver_name"]))
    approved = await approver.post(f"{path}/approve", tag=str(award["revision"]))
    who, title, amount = award["next_approver_name"], approved["title"], Decimal(approved["amount"])
    stage.say(
        f"专项奖励“{title}”{amount:,.2f} 元由{who}批准，基金当即支付",
        f"{who} approves the special award '{title}' of {amount:,.2f} yuan; the fund pays at once",
    )


async def enter_referral(stage: Stage) -> None:
    """HR notes who referred somebody whose probation has been passed."""
    known = {each["hired_number"] for each in await stage.hr.items(REFERRALS)}
    for row in stage.company.rows("referrals"):
        if row["被推荐人"] not in known:
            stage.clock.set(days.REFERRAL)
            body = {"referrer_number": row["推荐人"], "hired_number": row["被推荐人"], "note": "招聘系统 2026-003"}
            await stage.hr.post(REFERRALS, body)
            who, hired = (stage.company.names[row[column]] for column in ("推荐人", "被推荐人"))
            stage.say(
                f"{who} 推荐的 {hired} 已转正，伯乐奖已登记",
                f"{hired}, whom {who} referred, has passed probation; the referral is entered",
            )


async def share_out_pool(stage: Stage) -> None:
    """One person of finance enters the figures of the year, another releases them, a job shares the pool out."""
    for row in stage.company.rows("team_pools"):
        (unit,) = await stage.hr.items("/v1/org/units", code=row["单元编码"])
        pools = await stage.finance_director.items(POOLS, unit_id=unit["id"], year=row["年度"])
        pool = pools[0] if pools else await _propose(stage, unit["id"], row)
        if pool["state"] == "proposed":
            await _await_task(stage, pool["id"])
            await stage.finance_director.post(f"{POOLS}/{pool['id']}/release", tag=str(pool["revision"]))
        if pool["shared_at"] is None:
            pool = await _shared(stage, pool["id"])
            name, amount = pool["unit_name"], Decimal(pool["amount"])
            stage.say(
                f"{name} {row['年度']} 年度团队奖金池 {amount:,.2f} 元已分配",
                f"the team pool of {pool['unit_name_en']}, {amount:,.2f} yuan for {row['年度']}, is shared out",
            )


async def _propose(stage: Stage, unit_id: str, row: dict[str, str]) -> dict[str, Any]:
    stage.clock.set(days.POOL)
    body = {
        "unit_id": unit_id,
        "year": int(row["年度"]),
        "plan_code": "TP",
        "cycle_id": stage.cycle,
        "attainment": row["达成率"],
        "profit": row["利润"],
    }
    proposed: dict[str, Any] = await stage.approver.post(POOLS, body)
    return proposed


async def _await_task(stage: Stage, pool_id: str) -> None:
    """A job asks org first who worked in the unit: they do not release its pool."""
    for _ in range(TRIALS):
        waiting = await stage.finance_director.items("/v1/incentive/my/tasks", kind="team_pool.release")
        if any(each["subject"]["id"] == pool_id for each in waiting):
            return
        await asyncio.sleep(PAUSE)
    raise Refused("wait for the team pool to be released", 0, {"pool_id": pool_id})


async def _shared(stage: Stage, pool_id: str) -> dict[str, Any]:
    for _ in range(TRIALS):
        pool: dict[str, Any] = await stage.finance_director.get(f"{POOLS}/{pool_id}")
        if pool["shared_at"] is not None or pool["problem"] is not None:
            break
        await asyncio.sleep(PAUSE)
    if pool["shared_at"] is None:
        raise Refused("share out the team pool", 0, pool)
    return pool
