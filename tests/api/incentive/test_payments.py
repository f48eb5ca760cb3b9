"""The payroll answers by a file whom it paid: exact, once, all or nothing; what is left shows (INC-10, INC-12)."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from python_calamine import CalamineWorkbook

from services.kit.files.routes import CSV, XLSX
from services.kit.files.writing import SheetContent, write_csv, write_workbook
from services.kit.identity import Caller, Role
from tests.api.incentive.test_journal import items, reverse
from tests.builders.incentive_quarter import Quarter
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("INC-10")

HEADERS = ("核算编号", "工号", "姓名", "币种", "金额", "发放结果", "失败原因")
E001, E002, E003 = ("E001", "54000.00"), ("E002", "55200.00"), ("E003", "28320.00")


def row(quarter: Quarter, who: tuple[str, str], outcome: str = "已发放", reason: str = "", **other: str) -> list[str]:
    """A row of the file."""
    said = {"run": quarter.run_id, "number": who[0], "name": "", "currency": "CNY", "amount": who[1]} | other
    return [*said.values(), outcome, reason]


async def send(
    quarter: Quarter,
    rows: Sequence[Sequence[str]],
    *,
    who: Caller | None = None,
    revision: int | None = None,
    **query: str,
) -> httpx2.Response:
    """The file is taken in, by default by the payer who has just read the run."""
    seen = (await quarter.read())["revision"] if revision is None else revision
    return await quarter.clients(who or quarter.payer).post(
        f"/v1/incentive/runs/{quarter.run_id}/payroll_answers",
        content=write_csv(HEADERS, rows),
        headers={"content-type": CSV, "Idempotency-Key": uuid4().hex, "If-Match": str(seen)},
        params=query,
    )


async def settlement(quarter: Quarter) -> tuple[str, str, str, str]:
    """The run's state, and in yuan what is payable, paid, and left."""
    run = await quarter.read()
    (one,) = run["settlement"]
    return run["state"], one["payable"], one["paid"], one["left"]


def errors(answer: httpx2.Response) -> list[tuple[str, Any]]:
    """Where the errors are, and the values found there."""
    assert (answer.status_code, answer.json()["code"]) == (422, "cells_refused"), answer.text
    return [(each["pointer"], each["found"]) for each in answer.json()["errors"]]


async def test_a_run_is_paid_person_by_person_as_the_payroll_answers(quarter: Quarter, clock: SetClock) -> None:
    await quarter.reach("posted")
    assert await settlement(quarter) == ("posted", "137520.00", "0.00", "137520.00")
    clock.set(2026, 4, 28, 1)
    first = await send(
        quarter, [row(quarter, E001), row(quarter, E002, "发放失败", "银行账户已销户")], booked_on="2026-04-27"
    )
    assert first.status_code == 201, first.text
    assert [first.json()[name] for name in ("paid", "failed", "booked_on")] == [1, 1, "2026-04-27"]
    assert await settlement(quarter) == ("posted", "137520.00", "54000.00", "83520.00")
    payments = await items(quarter.clients(quarter.payer), "entries", kind="payment")
    assert [(each["effective_on"], each["postings"][0]["amount"]) for each in payments] == [("2026-04-27", "54000.00")]
    again = await send(quarter, [row(quarter, E001), row(quarter, E002, "发放失败", "银行账户已销户")])
    assert (again.status_code, again.json()["code"]) == (409, "answer_known")
    paid = await send(quarter, [row(quarter, E001), row(quarter, E003)])
    assert errors(paid) == [("/发放回执/2/工号", "E001")]
    assert "此前已登记" in paid.json()["errors"][0]["expected"]
    assert (await send(quarter, [row(quarter, E002), row(quarter, E003)])).status_code == 201
    assert await settlement(quarter) == ("paid", "137520.00", "137520.00", "0.00")
    over = await send(quarter, [row(quarter, E002)])
    assert (over.status_code, over.json()["code"]) == (409, "transition_not_possible")
    path = f"/v1/incentive/runs/{quarter.run_id}/payments"
    said = (await quarter.clients(Role.COMPENSATION).get(path, params={"employee_number": "E002"})).json()["items"]
    assert [(each["outcome"], each["reason"], each["employee_name"], each["amount"]) for each in said] == [
        ("failed", "银行账户已销户", "苏二", "55200.00"), ("paid", None, "苏二", "55200.00"),
    ]  # fmt: skip
    failed = (await quarter.clients(Role.FINANCE).get(path, params={"outcome": "failed"})).json()["items"]
    assert len(failed) == 1


async def test_a_file_with_anything_wrong_is_refused_by_row_and_column_and_stores_nothing(quarter: Quarter) -> None:
    await quarter.reach("posted")
    foreign = str(uuid4())
    wrong = await send(
        quarter,
        [
            row(quarter, ("E001", "54000.01")),
            row(quarter, E002, run=foreign),
            row(quarter, E002),
            row(quarter, ("E999", "1.00")),
            row(quarter, E003, "发放失败"),
            row(quarter, ("E004", "0.00")),
        ],
    )
    assert errors(wrong) == [
        ("/发放回执/2/金额", "54000.01"),
        ("/发放回执/3/核算编号", foreign),
        ("/发放回执/4/工号", "E002"),
        ("/发放回执/5/工号", "E999"),
        ("/发放回执/6/失败原因", None),
        ("/发放回执/7/工号", "E004"),
    ]
    assert wrong.json()["errors"][0]["expected"] == "待发金额 54,000 人民币元"
    cells = await send(quarter, [row(quarter, ("E001", "54000.001")), row(quarter, E002, "paid?"), row(quarter, E003)])
    assert [pointer for pointer, _ in errors(cells)] == ["/发放回执/2/金额", "/发放回执/3/发放结果"]
    currency = await send(quarter, [row(quarter, E001, currency="USD")])
    assert errors(currency) == [("/发放回执/2/工号", "E001")]
    assert await settlement(quarter) == ("posted", "137520.00", "0.00", "137520.00")
    assert await items(quarter.clients(quarter.payer), "entries", kind="payment") == []
    path = f"/v1/incentive/runs/{quarter.run_id}/payments"
    assert (await quarter.clients(quarter.payer).get(path)).json()["items"] == []


async def test_the_form_names_who_is_owed_and_comes_back_filled_in(quarter: Quarter) -> None:
    quarter.company.change("E001", name="=HYPERLINK(1)")
    await quarter.reach("posted")
    assert (await send(quarter, [row(quarter, E003)])).status_code == 201
    path = f"/v1/incentive/runs/{quarter.run_id}/payroll_answer.xlsx"
    form = await quarter.clients(quarter.payer).get(path)
    assert form.content == (await quarter.clients(quarter.payer).get(path)).content
    (headers, *rows) = CalamineWorkbook.from_filelike(BytesIO(form.content)).get_sheet_by_name("发放回执").to_python()
    assert tuple(headers) == HEADERS
    assert [each[1:6] for each in rows] == [
        ["E001", "=HYPERLINK(1)", "CNY", 54000.0, ""],
        ["E002", "苏二", "CNY", 55200.0, ""],
    ]
    filled = write_workbook(
        [SheetContent("发放回执", HEADERS, [[*each[:4], f"{each[4]:.2f}", "已发放", None] for each in rows])]
    )
    taken = await quarter.clients(quarter.payer).post(
        f"/v1/incentive/runs/{quarter.run_id}/payroll_answers",
        content=filled,
        headers={
            "content-type": XLSX,
            "Idempotency-Key": uuid4().hex,
            "If-Match": str((await quarter.read())["revision"]),
        },
    )
    assert taken.status_code == 201, taken.text
    assert (await quarter.read())["state"] == "paid"


@pytest.mark.req("INC-12")
async def test_a_payment_that_came_back_is_owed_again_and_can_be_made_again(quarter: Quarter) -> None:
    await quarter.reach("paid")
    payment = (await items(quarter.clients(quarter.payer), "entries", kind="payment"))[0]
    assert (await reverse(quarter, payment["id"])).is_success
    state, _, _, left = await settlement(quarter)
    assert (state, left) == ("posted", "54000.00")
    assert (await send(quarter, [row(quarter, E001)])).status_code == 201
    assert await settlement(quarter) == ("paid", "137520.00", "137520.00", "0.00")
    moves = (await quarter.clients(quarter.payer).get(f"/v1/incentive/runs/{quarter.run_id}/transitions")).json()
    assert [each["action"] for each in moves[-3:]] == ["pay", "unpay", "pay"]
    short = await quarter.clients(Role.AUDITOR).get("/v1/incentive/journal/trial_balance")
    assert short.json()["total"] == "0.00"


async def test_what_is_left_can_be_booked_as_paid_without_a_file(quarter: Quarter) -> None:
    await quarter.reach("posted")
    assert (await send(quarter, [row(quarter, E002)])).status_code == 201
    await quarter.reach("paid")
    assert await settlement(quarter) == ("paid", "137520.00", "137520.00", "0.00")


async def test_only_finance_over_everything_takes_the_answer_and_of_the_run_they_saw(quarter: Quarter) -> None:
    await quarter.reach("approved")
    early = await send(quarter, [row(quarter, E001)])
    assert (early.status_code, early.json()["code"]) == (409, "transition_not_possible")
    form = f"/v1/incentive/runs/{quarter.run_id}/payroll_answer.xlsx"
    assert (await quarter.clients(quarter.payer).get(form)).json()["code"] == "not_posted"
    await quarter.reach("posted")
    stale = await send(quarter, [row(quarter, E001)], revision=1)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    before = await send(quarter, [row(quarter, E001)], booked_on="2026-04-21")
    assert (before.status_code, before.json()["code"]) == (422, "booked_before_original")
    own = quarter.company.people[0].caller
    scoped = person(Role.FINANCE, over=quarter.company.group.id)
    for who in (own, scoped, quarter.clerk, person(Role.AUDITOR), person(Role.EXECUTIVE)):
        assert (await send(quarter, [row(quarter, E001)], who=who)).status_code == 403
    for who in (own, scoped, person(Role.EXECUTIVE)):
        for path in (form, f"/v1/incentive/runs/{quarter.run_id}/payments"):
            assert (await quarter.clients(who).get(path)).status_code == 403
    assert (await settlement(quarter))[0] == "posted"
