"""What an import leaves behind: a line of the trail and events for every record that it made or changed (ORG-14).

The events are those that the same changes would have caused if made one by one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from services.kit.audit.trail import AuditEntry, record_all
from services.kit.database.bulk import json_text
from services.kit.database.codec import plain
from services.kit.events.outbox import EventDraft, publish_all
from services.kit.timeline import Version
from services.kit.work.unit_of_work import UnitOfWork
from services.org.exchange.domain.people_import import Person
from services.org.people.domain.employment import Employment
from services.org.people.usecases import careers

Events = Iterable[tuple[str, Mapping[str, object]]]


class Change(NamedTuple):
    """A record that an import made (``was`` None) or changed, and its events; ``subject`` is what they are about."""

    resource: str
    id: UUID
    was: object
    now: object
    events: Events
    subject: str
    code: str | None = None


class PersonChange(NamedTuple):
    """A person whom an import made (``was`` None) or changed, and what became of the assignments."""

    was: Person | None
    now: Person
    assignments: Sequence[careers.Change]

    @classmethod
    def of(cls, was: Person | None, now: Person) -> "PersonChange":
        """What differs."""
        before = was.career.assignments if was else ()
        return cls(was, now, list(careers.changed(before, now.career.assignments)))

    def records(self) -> Iterator[Change]:
        """The person and then each assignment that differs."""
        was, now, employee_id = self.was, self.now, self.now.career.employee_id
        subject = f"employee/{employee_id}"
        if was is None or was.facts != now.facts:
            before = None if was is None else _person(was)
            yield Change("employee", employee_id, before, _person(now), _employee_events(was, now), subject)
        for each in self.assignments:
            event = f"org.assignment.{each.verb}", careers.event_data(employee_id, each.either)
            after = {"employee_id": employee_id, **(each.after or {})}
            yield Change("assignment", each.either.id, each.before, after, [event], subject)


def timeline_change(
    noun: str, row_id: UUID, was: Sequence[Version[Any]] | None, now: Sequence[Version[Any]], code: str | None
) -> Change:
    """A unit or position that an import made or changed; ``code`` where it is new."""
    events = _timeline_events(noun, was, now)
    return Change(noun, row_id, None if was is None else plain(was), plain(now), events, f"{noun}/{row_id}", code)


async def record_changes(uow: UnitOfWork, *, import_id: UUID, changes: Callable[[], Iterable[Change]]) -> None:
    """Record and report ``changes``, which are asked for twice and best made on the way: there may be very many."""
    entries = (_entry(change, import_id) for change in changes())
    await record_all(uow.session, caller=uow.caller, entries=entries, now=uow.now)
    await publish_all(uow.session, news=(event for change in changes() for event in _drafts(change)), now=uow.now)


def _entry(change: Change, import_id: UUID) -> AuditEntry:
    after = {"import_id": import_id, "is": change.now}
    if change.code is not None:
        after["code"] = change.code
    before = None if change.was is None else json_text({"was": change.was})
    return AuditEntry(f"org.{change.resource}.imported", change.resource, change.id, before, json_text(after))


def _drafts(change: Change) -> Iterator[EventDraft]:
    for type_, data in change.events:
        yield EventDraft(type_, change.subject, json_text({f"{change.resource}_id": change.id, **data}))


def _person(person: Person) -> dict[str, object]:
    employments = [_employment(each) for each in person.career.employments]
    return {"number": person.number, "name": person.name, "email": person.email, "employments": employments}


def _employment(said: Employment) -> dict[str, object]:
    return {
        "valid": {"valid_from": said.valid.start, "valid_to": said.valid.last},
        "probation_until": said.probation_until,
        "termination_reason": said.termination_reason,
    }


def _timeline_events(noun: str, was: Sequence[Version[Any]] | None, now: Sequence[Version[Any]]) -> Events:
    end, last_day = now[-1].valid.end, now[-1].valid.last
    closes = end is not None and (not was or was[-1].valid.end != end)
    before = {(version.valid.start, version.facts) for version in was or () if end is None or version.valid.start < end}
    differing = before ^ {(version.valid.start, version.facts) for version in now}
    if differing or not closes:
        starts = [start for start, _ in differing] or [version.valid.start for version in now]
        yield f"org.{noun}.changed", {"valid_from": min(starts)}
    if closes:
        yield f"org.{noun}.closed", {"last_day": last_day}


def _employee_events(was: Person | None, now: Person) -> Events:
    before = {each.valid.start: each for each in was.career.employments} if was else {}
    corrected = was is not None and (was.name, was.email) != (now.name, now.email)
    for each in now.career.employments:
        known = before.get(each.valid.start)
        if known is None:
            yield "org.employee.hired", {"hired_on": each.valid.start}
        was_until, until = known.valid.last if known else None, each.valid.last
        if until == was_until:
            corrected = corrected or (known is not None and known != each)
        elif until is None:
            yield "org.employee.termination_rescinded", {"last_day": was_until}
        elif was_until is not None and until > was_until:
            yield "org.employee.termination_rescheduled", {"last_day": until}
        else:
            yield "org.employee.terminated", {"last_day": until}
    if corrected:
        yield "org.employee.changed", {}
