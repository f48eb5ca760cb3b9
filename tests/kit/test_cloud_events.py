"""An event's form: the same bytes for the same event, and nothing else is taken for one."""

import json
from datetime import UTC, datetime

import pytest

from services.kit.events.outbox import CloudEvent, NotAnEvent

pytestmark = pytest.mark.req("PLT-05")

NOW = datetime(2026, 4, 21, 8, 30, tzinfo=UTC)


def test_the_same_event_is_always_the_same_bytes_and_reads_back() -> None:
    event = CloudEvent("1", "merit/kit", "kit.a.b", "a/1", NOW, {"b": "2", "a": "张"})
    assert event.as_json() == CloudEvent("1", "merit/kit", "kit.a.b", "a/1", NOW, {"a": "张", "b": "2"}).as_json()
    assert CloudEvent.from_json(json.loads(event.as_json())) == event


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "0.3"},
        {"id": ""},
        {"id": 1},
        {"source": "x" * 201},
        {"type": None},
        {"subject": None},
        {"time": "yesterday"},
        {"time": "2026-04-21T08:30:00"},
        {"data": "text"},
        {"data": None},
    ],
)
def test_what_is_not_a_cloud_event_is_refused_by_name(change: dict[str, object]) -> None:
    tree = json.loads(CloudEvent("1", "s", "t", "x", NOW, {}).as_json())
    with pytest.raises(NotAnEvent, match=next(iter(change))):
        CloudEvent.from_json({**tree, **change})
    with pytest.raises(NotAnEvent):
        CloudEvent.from_json([tree])
