"""What an import leaves behind: a line of the trail and news for every record that it made or changed (ORG-14).

The news are those that the same changes would have been, had somebody made them one by one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from services.kit.audit import AuditEntry, record_all
from services.kit.bulk import json_text
from services.kit.codec import plain
from services.kit.events import EventDraft, publish_all
from services.kit.periods import Period
from services.kit.timeline import Version
from services.kit.unit_of_work import UnitOfWork
from services.org.exchange.domain.assignment_import import Held
from services.org.exchange.domain.people_import import Person

Told = Iterator[tuple[str, dict[str, object]]]


class Change(NamedTuple):
    """A record that an import made (``was`` None) or changed. ``code`` where the record does not name it itself."""

    resource: str
    id: UUID
    was: Any
    now: Any
    code: str | None = None


async def leave_all(uow: UnitOfWork, *, import_id: UUID, changes: Callable[[], Iterable[Change]]) -> None:
    """Record and report ``changes``, which are asked for twice and best made on the way: there may be very many."""
    entries = (_deed(change, import_id) for change in changes())
    await record_all(uow.session, caller=uow.caller, entries=entries, now=uow.now)
    await publish_all(uow.session, news=(news for change in changes() for news in _news(change)), now=uow.now)


def _deed(change: Change, import_id: UUID) -> AuditEntry:
    after = {"import_id": import_id, "is": _plain(change.now)}
    if change.code is not None:
        after["code"] = change.code
    before = None if change.was is None else json_text({"was": _plain(change.was)})
    return AuditEntry(f"org.{change.resource}.imported", change.resource, change.id, before, json_text(after))


def _plain(record: object) -> object:
    """What ``plain`` makes of a record, as far as ``json_text`` does not do the same by itself, and faster."""
    if isinstance(record, Held):
        return {**vars(record), "valid": _days(record.valid)}
    if isinstance(record, Person):
        jobs = [{**vars(job), "valid": _days(job.valid)} for job in record.employments]
        return {**vars(record), "employments": jobs}
    return plain(record)


def _days(period: Period) -> dict[str, object]:
    return {"valid_from": period.start, "valid_to": period.last}


def _news(change: Change) -> Iterator[EventDraft]:
    for type_, days in _NEWS[change.resource](change.was, change.now):
        data = {f"{change.resource}_id": change.id, **days}
        about = (
            ("employee", change.now.employee_id) if change.resource == "assignment" else (change.resource, change.id)
        )
        yield EventDraft(type_, f"{about[0]}/{about[1]}", json_text(data))


def _timeline_news(noun: str, was: Sequence[Version[Any]] | None, now: Sequence[Version[Any]]) -> Told:
    end, last_day = now[-1].valid.end, now[-1].valid.last
    closes = end is not None and (not was or was[-1].valid.end != end)
    before = {(version.valid.start, version.facts) for version in was or () if end is None or version.valid.start < end}
    differing = before ^ {(version.valid.start, version.facts) for version in now}
    if differing or not closes:
        starts = [start for start, _ in differing] or [version.valid.start for version in now]
        yield f"org.{noun}.changed", {"valid_from": min(starts)}
    if closes:
        yield f"org.{noun}.closed", {"last_day": last_day}


def _employee_news(was: Person | None, now: Person) -> Told:
    before = {job.valid.start: job for job in was.employments} if was else {}
    corrected = was is not None and (was.name, was.email) != (now.name, now.email)
    for job in now.employments:
        known = before.get(job.valid.start)
        if known is None:
            yield "org.employee.hired", {"hired_on": job.valid.start}
        if job.valid.end is not None and (known is None or known.valid.end != job.valid.end):
            yield "org.employee.terminated", {"last_day": job.valid.last}
        elif known is not None and known != job:
            corrected = True
    if corrected:
        yield "org.employee.changed", {}


def _assignment_news(was: Held | None, now: Held) -> Told:
    days = {"valid_from": now.valid.start, "valid_to": now.valid.last}
    verb = "created" if was is None else "ended" if _is_shorter(was.valid, now.valid) else "changed"
    yield f"org.assignment.{verb}", {"employee_id": now.employee_id, "position_id": now.position_id, **days}


def _is_shorter(was: Period, now: Period) -> bool:
    return was != now and was.start == now.start and was.overlap(now) == now


_NEWS: Mapping[str, Callable[[Any, Any], Told]] = {
    "unit": partial(_timeline_news, "unit"),
    "position": partial(_timeline_news, "position"),
    "employee": _employee_news,
    "assignment": _assignment_news,
}
