"""What several routes ask and answer alike: the day asked for, short references, spans of days."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends, Query

from services.kit.database import period
from services.kit.errors import FieldError, Invalid, Text
from services.kit.fields import Id, Model, Prose
from services.kit.web import Today


async def _as_of(
    today: Today, as_of: Annotated[date | None, Query(description="the day asked about; today if left out")] = None
) -> date:
    return as_of or today


AsOf = Annotated[date, Depends(_as_of)]


async def _machine_now() -> datetime:
    return datetime.now(UTC)


MachineNow = Annotated[datetime, Depends(_machine_now)]
"""The machine's clock, by which tokens live; business time is kit.web.Now."""


class NotNullable(Invalid):
    """A field was set to null that always has a value; leave it out to keep it."""

    code = "not_nullable"
    zh = "部分字段不能为空。"
    en = "Some fields cannot be null."


def changes_of(body: Model, *, besides: Collection[str] = (), nullable: Collection[str] = ()) -> dict[str, object]:
    """The fields that an edit sets, without those ``besides``.

    Raises:
        NotNullable: one that is not ``nullable`` is set to null.
    """
    changes = {name: getattr(body, name) for name in body.model_fields_set if name not in besides}
    nulls = [name for name, value in changes.items() if value is None and name not in nullable]
    if nulls:
        expected = Text("一个值；不修改时请省略该字段", "a value; leave the field out to keep it")
        raise NotNullable(field_errors=[FieldError(f"/{name}", None, expected) for name in sorted(nulls)])
    return changes


class Words(Model):
    """One thing said in Chinese and in English."""

    zh: str
    en: str


class Days(Model):
    """A span of days, both ends included; ``last_day`` null means for ever."""

    first_day: date
    last_day: date | None


class Bilingual(Model):
    """A text in both languages."""

    zh: Prose
    en: Prose

    @property
    def text(self) -> Text:
        """The same for the domain."""
        return Text(self.zh, self.en)


class PersonRef(Model):
    """A person, shortly."""

    id: Id
    number: str
    name: str


class PositionRef(Model):
    """A position, shortly."""

    id: Id
    code: str


class UnitRef(Model):
    """A unit, shortly."""

    id: Id
    code: str
    name: str


class Seats(Model):
    """Seats, people in their main seat there, free seats, people beyond the seats."""

    headcount: int
    held: int
    vacant: int
    over: int


class Made(Model):
    """The id of what was made."""

    id: Id


def days_of(stored: Any) -> Days:
    """The span that a column holds."""
    valid = period(stored)
    return Days(first_day=valid.start, last_day=valid.last)


def words(said: Text) -> Words:
    """A text in both languages."""
    return Words(zh=said.zh, en=said.en)


def person_ref(row: object) -> PersonRef:
    """A person, shortly."""
    return PersonRef.model_validate(row)


def position_ref(row: object) -> PositionRef:
    """A position, shortly."""
    return PositionRef.model_validate(row)
