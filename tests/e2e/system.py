"""The running system as the end-to-end tests see it: people signing in at the gateway, and the services' own ports."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx2
import psutil

from examples.story.__main__ import PASSWORD
from examples.story.files import Company
from examples.story.gateway import TOKEN_SECONDS
from examples.story.stage import PERIOD

COMPANY = Path(__file__).parents[2] / "examples" / "company"
EXPECTED = COMPANY.parent / "expected"


class System:
    """Addresses, people and processes of one installation."""

    def __init__(self, data: Path, ports: dict[str, int]) -> None:
        self.data = data
        self.gateway = f"http://127.0.0.1:{ports['merit_port']}"
        self.services = {
            name: f"http://127.0.0.1:{ports[f'merit_{name}_port']}" for name in ("org", "appraisal", "incentive")
        }
        self.company = Company(COMPANY)
        self._tokens: dict[str, tuple[str, float]] = {}
        self._client = httpx2.Client(timeout=30.0)

    def __enter__(self) -> "System":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def token(self, login: str) -> str:
        """A token of theirs that is still good."""
        token, since = self._tokens.get(login, ("", float("-inf")))
        if time.monotonic() - since > TOKEN_SECONDS:
            password = PASSWORD
            if login == "administrator":
                password = (self.data / "secrets" / "bootstrap_password").read_text(encoding="utf-8")
            answer = self._client.post(f"{self.gateway}/v1/sign_in", json={"login": login, "password": password})
            token = str(answer.raise_for_status().json()["access_token"])
            self._tokens[login] = (token, time.monotonic())
        return token

    def ask(
        self,
        login: str | None,
        path: str,
        *,
        method: str = "GET",
        body: object = None,
        key: str | None = None,
        tag: str | None = None,
        service: str | None = None,
        **query: str,
    ) -> httpx2.Response:
        """One request by a person (None: without a token), through the gateway or at a service's own port."""
        headers = {"Authorization": f"Bearer {self.token(login)}"} if login else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": tag} if tag else {}
        origin = self.services[service] if service else self.gateway
        return self._client.request(method, origin + path, headers=headers, json=body, params=query or None)

    def read(self, login: str, path: str, **query: str) -> Any:
        return self.ask(login, path, **query).raise_for_status().json()

    def items(self, login: str, path: str, **query: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.read(login, path, limit="500", **query, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page.get("next")
        return found

    def cycle(self) -> dict[str, Any]:
        """The cycle of the quarter."""
        cycles = self.items(self.company.named("方晴"), "/v1/appraisal/cycles")
        return next(cycle for cycle in cycles if cycle["code"] == PERIOD)

    def run(self) -> dict[str, Any]:
        """The bonus run of the quarter."""
        runs = self.items(self.company.named("秦国栋"), "/v1/incentive/runs")
        return next(run for run in runs if run["period"] == PERIOD)

    @contextmanager
    def stopped(self, *names: str) -> Iterator[None]:
        """Processes that do not answer for a while, such as "org-api"."""
        pids = [int((self.data / "run" / name).read_text(encoding="utf-8").split()[0]) for name in names]
        family = [each for pid in pids for each in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))]
        for each in family:
            each.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for each in family:
                each.send_signal(signal.SIGCONT)
