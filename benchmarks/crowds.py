"""What a crowd and an attack cost everybody else: `python -m benchmarks.crowds` (PLT-01, PLT-08).

    python -m benchmarks.crowds [seconds of a round] [people]

The gateway and org run as they are, on a real PostgreSQL, on the first core; the load comes from the second.

1. A list is asked for over few connections and over 400, each by an account of its own that asks again the moment it
   has been answered or refused. Budget: 400 connections get at least 90 % of the answers that the best number gets,
   whoever is refused is refused within half a second, and nobody waits in vain.
2. Reads and sign-ins with nothing else going on, and while 200 connections announce a body of 100,000 bytes and send
   one byte a second. Budget: medians at most doubled.

Rounds alternate, so that a disturbance hits all alike, and the middle round counts.
"""

import argparse
import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from statistics import median, quantiles
from typing import NamedTuple
from uuid import uuid4

from benchmarks import org_tree
from benchmarks._databases import database_up
from benchmarks._load import pin
from benchmarks._service_processes import Signer, running
from benchmarks.gateway import gateway
from services.kit.identity import Caller, Role, RoleAssignment

SIZES = (8, 16, 32, 64)
CROWD = 400
ROUNDS = 3
GOODPUT_BUDGET, REFUSAL_BUDGET_MS, SLOWED_BUDGET = 0.9, 500, 2.0
ATTACKERS, ANNOUNCED = 200, 100_000
QUIET_READERS = 4
LIST = "/v1/org/employees?limit=50"
OK, UNAVAILABLE = 200, 503


class Answered(NamedTuple):
    """One answer: its status, and seconds from the request."""

    status: int
    seconds: float


class Person:
    """One kept connection; opened again where the gateway has closed it."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._head = f"Host: merit\r\nAuthorization: Bearer {token}\r\n" if token else "Host: merit\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: bytes = b"") -> Answered:
        """One request and the whole of its answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        started = time.perf_counter()
        length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
        writer.write(f"{method} {path} HTTP/1.1\r\n{self._head}{length}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        if b"connection: close" in head:
            self.leave()
        return Answered(int(head[9:12]), time.perf_counter() - started)

    def leave(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def crowded(port: int, tokens: list[str], seconds: float) -> list[Answered]:
    """What everybody who holds one of the tokens is answered, asking for the list again and again."""
    found: list[Answered] = []
    end = time.perf_counter() + seconds

    async def insist(token: str) -> None:
        person = Person(port, token)
        while time.perf_counter() < end:
            answer = await person.ask("GET", LIST)
            if time.perf_counter() < end:  # what comes later belongs to no second of the round
                found.append(answer)
        person.leave()

    await asyncio.gather(*(insist(token) for token in tokens))
    return found


async def compare_crowds(port: int, tokens: list[str], seconds: float) -> None:
    """Print the answers a second of few connections and of many."""
    rates: dict[int, list[float]] = {size: [] for size in (*SIZES, CROWD)}
    refusals: list[float] = []
    others = 0
    for _ in range(ROUNDS):
        for size, found_rates in rates.items():
            answers = await crowded(port, tokens[:size], seconds)
            found_rates.append(sum(answer.status == OK for answer in answers) / seconds)
            refusals += [answer.seconds * 1000 for answer in answers if answer.status == UNAVAILABLE]
            others += sum(answer.status not in {OK, UNAVAILABLE} for answer in answers)
    middle = {size: median(each) for size, each in rates.items()}
    peak = max(middle[size] for size in SIZES)
    for size, rate in middle.items():
        print(f"{size:4} connections {rate:8.0f} lists a second")
    ratio = middle[CROWD] / peak
    print(f"of the peak {ratio:.2f} (budget ≥ {GOODPUT_BUDGET}): {'kept' if ratio >= GOODPUT_BUDGET else 'MISSED'}")
    slowest = quantiles(refusals, n=100)[98] if len(refusals) > 1 else 0.0
    kept = slowest <= REFUSAL_BUDGET_MS and not others
    print(
        f"{len(refusals)} refused, 99 % of them within {slowest:.0f} ms (budget {REFUSAL_BUDGET_MS} ms), "
        f"{others} answered otherwise (budget 0): {'kept' if kept else 'MISSED'}"
    )


@asynccontextmanager
async def attacked(port: int, token: str) -> AsyncIterator[None]:
    """200 connections that dawdle over a body, opened again when the gateway has had enough of them."""

    async def dawdle() -> None:
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"Host: merit\r\nAuthorization: Bearer {token}\r\nContent-Length: {ANNOUNCED}"
            writer.write(f"POST /v1/org/employees HTTP/1.1\r\n{head}\r\n\r\n".encode())
            try:
                for _ in range(ANNOUNCED):
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(1)
            except ConnectionError:
                continue
            finally:
                writer.close()

    attackers = [asyncio.create_task(dawdle()) for _ in range(ATTACKERS)]
    await asyncio.sleep(1)
    try:
        yield
    finally:
        for attacker in attackers:
            attacker.cancel()
        await asyncio.gather(*attackers, return_exceptions=True)


async def quiet(port: int, tokens: list[str], seconds: float) -> tuple[list[float], list[float]]:
    """Milliseconds of reads and of sign-ins by a few people with a little time between."""
    reads: list[float] = []
    sign_ins: list[float] = []
    end = time.perf_counter() + seconds

    async def work(token: str) -> None:
        reader, visitor = Person(port, token), Person(port)
        while time.perf_counter() < end:
            read = await reader.ask("GET", LIST)
            body = json.dumps({"login": f"nobody-{uuid4().hex}", "password": "not the password"}).encode()
            sign_in = await visitor.ask("POST", "/v1/sign_in", body)
            assert read.status == OK
            assert sign_in.status < 500, sign_in  # noqa: PLR2004 - it was looked at
            reads.append(read.seconds * 1000)
            sign_ins.append(sign_in.seconds * 1000)
            await asyncio.sleep(0.02)
        reader.leave()
        visitor.leave()

    await asyncio.gather(*(work(token) for token in tokens[:QUIET_READERS]))
    return reads, sign_ins


async def compare_attack(port: int, tokens: list[str], seconds: float) -> None:
    """Print the medians without and with the attack."""
    found: dict[str, list[tuple[float, float]]] = {"without": [], "with": []}
    for _ in range(ROUNDS):
        alone = await quiet(port, tokens, seconds)
        async with attacked(port, tokens[-1]):
            beside = await quiet(port, tokens, seconds)
        for name, (reads, sign_ins) in (("without", alone), ("with", beside)):
            found[name].append((median(reads), median(sign_ins)))
    for place, name in enumerate(("list of 50", "sign-in")):
        without, beside_it = (median(each[place] for each in found[kind]) for kind in ("without", "with"))
        ratio = beside_it / without
        print(
            f"{name}: median {without:.1f} ms, beside {ATTACKERS} slow bodies {beside_it:.1f} ms, ratio {ratio:.2f} "
            f"(budget ≤ {SLOWED_BUDGET}): {'kept' if ratio <= SLOWED_BUDGET else 'MISSED'}"
        )


async def measure(port: int, tokens: list[str], seconds: float) -> None:
    """Both comparisons."""
    await crowded(port, tokens[:8], seconds)  # warms up
    await compare_crowds(port, tokens, seconds)
    await compare_attack(port, tokens, seconds)


def main() -> None:
    """Start everything, measure, stop everything."""
    parser = argparse.ArgumentParser(description="What a crowd and an attack cost everybody else.")
    parser.add_argument("seconds", nargs="?", type=float, default=4.0)
    parser.add_argument("people", nargs="?", type=int, default=10_000, help="in the organisation")
    given = parser.parse_args()
    pin(0, 1)
    signer = Signer.fresh()
    roles = (RoleAssignment(Role.HR),)
    tokens = [signer.token(Caller(uuid4(), f"benchmark-{n}", role_assignments=roles)) for n in range(CROWD)]
    with database_up("org", settings=org_tree.SETTINGS) as occasion, ExitStack() as open_:
        org_tree.fill(occasion, given.people)
        url = occasion.url("org").render_as_string(hide_password=False)
        org = open_.enter_context(running("org", url, signer))
        _, port = open_.enter_context(gateway(org.port, "/v1/org/employees", "/v1/org/sessions"))
        asyncio.run(measure(port, tokens, given.seconds))


if __name__ == "__main__":
    main()
