"""Every write of appraisal as somebody of another unit, and as the person concerned (PLT-03)."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit.identity import Caller, Role
from services.kit.yaml_files import read_yaml
from tests.api.filtering import Filters
from tests.api.walking import Walk, scoped_writes, shape
from tests.builders.appraisal import BASE, Quarter, measurement
from tests.clients import Clients
from tests.identities import Issuer, person

pytestmark = pytest.mark.req("PLT-03")

WHY = {"reason": "系统故障属实"}
DECIDED = {"grade": "A", "result_version": 1, **WHY}
GOALS = {"items": [{"key": "S01", "target": "2000000"}]}
RATINGS = {"ratings": {"J01": "4"}}

OPEN_CYCLE: dict[str, Any] = {
    "PATCH /briefs/$brief": {"measures": "复盘投放"},
    "POST /briefs": {"unit_id": "$sales", "month": "2025-12"},
    "POST /briefs/$brief/refresh": None,
    "POST /briefs/$brief/sign": WHY,
    "POST /obligations/$handed_in/accept": {},
    "POST /obligations/$handed_in/return": WHY,
    "POST /obligations/$obligation/submit": {"submission": "已调整投放节奏"},
    "POST /obligations/$obligation/assign": {"owner_id": "$colleague", **WHY},
    "POST /obligations/$obligation/withdraw": WHY,
    "PATCH /cycles/$cycle": {"name": "一季度绩效考核"},
    "POST /cycles/$cycle/cancel": WHY,
    "POST /cycles/$cycle/exclusions": {"subject_id": "$person", "subject_kind": "employee", **WHY},
    "POST /cycles/$cycle/open": None,
    "POST /cycles/$cycle/position_goals": {"position_code": "REP", **GOALS},
    "POST /cycles/$cycle/refresh": None,
    "POST /cycles/$cycle/start_evaluation": None,
    "POST /cycles/$cycle/subjects": {"employee_id": "$person", **WHY},
    "PUT /cycles/$cycle/deadlines": {"goals_due_on": "2026-01-20", "ratings_due_on": "2026-05-21"},
    "POST /forms/$form/adjustments": {"points": "2.5", **WHY},
    "PUT /forms/$form/goals": {**GOALS, **WHY},
    "POST /forms/$form/goals/acknowledge": None,
    "POST /forms/$form/goals/agree": None,
    "POST /forms/$form/goals/align": {"item": "S01"},
    "POST /forms/$form/goals/copy": {"from_cycle_id": "$cycle"},
    "POST /forms/$form/goals/reject_change": WHY,
    "POST /forms/$form/goals/settle": {**GOALS, **WHY},
    "POST /forms/$form/item_exclusions": {"item": "S03", **WHY},
    "PUT /forms/$form/nomination": {"raters": [{"rater_id": "$colleague", "relation": "peer"}]},
    "POST /forms/$form/nomination/decide": WHY,
    "POST /forms/$form/raters": {"add": [{"rater_id": "$colleague", "relation": "peer"}], "remove": [], **WHY},
    "POST /forms/$form/keep_rater": {"rater_id": "$head", **WHY},
    "POST /forms/$form/replace_rater": {"rater_id": "$head", "successor_id": "$colleague", **WHY},
    "POST /measurement_proposals/$proposal/refuse": WHY,
    "POST /measurement_proposals/$proposal/release": None,
}
SCORED: dict[str, Any] = {
    "POST /calibrations": {"cycle_id": "$cycle", "unit_id": "$sales", "quota": {"S": "10", "A": "30"}},
    "POST /calibrations/$calibration/close": None,
    "POST /calibrations/$calibration/grade_adjustments": {
        "grade": "S",
        "result_id": "$result",
        "result_version": 1,
        **WHY,
    },
    "POST /cycles/$cycle/finish_calibration": None,
    "POST /cycles/$cycle/score": None,
    "PUT /rating_forms/$rating/draft": RATINGS,
    "POST /rating_forms/$rating/return": WHY,
    "POST /rating_forms/$rating/submit": RATINGS,
}
PUBLISHED: dict[str, Any] = {
    "POST /appeals": {"grounds": "三笔订单未计入", "result_id": "$result", "result_version": 1},
    "POST /appeals/$appeal/accept": DECIDED,
    "POST /appeals/$appeal/reject": {"result_version": 1, **WHY},
    "POST /cycles/$cycle/publish": None,
    "POST /cycles/$cycle/close": None,
}
CLOSED: dict[str, Any] = {
    "POST /corrections/$correction/approve": WHY,
    "POST /corrections/$correction/refuse": WHY,
    "POST /results/$result/corrections": {**DECIDED, "result_version": 1},
}
"""By the state of the cycle: what each does to a form, a result or actuals of somebody in sales."""

FILES = {
    "POST /measurements",
    "POST /imports/goals",
    "POST /imports/schemes",
    "POST /cycles/{cycle_id}/raters/decide",
}
"""Refuses rows, not callers: a row outside the caller's units, or about themselves, has tests of its own (APR-06,
APR-09).
"""
FROM_ANYWHERE = {"POST /incidents", "POST /work_standards/{standard_id}/events"}
"""Whoever sees an incident reports it (test_incidents); an event, whoever is concerned (test_work_standards)."""
OF_SCHEMES = {"POST /schemes", "POST /schemes/{scheme_id}/replace", "POST /schemes/{scheme_id}/confirm_weights"}
"""Whose they are follows from the positions that the body names: test_scheme_scope."""
OF_SUPPLIERS = {
    "POST /supplier_eliminations/{elimination_id}/confirm",
    "POST /supplier_eliminations/{elimination_id}/reject",
    "POST /cycles/{cycle_id}/suppliers",
}
"""Wait for two weak quarters in a row of a supplier, or for one recorded late: test_suppliers, test_late_suppliers."""
OF_A_CYCLE_ALONE = {"POST /cycles", "POST /cycles/{cycle_id}/copy"}
"""A draft concerns nobody yet; opening it takes HR over everybody who takes part."""


REFUSED_TO_ONESELF = {
    "POST /obligations/$handed_in/accept": "own_matter",
    "POST /obligations/$handed_in/return": "own_matter",
    "POST /obligations/$obligation/assign": "own_matter",
    "POST /obligations/$obligation/withdraw": "own_matter",
    "POST /cycles/$cycle/exclusions": "own_matter",
    "POST /cycles/$cycle/subjects": "subject_not_in_cycle",
    "POST /cycles/$cycle/position_goals": "not_your_position",
    "POST /forms/$form/adjustments": "own_matter",
    "POST /forms/$form/goals/settle": "own_matter",
    "POST /forms/$form/item_exclusions": "own_matter",
    "POST /forms/$form/nomination/decide": "own_matter",
    "POST /forms/$form/raters": "own_matter",
    "POST /forms/$form/keep_rater": "own_matter",
    "POST /forms/$form/replace_rater": "own_matter",
    "POST /measurement_proposals/$proposal/release": "second_person_needed",
    "POST /calibrations/$calibration/grade_adjustments": "own_matter",
    "PUT /rating_forms/$rating/draft": "no_rating",
    "POST /rating_forms/$rating/return": "own_matter",
    "POST /rating_forms/$rating/submit": "no_rating",
    "POST /appeals/$appeal/accept": "own_matter",
    "POST /appeals/$appeal/reject": "own_matter",
    "POST /corrections/$correction/approve": "own_matter",
    "POST /corrections/$correction/refuse": "own_matter",
    "POST /results/$result/corrections": "own_matter",
}
"""What is refused to somebody with all roles whose form it is; goals, appeals and steps of the cycle are theirs too."""
LATE = {"POST /cycles/$cycle/subjects"}
"""Needs somebody whom org recorded after the cycle had opened (test_late_records)."""


EXPECTED: Final = read_yaml(Path(__file__).with_name("write_walk.yaml"))


def is_understood(answer: httpx2.Response) -> bool:
    """Whether the caller was let through: what was done, or refused for what the request says."""
    unread = answer.status_code == 422 and answer.json()["code"] == "invalid"
    return answer.status_code not in {403, 404} and not unread


def test_the_walk_knows_every_operation_that_writes() -> None:
    known = {shape(each) for each in (*OPEN_CYCLE, *SCORED, *PUBLISHED, *CLOSED)}
    elsewhere = FILES | FROM_ANYWHERE | OF_SCHEMES | OF_SUPPLIERS | OF_A_CYCLE_ALONE
    assert known == {shape(each) for each in scoped_writes("appraisal") - elsewhere}


@dataclass
class Story:
    """A quarter, the records in it so far, and what the walk found at each of its states."""

    quarter: Quarter
    walk: Walk
    open_elsewhere: list[str] = field(default_factory=list)
    not_understood: list[str] = field(default_factory=list)
    refused_to_oneself: dict[str, str] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)
    open_without_role: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    async def look(self, writes: dict[str, Any], **records: str) -> None:
        """Walk over the writes of this state."""
        self.walk.records |= records  # type: ignore[operator]  # a dict here
        company = self.quarter.company
        elsewhere = person(Role.HR, Role.EXECUTIVE, over=company.brand.id, employee_id=company.other_head.id)
        self.open_elsewhere += await self.walk.open_to(elsewhere, writes)
        for operation, body in writes.items():
            statuses = {who.employee_id: await self.walk.send(who, operation, body) for who in self.able}
            if not any(is_understood(answer) for answer in statuses.values()) and operation not in LATE:
                self.not_understood += [f"{operation}: {answer.text[:300]}" for answer in statuses.values()]
            own = statuses[company["E101"].id]
            if own.status_code in {403, 404}:
                self.refused_to_oneself[operation] = own.json()["code"]
        self.unseen |= await self.walk.done_unseen(self.able, writes)
        for name, who in self.without_role.items():
            self.open_without_role[name] |= await self.walk.let_through(who, writes)

    @property
    def able(self) -> list[Caller]:
        """Between them they may do everything."""
        company = self.quarter.company
        return [
            person(Role.HR, Role.EXECUTIVE, employee_id=each.id)
            for each in (company.hr2, company["E101"], company.head)
        ]

    @property
    def without_role(self) -> dict[str, Caller]:
        """Those for whom the form of E101 exists without a role, and who only reads."""
        company = self.quarter.company
        plain = {"owner": company["E101"], "manager": company.head, "above": company.chief}
        return {name: person(employee_id=each.id) for name, each in plain.items()} | {"auditor": person(Role.AUDITOR)}


async def owed(quarter: Quarter) -> dict[str, str]:
    """What E101 owes, once open and once handed in, and a brief of sales."""
    company = quarter.company
    for demand in ("explanation", "analysis_report"):
        condition = {"kind": "older_than", "days": 60}
        await quarter.done(
            company.hr, "alert_rules", {"indicator": "S01", "condition": condition, "demand": demand, "within": 3}
        )
    await quarter.measure(measurement("E101", "S01", "61", str(quarter.clock.moment.date())))
    await quarter.jobs()
    first, second = await quarter.all(company.hr, "obligations", owner_id=str(company["E101"].id))
    await quarter.done(company["E101"], f"obligations/{second['id']}/submit", {"submission": "已说明"})
    body = {"unit_id": str(company.sales.id), "month": "2025-11"}
    brief = await quarter.done(company.hr, "briefs", body)
    return {"obligation": first["id"], "handed_in": second["id"], "brief": brief["id"]}


async def nominate(quarter: Quarter, form: str) -> None:
    """E101 proposes a rater."""
    company = quarter.company
    nominees = {"raters": [{"rater_id": str(company["E102"].id), "relation": "peer"}]}
    seen = {"If-Match": await quarter.revision(f"forms/{form}")}
    nominated = await quarter.api(company["E101"].caller).put(
        f"{BASE}/forms/{form}/nomination", json=nominees, headers=seen
    )
    assert nominated.status_code == 200, nominated.text


async def test_nobody_writes_outside_their_units_or_decides_about_themselves(
    quarter: Quarter, issuer: Issuer, appraisal_connection: AsyncConnection, appraisal: Clients
) -> None:
    company = quarter.company
    one = company["E101"]
    await quarter.ready()
    one.roles = (Role.HR,)
    await quarter.measure(measurement("E101", "S01", "1", "2025-12-31"), who=one)
    one.roles = ()
    [task] = await quarter.all(company.hr, "my/tasks", kind="measurement_proposal.release")
    records = {"cycle": quarter.cycle_id, "sales": str(company.sales.id), "person": str(one.id)}
    records |= {"colleague": str(company["E102"].id), "head": str(company.head.id)}
    unwatched = Clients(appraisal.app, issuer)
    story = Story(quarter, Walk("appraisal", unwatched, appraisal_connection, records))
    form = (await quarter.forms())["E101"]["id"]
    await nominate(quarter, form)
    await story.look(OPEN_CYCLE, **await owed(quarter), form=form, proposal=task["link"].rpartition("/")[2])
    assert (await quarter.propose(company.head, form, {"S01": "2100000", "S03": "8"}, **WHY)).status_code == 200
    await quarter.measure_all()
    await quarter.move("start_evaluation")
    sheets = await quarter.sheets(company.head)
    await quarter.rate_all()
    await quarter.move("score")
    await quarter.jobs()
    body = {"cycle_id": quarter.cycle_id, "unit_id": str(company.sales.id)}
    session = (await quarter.done(company.hr, "calibrations", body))["id"]
    result = (await quarter.results())["E101"]["id"]
    rating = next(each["id"] for each in sheets if each["subject_code"] == "E101")
    await story.look(SCORED, calibration=session, result=result, rating=rating)
    await quarter.done(company.hr, f"calibrations/{session}/close")
    await quarter.move("finish_calibration")
    quarter.clock.set(2026, 4, 14, 1)
    await quarter.move("publish")
    appeal = (await quarter.done(one, "appeals", {"result_id": result, "grounds": "数据有误"}))["id"]
    await story.look(PUBLISHED, appeal=appeal)
    await quarter.done(company.hr, f"appeals/{appeal}/reject", WHY)
    quarter.clock.set(2026, 4, 21, 1)
    await quarter.move("close")
    correction = (await quarter.done(company.hr, f"results/{result}/corrections", {"grade": "A", **WHY}))["id"]
    await story.look(CLOSED, correction=correction)
    too_late = await story.walk.done_by(story.able, OPEN_CYCLE | SCORED | PUBLISHED)
    await unwatched.close()
    filters = Filters("appraisal", {"cycle_id": quarter.cycle_id, "form_id": form, "calibration_id": session})
    assert await filters.loose(quarter.api(company.hr.caller)) == []
    assert len(filters.tried) >= 20, filters.tried
    assert not story.open_elsewhere, "\n".join(story.open_elsewhere)
    assert not story.not_understood, "\n".join(story.not_understood)
    assert story.refused_to_oneself == REFUSED_TO_ONESELF
    assert story.unseen == set()
    assert too_late == set(EXPECTED["whatever_the_cycle"])
    assert story.open_without_role == {name: set(each) for name, each in EXPECTED["without_role"].items()}
