"""Suppliers of the small company, and quarters in which only they are scored."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.kit.identity import Role
from tests.beginnings import begin
from tests.builders.appraisal import Person, Quarter, measurement

GOOD = {"V01": "98", "V02": "99", "V03": "0"}
WEAK = {"V01": "85", "V02": "92", "V03": "4"}
"""70.00, 68.00 and 70.00 points by the rules of the indicators that Merit comes with."""
FOUND = {
    "history": {"value": "20", "evidence": "2023 至 2025 年订单台账"},
    "response": {"value": "2", "evidence": "工单系统首次响应时长"},
    "case_quality": {"value": "4.5", "evidence": "三个案例的评审表"},
}
TERMS: dict[str, Any] = {
    "signed_on": "2025-12-20",
    "service_standards": [{"name": "准时交付率", "comparator": "at_least", "value": "95", "unit": "%"}],
    "prices": [{"item": "A4 单页彩印", "unit": "千张", "unit_price": "180.00"}],
    "breach_terms": [{"breach": "逾期交付超过 3 日", "remedy": "按订单金额的 5% 支付违约金"}],
}


def agreement(number: str = "FA-1", first: str = "2026-01-01", last: str | None = None, **given: Any) -> dict[str, Any]:
    """A good body of POST agreements."""
    return {"number": number, "valid_from": first, "valid_to": last, **TERMS, **given}


@dataclass
class Suppliers:
    """Drives suppliers through quarters over HTTP."""

    quarter: Quarter
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def executive(self) -> Person:
        """An executive over the whole organisation."""
        return replace(self.quarter.company.chief, roles=(Role.EXECUTIVE,))

    async def registered(self) -> None:
        """Two suppliers of sales and one of brand under agreement: of class A, of class C, and not classified yet."""

        async def play() -> dict[str, str]:
            quarter, hr = self.quarter, self.quarter.company.hr
            await quarter.follow("follow_places")
            for code, unit in (("SUP-1", "D12"), ("SUP-2", "D12"), ("SUP-3", "D17")):
                body = {"code": code, "name": f"供应商{code}", "unit_code": unit}
                self.ids[code] = (await quarter.done(hr, "suppliers", body))["id"]
                await quarter.done(hr, f"suppliers/{self.ids[code]}/agreements", agreement())
            await self.classify("SUP-1", FOUND)
            await self.classify("SUP-2", {**FOUND, "history": {"value": "0", "evidence": "首次合作"},
                                          "response": {"value": "72", "evidence": "工单系统"}})  # fmt: skip
            scheme = {"template": "QE-SUPPLIER", "valid_from": "2026-01-01", "supplier_classes": ["A", "B", "C"]}
            await quarter.done(hr, "schemes/apply_template", scheme)
            return self.ids

        self.ids = await begin(self.quarter.api.app, "suppliers", play)

    async def classify(self, code: str, findings: Mapping[str, Any], first: str = "2026-01-01") -> dict[str, Any]:
        """Classify a supplier."""
        body = {"valid_from": first, "findings": findings}
        path = f"suppliers/{self.ids[code]}/classifications"
        found: dict[str, Any] = await self.quarter.done(self.quarter.company.hr, path, body)
        return found

    async def read(self, code: str) -> dict[str, Any]:
        """A supplier as HR reads it."""
        found: dict[str, Any] = await self.quarter.read(self.quarter.company.hr, f"suppliers/{self.ids[code]}")
        return found

    async def opened(self, number: int) -> None:
        """Open the cycle of a quarter of 2026."""
        self.quarter.clock.set(2026, 3 * number - 2, 8, 1)
        self.quarter.cycle_id = ""
        label = f"2026-Q{number}"
        await self.quarter.opened(code=label, name=label, period=label)

    async def closed(self, number: int, values: Mapping[str, Mapping[str, str]]) -> None:
        """A whole quarter with these actuals, by supplier and indicator; then the worker looks at the scores."""
        await self.published(number, values)
        self.quarter.clock.set(2026, 3 * number + 1, 22, 1)
        await self.quarter.move("close")
        await self.quarter.jobs()

    async def published(self, number: int, values: Mapping[str, Mapping[str, str]]) -> None:
        """A quarter with these actuals, up to the public notice."""
        await self.opened(number)
        quarter = self.quarter
        rows = [
            measurement(code, key, value, f"2026-{month:02d}-28", subject_kind="supplier")
            for code, actuals in values.items()
            for key, value in actuals.items()
            for month in range(3 * number - 2, 3 * number + 1)
        ]
        answer = await quarter.measure(*rows)
        assert answer.status_code == 200, answer.text
        for step in ("start_evaluation", "score"):
            await quarter.move(step)
        await quarter.jobs()
        await quarter.move("finish_calibration")
        quarter.clock.set(2026, 3 * number + 1, 14, 1)
        await quarter.move("publish")

    async def eliminations(self, who: Person | None = None, **asked: str) -> list[dict[str, Any]]:
        """The eliminations that somebody may read."""
        return await self.quarter.all(who or self.quarter.company.hr, "supplier_eliminations", **asked)
