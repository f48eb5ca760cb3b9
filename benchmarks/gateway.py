"""What forwarding costs: `python -m benchmarks.gateway` (PLT-01, design §9).

A gateway process on one core forwards a small read to a minimal service; service and load share the other core. The
same process answering a small document itself (`/health/live`) is the measure. Budget: at least half its throughput,
at most 1.5 ms added at the median, with 32 connections. Rounds alternate, so that a disturbance hits both alike; the
median round counts. Milliseconds mean something on a machine that does nothing else; the ratios and the processor time
of a request hold on a busy one too.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from benchmarks._load import Round, free_port, load, middle_of, pin, wait_for
from benchmarks._processes import BEGINNING

CONNECTIONS = 32
REQUESTS = 6_000  # a round
ROUNDS = 7
ALONE = 1_000  # requests of a single connection
FORWARDED = "/v1/org/units/0192f2c4-7c1e-7d0a-9a53-0c2f7d7e1a11"
DIRECT = "/health/live"
UNIT = {"id": FORWARDED[-36:], "code": "MKT-01", "name": "市场部", "unit_kind": "department", "parent_id": None}
BUDGET_RATIO, BUDGET_ADDED_MS = 0.5, 1.5


class Answering(asyncio.Protocol):
    """The minimal service: one ready-made answer to whatever comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._pending = b""
        body = json.dumps(UNIT, ensure_ascii=False).encode()
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        self._answer = head.encode() + body

    def data_received(self, data: bytes) -> None:
        """Answer every complete head."""
        *heads, self._pending = (self._pending + data).split(b"\r\n\r\n")
        for _ in heads:
            self._transport.write(self._answer)


def serve(port: int) -> None:
    """Be the minimal service."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(run())


@contextmanager
def gateway(service_port: int, *paths: str) -> Iterator[tuple[psutil.Process, int]]:
    """The gateway as a process on the first core, before a service as org that has GET and POST under ``paths``."""
    document = json.dumps(
        {
            "paths": {
                path: {method: {"operationId": f"{method} {path}", "responses": {}} for method in ("get", "post")}
                for path in paths
            }
        }
    )
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        for service in ("org", "appraisal", "incentive"):
            (Path(folder) / service).mkdir()
            (Path(folder) / service / "openapi.json").write_text(document)
        settings = {
            "MERIT_PORT": str(port),
            "MERIT_ORG_URL": f"http://127.0.0.1:{service_port}",
            "MERIT_LOG_LEVEL": "WARNING",
            "MERIT_GATEWAY_API_DOCUMENTS": folder,
            "MERIT_GATEWAY_RATE_PER_ADDRESS": "100000000/minute",
            "MERIT_GATEWAY_RATE_PER_TOKEN": "100000000/minute",
        }
        with subprocess.Popen([sys.executable, "-m", "gateway"], env=os.environ | settings) as process:
            pin(process.pid, 0)
            try:
                wait_for(port)
                yield psutil.Process(process.pid), port
            finally:
                process.terminate()


async def measure(process: psutil.Process, port: int) -> None:
    """Run all rounds and print what they say."""
    rounds: dict[str, list[Round]] = {DIRECT: [], FORWARDED: []}
    alone: dict[str, list[Round]] = {DIRECT: [], FORWARDED: []}
    for number in range(ROUNDS + 1):
        for path in (DIRECT, FORWARDED):
            many = await load(process, port, path, connections=CONNECTIONS, requests=REQUESTS)
            one = await load(process, port, path, connections=1, requests=ALONE)
            if number:  # the first round only warms up
                rounds[path].append(many)
                alone[path].append(one)
    many_direct, many_forwarded = middle_of(rounds[DIRECT]), middle_of(rounds[FORWARDED])
    one_direct, one_forwarded = middle_of(alone[DIRECT]), middle_of(alone[FORWARDED])
    print(f"{'':28}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>9}")
    for name, figures in (
        (f"itself, {CONNECTIONS} connections", many_direct),
        (f"forwarded, {CONNECTIONS} connections", many_forwarded),
        ("itself, 1 connection", one_direct),
        ("forwarded, 1 connection", one_forwarded),
    ):
        print(f"{name:28}{figures.rate:9.0f}{figures.middle:9.2f}{figures.slowest:9.2f}{figures.processor:9.3f}")
    ratio = many_forwarded.rate / many_direct.rate
    added = many_forwarded.middle - many_direct.middle
    # A saturated core serves its connections in turn: left alone, its median is connections × processor time.
    undisturbed = CONNECTIONS * (many_forwarded.processor - many_direct.processor)
    kept = min(added, undisturbed) <= BUDGET_ADDED_MS
    print(f"throughput ratio {ratio:.2f} (budget ≥ {BUDGET_RATIO}): {'kept' if ratio >= BUDGET_RATIO else 'MISSED'}")
    print(
        f"added at the median {added:.2f} ms with {CONNECTIONS} connections ({undisturbed:.2f} ms by processor time), "
        f"{one_forwarded.middle - one_direct.middle:.2f} ms with one "
        f"(budget ≤ {BUDGET_ADDED_MS} ms): {'kept' if kept else 'MISSED'}"
    )


def main() -> None:
    """Start everything, measure, stop everything."""
    pin(0, 1)
    service_port = free_port()
    service = BEGINNING.Process(target=serve, args=(service_port,), daemon=True)
    service.start()
    wait_for(service_port)
    try:
        with gateway(service_port, "/v1/org/units/{id}") as (process, port):
            asyncio.run(measure(process, port))
    finally:
        service.terminate()
        service.join()


if __name__ == "__main__":
    main()
