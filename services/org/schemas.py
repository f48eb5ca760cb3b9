"""Common parameters and fields of several routes: days, short references, and the location of new records."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import Field

from services.kit.errors import FieldError, Invalid, Text
from services.kit.fields import Day, Id, Model, Prose
from services.kit.web.application import Today

_ID = "0195f3a2-6c1e-7d4b-9a30-5b1f0c2d7e88"


async def _as_of(
    today: Today,
    as_of: Annotated[Day | None, Query(description="Day of the answer; today by default.")] = None,
) -> date:
    return as_of or today


AsOf = Annotated[date, Depends(_as_of)]


async def _machine_now() -> datetime:
    return datetime.now(UTC)


MachineNow = Annotated[datetime, Depends(_machine_now)]
"""The machine's clock, by which tokens live; business time is kit.web.Now."""

EntityId = Annotated[Id, Field(description="Unique id.", examples=[_ID])]
UnitId = Annotated[Id, Field(description="Id of the unit.", examples=[_ID])]
PositionId = Annotated[Id, Field(description="Id of the position.", examples=[_ID])]
EmployeeId = Annotated[Id, Field(description="Id of the employee.", examples=[_ID])]
_FIRST = Field(description="First day on which it applies.", examples=["2026-01-01"])
_LAST = Field(description="Last day on which it applies, included; null if open-ended.", examples=["2026-12-31"])
ValidFrom = Annotated[Day, _FIRST]
ValidTo = Annotated[Day | None, _LAST]
AppliesFrom = Annotated[date, _FIRST]
"""``ValidFrom`` in an answer."""
AppliesTo = Annotated[date | None, _LAST]
"""``ValidTo`` in an answer."""
RevisionNumber = Annotated[
    int,
    Field(
        description="Revision, raised by every change; an edit sends it in `If-Match`, as given by the ETag.",
        examples=[3],
    ),
]
Search = Annotated[
    str | None, Query(min_length=1, max_length=100, description="Part of the name, in either language, or of the code.")
]
CodeFilter = Annotated[str | None, Query(max_length=64, description="Only the one with exactly this code.")]


class NotNullable(Invalid):
    """A field was set to null that always has a value; leave it out to keep it."""

    code = "not_nullable"
    zh = "部分字段不能为空，请按下列提示填写。"
    en = "Some fields cannot be null."


def changes_of(body: Model, *, besides: Collection[str] = (), nullable: Collection[str] = ()) -> dict[str, object]:
    """The fields that an edit sets, except ``besides``.

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

    zh: str = Field(description="Text in Chinese.", examples=["本人额度 50,000 元，足够"])
    en: str = Field(description="Text in English.", examples=["own limit 50,000 yuan suffices"])


class Bilingual(Model):
    """A text in both languages."""

    zh: Prose = Field(description="Text in Chinese.", examples=["销售经理"])
    en: Prose = Field(description="Text in English.", examples=["Sales manager"])

    @property
    def text(self) -> Text:
        """The same for the domain."""
        return Text(self.zh, self.en)


class PersonRef(Model):
    """A person in brief."""

    id: EmployeeId
    number: str = Field(description="Employee number.", examples=["E1001"])
    name: str = Field(description="Name.", examples=["李婷"])


class PositionRef(Model):
    """A position in brief."""

    id: PositionId
    code: str = Field(description="Code of the position.", examples=["SALES-MGR"])


class UnitRef(Model):
    """A unit in brief."""

    id: UnitId
    code: str = Field(description="Code of the unit.", examples=["SALES"])
    name: str = Field(description="Name of the unit, in Chinese.", examples=["销售部"])
    name_en: str = Field(description="Name of the unit, in English.", examples=["Sales"])


class Headcount(Model):
    """The headcount of positions, and the people in them."""

    headcount: int = Field(description="Number of people that the positions allow together.", examples=[12])
    filled: int = Field(description="Number of people whose main assignment is one of the positions.", examples=[11])
    vacant: int = Field(description="Number of vacancies, each position counted by itself.", examples=[2])
    over_headcount: int = Field(description="Number of people beyond the headcount of their position.", examples=[1])


def words(said: Text) -> Words:
    """A text in both languages."""
    return Words(zh=said.zh, en=said.en)


def person_ref(row: object) -> PersonRef:
    """A person in brief."""
    return PersonRef.model_validate(row)


def position_ref(row: object) -> PositionRef:
    """A position in brief."""
    return PositionRef.model_validate(row)
