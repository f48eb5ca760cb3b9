"""The journal at the API and in the database: balanced always, never touched, undone by counter-entries (INC-12)."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.kit.identity import Role
from services.kit.periods import day_in_words
from tests.builders.incentive_awards import reverse_entry as reverse
from tests.builders.incentive_quarter import Quarter
from tests.identities import SetClock, person, second_account

pytestmark = pytest.mark.req("INC-12")

JOURNAL = "/v1/incentive/journal"


async def items(client: httpx2.AsyncClient, path: str, **query: str) -> list[dict[str, Any]]:
    """The first page of a list."""
    answer = await client.get(f"{JOURNAL}/{path}", params={"limit": "500", **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def balances(quarter: Quarter, **query: str) -> dict[tuple[str, str], str]:
    """Balance by kind and reference."""
    found = await items(quarter.clients(quarter.payer), "balances", **query)
    return {(item["kind"], item["reference"]): item["balance"] for item in found}


async def test_posting_owes_and_paying_settles_and_every_day_has_its_balance(quarter: Quarter, clock: SetClock) -> None:
    quarter.company.change("E001", cost_centre="CC-2")
    await quarter.reach("approved")
    clock.set(2026, 4, 24, 1)
    await quarter.reach("posted")
    clock.set(2026, 4, 27, 17)  # the 28th in Shanghai
    await quarter.reach("paid")
    one, two = quarter.company.people[0], quarter.company.people[1]
    assert await balances(quarter, as_of="2026-04-23") == {}
    owed = await balances(quarter, as_of="2026-04-27")
    assert owed["expense", "CC-2"] == "54000.00"
    assert owed["expense", "CC-1"] == "83520.00"
    assert owed["payable", str(one.id)] == "-54000.00"
    assert owed["payable", str(two.id)] == "-55200.00"
    assert ("paid", "payroll") not in owed
    assert set(await balances(quarter, as_of="2026-04-27", reference=str(one.id))) == {("payable", str(one.id))}
    settled = await balances(quarter, as_of="2026-04-28")
    assert settled["payable", str(one.id)] == "0.00"
    assert settled["paid", "payroll"] == "-137520.00"
    for day in ("2026-04-23", "2026-04-27", "2026-04-28"):
        short = await quarter.clients(Role.AUDITOR).get(f"{JOURNAL}/trial_balance", params={"as_of": day})
        assert short.json()["total"] == "0.00"


async def test_cost_centres_share_a_line_as_it_was_earned_under_them(quarter: Quarter) -> None:
    await quarter.begin()
    moved = {"employee_number": "E001", "fixed_pay": "18000.00", "cost_centre": "CC-9", "valid_from": "2026-02-15"}
    entered = await quarter.clients(quarter.clerk).post("/v1/incentive/pay_changes", json=moved)
    await quarter.release(f"/v1/incentive/pay_changes/{entered.json()['id']}")
    await quarter.reach("posted")
    assert (await quarter.lines())["E001"]["costs"] == [
        {"cost_centre": "CC-1", "amount": "27000.00"},
        {"cost_centre": "CC-9", "amount": "27000.00"},
    ]
    assert (await balances(quarter))["expense", "CC-9"] == "27000.00"


async def test_an_entry_is_undone_by_its_counter_entry_once(quarter: Quarter) -> None:
    await quarter.reach("posted")
    accruals = await items(quarter.clients(quarter.payer), "entries", kind="accrual", batch_id=quarter.run_id)
    assert len(accruals) == 3  # who earned nothing is owed nothing
    undone = await reverse(quarter, accruals[0]["id"])
    assert undone.is_success
    assert (undone.json()["kind"], undone.json()["reverses_id"]) == ("reversal", accruals[0]["id"])
    booked = [(one["reference"], one["amount"]) for one in accruals[0]["postings"]]
    assert [(one["reference"], f"-{one['amount']}".replace("--", "")) for one in undone.json()["postings"]] == booked
    read = await quarter.clients(quarter.payer).get(f"{JOURNAL}/entries/{accruals[0]['id']}")
    assert (read.json()["revision"], read.json()["reversed_by_id"]) == (2, undone.json()["id"])
    again = await reverse(quarter, accruals[0]["id"])
    assert (again.status_code, again.json()["code"]) == (409, "already_reversed")
    counter = await reverse(quarter, undone.json()["id"])
    assert (counter.status_code, counter.json()["code"]) == (409, "reversal_not_reversible")
    await quarter.reach("paid")
    payments = await items(quarter.clients(quarter.payer), "entries", kind="payment")
    assert len(payments) == 2  # what is no longer owed is not paid
    assert accruals[0]["source_id"] not in {payment["source_id"] for payment in payments}


@pytest.mark.req("INC-01")
async def test_nobody_in_finance_undoes_an_entry_about_themselves(quarter: Quarter) -> None:
    await quarter.reach("posted")
    own = quarter.company.people[0]
    owner = quarter.clients(person(Role.FINANCE, employee_id=own.id))
    entries = await items(owner, "entries")
    hers = next(one for one in entries if str(own.id) in {posting["reference"] for posting in one["postings"]})
    headers = {"Idempotency-Key": uuid4().hex, "If-Match": "1"}
    refused = await owner.post(f"{JOURNAL}/entries/{hers['id']}/reversals", json={"reason": "误"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "own_entry")
    assert await items(owner, "entries") == entries
    assert (await reverse(quarter, hers["id"])).is_success


@pytest.mark.req("INC-01", "PLT-02")
async def test_one_person_alone_undoes_no_entry(quarter: Quarter) -> None:
    await quarter.reach("paid")
    clerk = person(Role.FINANCE, employee_id=uuid4())
    payer = quarter.clients(clerk)
    payment = (await items(payer, "entries", kind="payment"))[0]
    payee = next(posting["reference"] for posting in payment["postings"] if posting["kind"] == "payable")
    paid = next(one for one in quarter.company.people if str(one.id) == payee)
    assert payment["source_name"] == f"{paid.name}（{paid.number}）"
    assert payment["batch_name"] == "2026 年第一季度奖金核算（季度奖金）"
    before, seen = await items(payer, "entries"), {"If-Match": "1"}
    asked = await payer.post(f"{JOURNAL}/entries/{payment['id']}/reversals", json={"reason": "重复发放"}, headers=seen)
    path, name = asked.headers["Location"], asked.json()["entry_name"]
    day = day_in_words(date.fromisoformat(payment["effective_on"])).zh
    assert name.startswith(f"{day}{paid.name}（{paid.number}）的发放凭证（"), name
    assert (asked.status_code, asked.json()["state"], asked.json()["counter_entry_id"]) == (201, "proposed", None)
    again = await payer.post(f"{JOURNAL}/entries/{payment['id']}/reversals", json={"reason": "再"}, headers=seen)
    assert (again.status_code, again.json()["code"]) == (409, "entry_reversal_proposed")
    assert await items(payer, "entries") == before  # nothing is booked, nothing is owed again
    own = person(Role.FINANCE, employee_id=UUID(payee))
    other = person(Role.FINANCE, employee_id=uuid4())
    for barred, code in (
        (clerk, "second_person_needed"),
        (second_account(clerk), "second_person_needed"),
        (own, "own_entry"),
        (person(Role.COMPENSATION), "role_missing"),
    ):
        refused = await quarter.clients(barred).post(
            f"{path}/release", headers={**seen, "Idempotency-Key": uuid4().hex}
        )
        assert (refused.status_code, refused.json()["code"]) == (403, code)
    for caller, expected in ((clerk, []), (own, []), (other, [path])):
        tasks = (await quarter.clients(caller).get("/v1/incentive/my/tasks")).json()["items"]
        waiting = [each for each in tasks if each["kind"] == "entry_reversal.release"]
        assert [each["link"] for each in waiting] == expected
        assert {each["title"] for each in waiting} <= {f"确认冲销 {name}"}
    stale = await quarter.clients(other).post(
        f"{path}/release", headers={"If-Match": "2", "Idempotency-Key": uuid4().hex}
    )
    assert stale.status_code == 412
    done = await quarter.clients(other).post(f"{path}/release", headers={**seen, "Idempotency-Key": uuid4().hex})
    assert (done.status_code, done.json()["state"], done.json()["revision"]) == (200, "released", 2)
    counter = (await payer.get(f"{JOURNAL}/entries/{done.json()['counter_entry_id']}")).json()
    assert (counter["reverses_id"], counter["reason"]) == (payment["id"], "重复发放")
    assert len(await items(payer, "entries")) == len(before) + 1
    listed = await items(payer, "reversals", entry_id=payment["id"], state="released")
    assert [each["id"] for each in listed] == [done.json()["id"]]


async def test_an_accrual_stands_while_it_is_paid(quarter: Quarter) -> None:
    await quarter.reach("paid")
    payer = quarter.clients(quarter.payer)
    accrual = (await items(payer, "entries", kind="accrual"))[0]
    refused = await reverse(quarter, accrual["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_stands")
    payment = next(
        one for one in await items(payer, "entries", kind="payment") if one["source_id"] == accrual["source_id"]
    )
    assert (await reverse(quarter, payment["id"])).is_success
    assert (await reverse(quarter, accrual["id"])).is_success


async def test_undoing_needs_a_key_a_reason_and_the_role(quarter: Quarter) -> None:
    await quarter.reach("posted")
    entry = (await items(quarter.clients(quarter.payer), "entries"))[0]
    path = f"{JOURNAL}/entries/{entry['id']}/reversals"
    blind = await quarter.clients(quarter.payer).post(
        path, json={"reason": "x"}, headers={"Idempotency-Key": uuid4().hex}
    )
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert (entry["revision"], entry["reversed_by_id"]) == (1, None)
    stale = await quarter.clients(quarter.payer).post(
        path, json={"reason": "x"}, headers={"Idempotency-Key": uuid4().hex, "If-Match": "2"}
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    asked = await quarter.clients(quarter.payer).post(path, json={"reason": "x"}, headers={"If-Match": "1"})
    release = f"{asked.headers['Location']}/release"
    no_key = await quarter.clients(Role.FINANCE).post(release, headers={"If-Match": "1"})
    assert (no_key.status_code, no_key.json()["code"]) == (400, "idempotency_key_missing")
    assert (await reverse(quarter, entry["id"], reason="")).status_code == 422
    assert (await reverse(quarter, str(uuid4()))).status_code == 404
    for role in (Role.COMPENSATION, Role.AUDITOR, Role.EXECUTIVE, Role.ADMINISTRATOR):
        headers = {"Idempotency-Key": uuid4().hex}
        refused = await quarter.clients(role).post(path, json={"reason": "x"}, headers=headers)
        assert refused.status_code == 403


@pytest.mark.req("PLT-03")
async def test_the_books_are_for_finance_compensation_and_auditors_over_everything(quarter: Quarter) -> None:
    for role in (Role.FINANCE, Role.COMPENSATION, Role.AUDITOR):
        assert (await quarter.clients(role).get(f"{JOURNAL}/entries")).status_code == 200
    scoped = person(Role.FINANCE, over=uuid4())
    for caller in (scoped, person(Role.HR), person(Role.ADMINISTRATOR), person(Role.EXECUTIVE)):
        for path in ("entries", "balances", "trial_balance"):
            assert (await quarter.clients(caller).get(f"{JOURNAL}/{path}")).status_code == 403


@pytest.mark.parametrize(
    "table", ["account", "entry", "posting", "line", "calculation_input", "plan_version", "payroll_file"]
)
@pytest.mark.parametrize("statement_form", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
async def test_the_service_itself_has_no_right_to_touch_what_stands_written(
    quarter: Quarter, table: str, statement_form: str
) -> None:
    column = {"calculation_input": "number", "payroll_file": "run_id", "posting": "amount"}.get(table, "id")
    statement = statement_form.replace("{}", table, 1).replace("{}", column)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with quarter.sessions.write() as session:
            await session.execute(text(statement))


@pytest.mark.parametrize("amounts", [("1.00",), ("1.00", "-0.99"), ("NaN", "1.00"), ("0.00",)])
async def test_the_database_refuses_what_does_not_balance(quarter: Quarter, amounts: tuple[str, ...]) -> None:
    await quarter.reach("posted")
    put = text(
        "INSERT INTO posting (entry_id, position, account_id, amount) "
        "SELECT (SELECT id FROM entry LIMIT 1), 90 + place, (SELECT id FROM account LIMIT 1), amount::numeric "
        "FROM unnest(CAST(:amounts AS text[])) WITH ORDINALITY AS given (amount, place)"
    )
    with pytest.raises(IntegrityError, match=r"does not sum to zero|ck_posting_amount"):
        async with quarter.sessions.write() as session:
            await session.execute(put, {"amounts": list(amounts)})
