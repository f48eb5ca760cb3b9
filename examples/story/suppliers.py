"""Suppliers: registered in January with their last quarter's score, scored again with everybody; a weak one is decided.

Two scores in a row below 80 open an elimination, so the quarter before is scored too, about suppliers alone.
"""

import asyncio
from typing import Any

from examples.reading import Row
from examples.story import days, evaluation
from examples.story.gateway import Refused, together, until
from examples.story.results import results_by_number
from examples.story.stage import PERIOD, Stage
from services.kit.errors import joined
from services.kit.periods import period_in_words

SUPPLIERS, ELIMINATIONS = "/v1/appraisal/suppliers", "/v1/appraisal/supplier_eliminations"
LAST_QUARTER = "2025-Q4"
COMPARATORS = {"不低于": "at_least", "不高于": "at_most"}
DECIDED_BY = "周启明"
WHY = "连续两个季度准时交付率和质量合格率未达框架协议标准，整改后仍不足 80 分，同意淘汰，由合格供应商承接后续活动搭建。"
STEPS = {
    "draft": (days.OPENING, "open"),
    "goal_setting": (days.SUPPLIER_SCORING, "start_evaluation"),
    "evaluating": (days.SUPPLIER_SCORING, "score"),
    "scored": (days.SUPPLIER_SCORING, "finish_calibration"),
    "calibrated": (days.SUPPLIER_NOTICE, "publish"),
    "published": (days.SUPPLIER_CLOSING, "close"),
}
"""By the state of the last quarter's cycle, when it goes on and how."""
TRIALS = 200  # a minute until the worker has done what is waited for


async def register(stage: Stage) -> None:
    """HR registers suppliers with their agreements and what their classes follow from; what is there stays."""
    stage.clock.set(days.OPENING)
    await together(_register(stage, row) for row in stage.company.suppliers["供应商"])
    found = await stage.hr.items(SUPPLIERS)
    classes = [(each["name"], each["supplier_class"]) for each in found]
    stage.say(
        "供应商已登记并评级：" + "、".join(f"{name} {given} 类" for name, given in classes),
        "suppliers are registered and classified: " + ", ".join(f"{name} {given}" for name, given in classes),
    )


async def _register(stage: Stage, row: Row) -> None:
    code = row["供应商编码"]
    known = [each for each in await stage.hr.items(SUPPLIERS, search=code) if each["code"] == code]
    supplier = known[0] if known else await _created(stage, row)
    path = f"{SUPPLIERS}/{supplier['id']}"
    if not await stage.hr.items(f"{path}/agreements"):
        for agreement in stage.company.suppliers["框架协议"]:
            if agreement["供应商编码"] == code:
                await stage.hr.post(f"{path}/agreements", _agreement(stage.company.suppliers, agreement))
    if not await stage.hr.items(f"{path}/classifications"):
        findings = [each for each in stage.company.suppliers["评级依据"] if each["供应商编码"] == code]
        given = {each["评级标准"]: {"value": each["数值"], "evidence": each["依据"]} for each in findings}
        await stage.hr.post(f"{path}/classifications", {"valid_from": findings[0]["生效日期"], "findings": given})


async def _created(stage: Stage, row: Row) -> dict[str, Any]:
    """The supplier, once appraisal has heard from org of the unit that works with it."""
    body = {"code": row["供应商编码"], "name": row["名称"], "unit_code": row["合作单元编码"]}
    for trial in range(TRIALS):
        try:
            made: dict[str, Any] = await stage.hr.post(SUPPLIERS, body)
        except Refused as refused:
            if refused.code != "supplier_unit_unknown" or trial == TRIALS - 1:
                raise
            await asyncio.sleep(0.3)
        else:
            break
    return made


def _agreement(sheets: dict[str, list[Row]], agreement: Row) -> dict[str, Any]:
    def rows(name: str) -> list[Row]:
        return [row for row in sheets[name] if row["协议编号"] == agreement["协议编号"]]

    return {
        "number": agreement["协议编号"],
        "signed_on": agreement["签订日期"],
        "valid_from": agreement["生效日期"],
        "valid_to": agreement["失效日期"],
        "service_standards": [
            {
                "name": row["标准"],
                "comparator": COMPARATORS[row["比较"]],
                "value": row["数值"],
                "unit": row["计量单位"],
                "indicator": row["指标编码"],
            }
            for row in rows("服务标准")
        ],
        "prices": [
            {"item": row["项目"], "unit": row["计价单位"], "unit_price": row["单价（元，税前）"]}
            for row in rows("价格")
        ],
        "breach_terms": [{"breach": row["违约情形"], "remedy": row["违约责任"]} for row in rows("违约责任")],
    }


async def score_last_quarter(stage: Stage) -> None:
    """The quarter before, in which schemes covered suppliers alone: opened, scored, shown and closed in January."""
    path = await _last_cycle(stage)
    if (await stage.hr.get(path))["state"] == "closed":
        return
    while (cycle := await until(stage.hr, path, frozenset({*STEPS, "closed"})))["state"] in STEPS:
        moment, action = STEPS[cycle["state"]]
        stage.clock.set(moment)
        if action == "start_evaluation":
            await evaluation.record(stage, stage.hr, LAST_QUARTER)
        await stage.hr.post(f"{path}/{action}", tag=str(cycle["revision"]))
    stage.say("供应商上季度评分已关闭", "the suppliers' scores of the last quarter are closed")


async def _last_cycle(stage: Stage) -> str:
    cycles = "/v1/appraisal/cycles"
    known = [cycle for cycle in await stage.hr.items(cycles) if cycle["code"] == LAST_QUARTER]
    body = {"code": LAST_QUARTER, "name": "2025 年第四季度供应商评分", "period": LAST_QUARTER}
    return f"{cycles}/{(known[0] if known else await stage.hr.post(cycles, body))['id']}"


async def decide(stage: Stage) -> None:
    """The general manager decides about the supplier whose two scores in a row opened an elimination."""
    if not (elimination := await _elimination(stage)):
        return
    name, below = elimination["supplier_name"], elimination["below"]
    scores = joined(f"{each['cycle_code']} {each['total']}" for each in elimination["grounds"])
    stage.say(
        f"{name} 连续两个季度低于 {below} 分（{scores.zh}），启动淘汰程序",
        f"{name} scored below {below} two quarters in a row ({scores.en}): its elimination is opened",
    )
    stage.clock.set(days.ELIMINATION)
    path, manager = f"{ELIMINATIONS}/{elimination['id']}", stage.as_(stage.company.named(DECIDED_BY))
    await manager.post(f"{path}/confirm", {"reason": WHY}, tag=str(elimination["revision"]))
    stage.say(f"{DECIDED_BY} 决定淘汰 {name}", f"{DECIDED_BY} decides that {name} is eliminated")


async def _elimination(stage: Stage) -> dict[str, Any] | None:
    """The elimination that waits for a decision, once the worker has opened it; None where one is decided."""
    for _ in range(TRIALS):
        if found := await stage.hr.items(ELIMINATIONS):
            return next((each for each in found if each["state"] == "open"), None)
        await asyncio.sleep(0.3)
    raise Refused("the elimination of a supplier", 0, {"code": "not_opened"})


async def tell(stage: Stage) -> None:
    """What became of the suppliers: class, score and whether large orders go to them first."""
    results, period = await results_by_number(stage), period_in_words(PERIOD)
    print(stage.words(f"\n供应商（{period.zh}）", f"\nSuppliers, {period.en}"))
    for each in await stage.hr.items(SUPPLIERS):
        result, standing = results[each["code"]], _standing(stage, each)
        name, given, total, grade = each["name"], each["supplier_class"], result["total"], result["grade"]
        print(
            stage.words(
                f"  {name}（{given} 类）：{total} 分，等级 {grade}，{standing}",
                f"  {name} (class {given}): {total} points, grade {grade}, {standing}",
            )
        )


def _standing(stage: Stage, supplier: dict[str, Any]) -> str:
    if supplier["state"] == "eliminated":
        return stage.words("已淘汰", "eliminated")
    if supplier["preferred_for_large_orders"]:
        return stage.words("大额订单优先", "preferred for large orders")
    return stage.words("合作中", "active")
