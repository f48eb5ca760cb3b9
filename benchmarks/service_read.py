"""What a request costs beside a bare FastAPI route with one SQLAlchemy read: `python -m benchmarks.service_read`.

    python -m benchmarks.service_read [requests of a round] [people]

Each service runs as one process on the first core, on a real PostgreSQL; the load comes from the second. Rounds
alternate, so that a disturbance hits all alike, and the median round counts. On a busy machine the processor time of a
request says more than the rate (design §9).
"""

import argparse
import asyncio
import time
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from uuid import uuid4

import httpx2
import psycopg
from sqlalchemy import URL

from benchmarks import org_tree
from benchmarks._databases import Occasion, database_up
from benchmarks._load import Round, load, middle_of, pin
from benchmarks._service_processes import BARE, Running, Signer, running
from deploy.database import SERVICES
from services.kit.identity import Caller, Role, RoleAssignment

CONNECTIONS = 8
ROUNDS = 5
READ_BUDGET, LIST_BUDGET, STREAM_BUDGET = 0.5, 1.5, 3.0
RECORDS = 50
TIMES = 5  # a complete set is read
SINGLE = "single read"
CALLER = Caller(uuid4(), "benchmark", role_assignments=(RoleAssignment(Role.HR), RoleAssignment(Role.COMPENSATION)))
SECOND = Caller(uuid4(), "second", role_assignments=(RoleAssignment(Role.COMPENSATION),))
PERSON = org_tree.key("person", 1)
HEAD = org_tree.key("person", 0)

PEOPLE = """
SELECT e.id, e.number, e.name, e.email, e.revision, a.id, a.kind, p.id, p.code, pv.title, u.id, u.code, uv.name, up.path
FROM org.employee e
JOIN org.employment m ON m.employee_id = e.id AND m.valid @> %(day)s
LEFT JOIN org.assignment a ON a.employee_id = e.id AND a.kind IN ('primary', 'rotation') AND a.valid @> %(day)s
LEFT JOIN org.position p ON p.id = a.position_id
LEFT JOIN org.position_version pv ON pv.position_id = p.id AND pv.valid @> %(day)s
LEFT JOIN org.unit u ON u.id = pv.unit_id
LEFT JOIN org.unit_version uv ON uv.unit_id = u.id AND uv.valid @> %(day)s
LEFT JOIN org.unit_path up ON up.unit_id = u.id AND up.valid @> %(day)s
WHERE e.id <> %(head)s
"""


@dataclass(frozen=True)
class Question:
    """One read of a service."""

    service: str
    name: str
    path: str


def know_people(occasion: Occasion) -> None:
    """Have incentive know whose pay is entered, as if org had told it."""
    with psycopg.connect(occasion.address("incentive")) as connection:
        connection.cursor().executemany(
            "INSERT INTO person (number, employee_id, name, unit_path) VALUES (%s, %s, %s, '{}')",
            [(f"E{n:08}", uuid4(), f"员工{n}") for n in range(RECORDS)],
        )


def records(services: dict[str, Running], token: str, second: str) -> dict[str, str]:
    """Make what is read in appraisal and incentive, by their own routes; gives the id of one of each."""
    with asking(services["appraisal"], token) as client:
        for n in range(RECORDS):
            cycle = {"code": f"C{n}", "name": f"考核 {n}", "period": "2026-Q1"}
            client.post("/v1/appraisal/cycles", json=cycle).raise_for_status()
        cycles = client.get("/v1/appraisal/cycles?limit=1").raise_for_status().json()
    pay = {"fixed_pay": "15000.00", "cost_centre": "CC-1", "valid_from": "2026-01-01"}
    with asking(services["incentive"], token) as client, asking(services["incentive"], second) as other:
        for n in range(RECORDS):  # what one enters counts once another person has released it
            change = client.post("/v1/incentive/pay_changes", json={"employee_number": f"E{n:08}", **pay})
            address, seen = change.raise_for_status().headers["Location"], {"If-Match": change.headers["ETag"]}
            other.post(f"{address}/release", headers=seen).raise_for_status()
        profiles = client.get("/v1/incentive/pay_profiles?limit=1").raise_for_status().json()
    return {"appraisal": cycles["items"][0]["id"], "incentive": profiles["items"][0]["id"]}


def asking(service: Running, token: str) -> httpx2.Client:
    """A client of a service."""
    return httpx2.Client(base_url=f"http://127.0.0.1:{service.port}", headers={"Authorization": f"Bearer {token}"})


def questions(ids: dict[str, str]) -> list[Question]:
    """The bare read first."""
    return [
        Question(BARE, SINGLE, f"/employees/{PERSON}"),
        Question("org", SINGLE, f"/v1/org/employees/{PERSON}"),
        Question("org", "list of 50", "/v1/org/employees?limit=50"),
        Question("appraisal", SINGLE, f"/v1/appraisal/cycles/{ids['appraisal']}"),
        Question("appraisal", "list of 50", "/v1/appraisal/cycles?limit=50"),
        Question("incentive", SINGLE, f"/v1/incentive/pay_profiles/{ids['incentive']}"),
        Question("incentive", "list of 50", "/v1/incentive/pay_profiles?limit=50"),
    ]


async def measure(services: dict[str, Running], asked: list[Question], requests: int, token: str) -> list[Round]:
    """The middle round of each question."""
    rounds: list[list[Round]] = [[] for _ in asked]
    for number in range(ROUNDS + 1):
        for place, question in enumerate(asked):
            server = services[question.service]
            took = await load(
                server.process, server.port, question.path, connections=CONNECTIONS, requests=requests, token=token
            )
            if number:  # the first round only warms up
                rounds[place].append(took)
    return [middle_of(each) for each in rounds]


def report(asked: list[Question], found: list[Round]) -> None:
    """Print what each question took, and whether that is within its budget: by rate, or by processor time."""
    bare = single = found[0]
    print(f"{'':24}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>9}{'ratio':>8}{'by cpu':>8}")
    for question, took in zip(asked, found, strict=True):
        if question.name == SINGLE:
            single = took
            rate, processor = took.rate / bare.rate, bare.processor / took.processor
            budget, is_kept = f"of the bare rate, at least {READ_BUDGET}", max(rate, processor) >= READ_BUDGET
        else:
            rate, processor = single.rate / took.rate, took.processor / single.processor
            budget, is_kept = f"times the single read, at most {LIST_BUDGET}", min(rate, processor) <= LIST_BUDGET
        figures = (
            f"{took.rate:9.0f}{took.middle:9.2f}{took.slowest:9.2f}{took.processor:9.3f}{rate:8.2f}{processor:8.2f}"
        )
        print(f"{f'{question.service}, {question.name}':24}{figures}  {budget}: {'kept' if is_kept else 'MISSED'}")


def complete_sets(url: URL, org: Running, token: str) -> tuple[int, float, float]:
    """All reports of the head of all: how many, seconds in which psycopg fetches them and in which org streams them."""
    fetched, streamed, people = [], [], 0
    with (
        psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection,
        httpx2.Client(headers={"Authorization": f"Bearer {token}"}, timeout=60) as client,
    ):
        address = f"http://127.0.0.1:{org.port}/v1/org/employees/{HEAD}/all_reports"
        for _ in range(TIMES):
            start = time.perf_counter()
            people = len(connection.execute(PEOPLE, {"day": org_tree.DAY, "head": HEAD}).fetchall())
            fetched.append(time.perf_counter() - start)
            start = time.perf_counter()
            answer = client.get(address, params={"as_of": str(org_tree.DAY)}).raise_for_status().content
            streamed.append(time.perf_counter() - start)
            assert answer.count(b"\n") == people + 1  # the last line is the proof
    return people, median(fetched), median(streamed)


def report_complete(people: int, fetched: float, streamed: float) -> None:
    """Print what a complete set took."""
    ratio = streamed / fetched
    print(
        f"org, all {people:,} reports: streamed in {streamed:.2f} s, fetched by psycopg in {fetched:.2f} s, "
        f"ratio {ratio:.2f}, at most {STREAM_BUDGET}: {'kept' if ratio <= STREAM_BUDGET else 'MISSED'}"
    )


def main() -> None:
    """Start everything, measure, stop everything."""
    parser = argparse.ArgumentParser(description="What a request costs.")
    parser.add_argument("requests", nargs="?", type=int, default=1_000)
    parser.add_argument("people", nargs="?", type=int, default=10_000, help="in the organisation")
    given = parser.parse_args()
    pin(0, 1)
    signer = Signer.fresh()
    token = signer.token(CALLER)
    with database_up(*SERVICES, settings=org_tree.SETTINGS) as occasion, ExitStack() as open_:
        org_tree.fill(occasion, given.people)
        know_people(occasion)
        urls = {service: occasion.url(service) for service in SERVICES}
        addresses = {service: url.render_as_string(hide_password=False) for service, url in urls.items()}
        addresses[BARE] = addresses["org"]
        services = {
            service: open_.enter_context(running(service, address, signer)) for service, address in addresses.items()
        }
        asked = questions(records(services, token, signer.token(SECOND)))
        report(asked, asyncio.run(measure(services, asked, given.requests, token)))
        report_complete(*complete_sets(urls["org"], services["org"], token))


if __name__ == "__main__":
    main()
