"""The codec between frozen domain values and JSON: exact, strict, and with a pointer to what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ValidationError

from services.kit.database.codec import Codec, Exact, Unreadable, domain_refusal
from services.kit.errors import FieldError, Invalid, Text
from services.kit.periods import Period, PeriodReversed


class TooHeavy(Invalid):
    """A weight above 100."""


@dataclass(frozen=True)
class Linear:
    """A rule."""

    step: Decimal
    kind: Literal["linear"] = "linear"


@dataclass(frozen=True)
class Banded:
    """Another."""

    floor: int
    kind: Literal["banded"] = "banded"


@dataclass(frozen=True)
class Item:
    """A part."""

    name: Text
    weight: Decimal
    rule: Linear | Banded

    def __post_init__(self) -> None:
        if self.weight > 100:
            raise TooHeavy(field_errors=[FieldError("/weight", str(self.weight), Text("至多 100", "at most 100"))])


@dataclass(frozen=True)
class Plan:
    """The whole."""

    items: tuple[Item, ...]
    valid: Period
    mean: Fraction
    rates: Mapping[str, Decimal]
    starts_on: date | None = None


PLANS: Codec[Plan] = Codec(Plan)
PLAN = Plan(
    (Item(Text("甲", "A"), Decimal("40.50"), Linear(Decimal("1E+2"))), Item(Text("乙", "B"), Decimal(1), Banded(3))),
    Period.closed(date(2026, 1, 1), date(2026, 3, 31)),
    Fraction(7, 3),
    {"x": Decimal("0.10")},
)


def test_a_value_is_written_exactly_and_comes_back_equal() -> None:
    body = PLANS.dump(PLAN)
    assert body["items"][0] == {
        "name": {"zh": "甲", "en": "A"},
        "weight": "40.50",
        "rule": {"step": "100", "kind": "linear"},
    }
    assert body["valid"] == {"valid_from": "2026-01-01", "valid_to": "2026-03-31"}
    assert (body["mean"], body["rates"]) == ("7/3", {"x": "0.10"})
    assert PLANS.load(body) == PLAN


def changed(path: str, value: object) -> Any:
    body = PLANS.dump(PLAN)
    place = body
    *way, last = [int(part) if part.isdecimal() else part for part in path.split("/")]
    for part in way:
        place = place[part]
    place[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        ("items/0/weight", 40.5, "/plan/items/0/weight"),
        ("items/0/weight", 40, "/plan/items/0/weight"),
        ("items/0/weight", "4e1", "/plan/items/0/weight"),
        ("items/0/rule/step", "NaN", "/plan/items/0/rule/step"),
        ("items/1/rule/floor", "3", "/plan/items/1/rule/floor"),
        ("items/1/rule/floor", True, "/plan/items/1/rule/floor"),
        ("items/1/rule/kind", "other", "/plan/items/1/rule"),
        ("items/1/rule/extra", 1, "/plan/items/1/rule/extra"),
        ("items/0/name", "甲", "/plan/items/0/name"),
        ("items/0/name/zh", None, "/plan/items/0/name"),
        ("valid/valid_from", 0, "/plan/valid"),
        ("valid/valid_from", None, "/plan/valid"),
        ("valid/since", "2026-01-01", "/plan/valid"),
        ("valid", "2026-01-01", "/plan/valid"),
        ("starts_on", 0, "/plan/starts_on"),
        ("mean", "1/0", "/plan/mean"),
        ("mean", 0.5, "/plan/mean"),
    ],
)
def test_data_of_another_shape_is_refused_with_a_pointer(path: str, value: object, pointer: str) -> None:
    with pytest.raises(Unreadable) as refused:
        PLANS.load(changed(path, value), "/plan")
    assert [fault.pointer for fault in refused.value.field_errors] == [pointer]


def test_what_a_value_itself_refuses_keeps_its_error_and_says_where() -> None:
    with pytest.raises(TooHeavy) as refused:
        PLANS.load(changed("items/1/weight", "101"), "/plan")
    assert [fault.pointer for fault in refused.value.field_errors] == ["/plan/items/1/weight"]
    with pytest.raises(PeriodReversed) as reversed_:
        PLANS.load(changed("valid/valid_to", "2025-12-31"))
    assert [fault.pointer for fault in reversed_.value.field_errors] == ["/valid/valid_to"]


def test_a_text_may_be_named() -> None:
    known = Text("已知", "known")
    assert PLANS.load(changed("items/0/name", "known"), texts={"known": known}).items[0].name == known


def test_in_a_model_the_value_is_read_as_strictly_and_its_shape_is_shown() -> None:
    class Body(BaseModel):
        plan: Annotated[Plan, Exact()]

    data = {"plan": changed("items/1/weight", "101")}
    assert Body.model_validate({"plan": PLANS.dump(PLAN)}).plan == PLAN
    with pytest.raises(ValidationError) as wrong:
        Body.model_validate(data)
    refused = domain_refusal(wrong.value.errors(), data)
    assert isinstance(refused, TooHeavy)
    assert [fault.pointer for fault in refused.field_errors] == ["/plan/items/1/weight"]
    shape = Body.model_json_schema()["$defs"]["Item"]
    assert shape["required"] == ["name", "weight", "rule"]
    assert shape["properties"]["rule"]["discriminator"]["propertyName"] == "kind"
    assert shape["additionalProperties"] is False
