"""Everything that anybody but the raters can see of a cycle over HTTP, for tests of anonymity (APR-10).

Every answer to every GET and to attempts that are refused, headers and files included, by viewer; what the trail and
other systems are told; and what the service counts.
"""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx2
from sqlalchemy import text

from services.kit.identity import Role
from tests.builders.appraisal import BASE, Person, Quarter

_SERVICE: Final = Path(__file__).parents[3] / "services" / "appraisal"
PATHS: Final[dict[str, dict[str, Any]]] = json.loads((_SERVICE / "openapi.json").read_text(encoding="utf-8"))["paths"]
"""The operations of the service."""
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HASH: Final = re.compile(r"\b(?:[0-9a-f]{64}|[0-9a-f]{16})\b")  # of what is answered: short ones are entity tags
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+Z]+")
_TRACE: Final = re.compile(r'"trace_id":\s*"[^"]*"')
_TEXTUAL: Final = ("json", "text", "svg")
_NEW_IN_EVERY_ANSWER: Final = ("x-request-id", "traceparent", "content-length")
_READING: Final = "access.refused"  # the trail of the onlookers themselves
_NO_CYCLE: Final = (
    "indicator",
    "scheme",
    "scoring_rules",
    "templates",
    "alert_rules",
    "work_standards",
    "subscriptions",
    "exports/indicators",
    "exports/schemes",
    "incident_policy",
    "supplier_policies",
    "suppliers",
)
"""The library and the like, which hold nothing of any cycle."""
_REFUSED: Final = ("403", "404")
_DRAWN: Final = (".svg", ".xlsx")  # from what the report of the same name answers
TOLD: Final = text("SELECT type, subject, data, at FROM event ORDER BY id")
SUBJECTS: Final = ("E101", "E201")
"""One whose two peers are too few to count, and one whose four peers count as a group."""


def viewers(quarter: Quarter) -> dict[str, Person]:
    """The subjects, everybody above, HR, an auditor, the administrator, a stranger; not the raters themselves."""
    company = quarter.company
    return {
        "subject": company["E101"],
        "manager": company.head,
        "other subject": company["E201"],
        "other manager": company.other_head,
        "skip": company.chief,
        "hr": company.hr,
        "auditor": Person("A1", company.group, "X", roles=(Role.AUDITOR,)),
        "administrator": Person("A2", company.group, "X", roles=(Role.ADMINISTRATOR,)),
    }


async def everything(
    quarter: Quarter, raters: Sequence[str], *, but: Sequence[str] = (), before: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Every answer about cycles to every GET of the API, for every viewer ``but`` some, over all ids that anybody could
    know, and to attempts at others' rating forms; what is told.

    What was refused to a viewer ``before`` stays refused, and is not asked for again.
    """
    addresses = await _addresses(quarter, raters)
    seen: dict[str, str] = {}
    for name, who in viewers(quarter).items():
        if name in but:
            continue
        client = quarter.api(who.caller)
        for address in addresses:
            known = (before or {}).get(f"{name} {address}", "")
            again = known if known.startswith(_REFUSED) else _written(await client.get(address))
            seen[f"{name} {address}"] = again
        for address in (f"{BASE}/rating_forms/{rater}" for rater in raters):
            for attempt in (
                client.post(f"{address}/submit", json={"ratings": {"Q1": "1", "Q2": "1"}}),
                client.put(f"{address}/draft", json={"ratings": {"Q1": "1"}}),
                client.post(f"{address}/return", json={"reason": "x"}),
            ):
                answer = await attempt
                assert answer.is_client_error, f"{name} {address}: {answer.text}"
                seen[f"{name} {answer.request.method} {answer.request.url.path}"] = _written(answer)
    seen["auditor trail"] = await _trail(quarter)
    async with quarter.sessions.read() as session:
        seen["subscriber events"] = "\n".join(str(tuple(row)) for row in await session.execute(TOLD))
    assert sum(answer.startswith("200") for answer in seen.values()) > 100
    return seen


async def figures(quarter: Quarter) -> str:
    """The metrics of the service, as an operator sees them."""
    counted = (await quarter.api.stranger().get("/metrics")).text
    return "\n".join(line for line in counted.splitlines() if 'route="/metrics"' not in line)


async def _addresses(quarter: Quarter, raters: Sequence[str]) -> list[str]:
    forms, results = await quarter.forms(), await quarter.results()
    units = {code: str(unit.id) for code, unit in (("D12", quarter.company.sales), ("D17", quarter.company.brand))}
    ids: dict[str, Sequence[str]] = {
        "cycle_id": [quarter.cycle_id],
        "form_id": [forms[code]["id"] for code in SUBJECTS],
        "result_id": [results[code]["id"] for code in SUBJECTS if code in results],
        "rating_form_id": raters,
        "unit_id": list(units.values()),
        "indicator": ["X01"],
        "as_of": ["2026-03-31"],
    }
    addresses = []
    for path, operations in PATHS.items():
        if "get" not in operations or not path.startswith(BASE) or "audit" in path or path.endswith(_DRAWN):
            continue
        if path.removeprefix(f"{BASE}/").startswith(_NO_CYCLE):
            continue
        asked = [each["name"] for each in operations["get"].get("parameters", ()) if _asks(each)]
        query = "&".join(f"{name}={{{name}}}" for name in asked)
        addresses += _filled(f"{path}?{query}" if query else path, ids)
    return addresses


def _asks(parameter: Mapping[str, Any]) -> bool:
    """Whether it is asked for what a cycle is about: by a parameter that is needed, or that narrows it to the cycle."""
    return parameter["in"] == "query" and (parameter.get("required", False) or parameter["name"] == "cycle_id")


def _filled(path: str, ids: Mapping[str, Sequence[str]]) -> list[str]:
    """The path with all known ids filled in; None if it needs others."""
    wanted = re.findall(r"\{(\w+)\}", path)
    if any(name not in ids for name in wanted):
        return []
    addresses = [path]
    for name in wanted:
        addresses = [address.replace(f"{{{name}}}", each) for address in addresses for each in ids[name]]
    return addresses


def _written(answer: httpx2.Response) -> str:
    """An answer whole, but for what is new in every one."""
    headers = {name: value for name, value in answer.headers.items() if name not in _NEW_IN_EVERY_ANSWER}
    kind = headers.get("content-type", "text")
    body = answer.text if any(each in kind for each in _TEXTUAL) else sha256(answer.content).hexdigest()
    return f"{answer.status_code} {_TRACE.sub('', body)} {headers}"


async def _trail(quarter: Quarter) -> str:
    auditor = viewers(quarter)["auditor"]
    lines = (await quarter.get(auditor, "audit_entries/all")).text.splitlines()
    return "\n".join(line for line in lines[:-1] if _READING not in line)


def of_cycle(seen: Mapping[str, str], cycle_id: str, code: str) -> dict[str, str]:
    """What is about one cycle, with names in place of ids, hashes and times, so that two cycles can be compared."""
    names: dict[str, str] = {cycle_id: "this"}

    def name(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"id{len(names)}")

    found = {}
    for key, answer in seen.items():
        if not any(part in key for part in (cycle_id, "/results/", "/forms/", "/rating_forms/")):
            continue
        recorded = _unordered(answer) if "/raters" in key else answer  # raters are listed by random ids
        found[_UUID.sub(name, key)] = _UUID.sub(name, _HASH.sub("hash", _TIME.sub("time", recorded)))
    return {key: answer.replace(code, "code") for key, answer in found.items()}


def _unordered(answer: str) -> str:
    """A list of raters by name, without ids."""
    status, _, rest = answer.partition(" ")
    body = json.JSONDecoder().raw_decode(rest)[0]
    facts = ("subject_code", "rater_number", "relation", "state")
    lines = [[str(item[fact]) for fact in facts] for item in body.get("items", [])]
    return f"{status} {sorted(lines)}"
