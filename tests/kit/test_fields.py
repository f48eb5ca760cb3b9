"""JSON fields and problems: what is refused, and how the refusal is worded."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.kit import errors, problem
from services.kit.errors import DomainError, FieldError, Text
from services.kit.fields import (
    CodeText,
    Day,
    Label,
    Model,
    Moment,
    Money,
    Percent,
    PeriodLabel,
    PositiveMoney,
    Prose,
    Score,
    Weight,
)

pytestmark = pytest.mark.req("PLT-08")


class Sheet(Model):
    """All kinds of fields."""

    money: Money = Decimal(0)
    share: PositiveMoney = Decimal(0)
    score: Score = Decimal(0)
    weight: Weight = Decimal(0)
    percent: Percent = Decimal(0)
    label: Label = "x"
    prose: Prose = "x"
    code: CodeText = "x"
    period: PeriodLabel = "2026"


def test_a_day_that_a_person_enters_lies_within_living_memory_or_foresight() -> None:
    taken = TypeAdapter(Day)
    for day in ("1900-01-01", "8999-12-31"):
        assert str(taken.validate_python(day)) == day
    for day in ("1899-12-31", "9000-01-01"):
        with pytest.raises(ValidationError):
            taken.validate_python(day)


def test_a_moment_has_a_date_in_every_time_zone() -> None:
    taken = TypeAdapter(Moment)
    for moment in ("2000-01-01T00:00:00Z", "8999-12-31T23:59:59Z"):
        assert taken.validate_python(moment)
    for moment in ("1999-12-31T23:59:59Z", "9000-01-01T00:00:00Z"):
        with pytest.raises(ValidationError):
            taken.validate_python(moment)


@pytest.mark.parametrize(
    ("name", "value"),
    [("money", "-1.50"), ("share", "0"), ("score", "120"), ("score", "98.07"), ("weight", "33.3333"), ("percent", "-5"),
     ("label", "  市场部 "), ("prose", "一\n二"), ("code", "U-1.a_b"), ("period", "2026-Q1")],
)  # fmt: skip
def test_good_values_are_taken(name: str, value: str) -> None:
    assert Sheet.model_validate({name: value}).model_dump(mode="json")[name] == value.strip()


@pytest.mark.parametrize(
    ("name", "value"),
    [("money", 1.5), ("money", "1.505"), ("money", "1" * 17), ("money", None), ("money", True), ("money", "NaN"),
     ("share", "-0.01"), ("score", "120.01"), ("score", "-1"), ("weight", "100.0001"), ("weight", "101"),
     ("percent", "1.00001"), ("label", ""), ("label", "a\u0000"), ("label", "x" * 201), ("prose", "a\u0007"),
     ("code", "a b"), ("code", "编码"), ("code", "-a"), ("period", "2026-13x"), ("period", "26"), ("other", "1")],
)  # fmt: skip
def test_bad_values_are_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        Sheet.model_validate({name: value})
    [fault] = problem.field_errors_of([{**each, "loc": ("body", *each["loc"])} for each in refused.value.errors()])
    assert fault.pointer == f"/{name}"
    assert fault.expected.zh
    assert fault.expected.en
    assert not re.search(r"\{[a-z_]+\}", fault.expected.zh + fault.expected.en)  # a placeholder left unfilled


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=2))
def test_any_amount_leaves_as_text_and_comes_back_the_same(amount: Decimal) -> None:
    written = TypeAdapter(Money).dump_json(amount)
    assert written.startswith(b'"')
    assert TypeAdapter(Money).validate_json(written) == amount


def kinds(of: type[DomainError] = DomainError) -> list[type[DomainError]]:
    return [kind for child in of.__subclasses__() for kind in (child, *kinds(child))]


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind.__module__.startswith("services.")])
def test_every_error_has_a_status_a_code_and_two_languages(kind: type[DomainError]) -> None:
    assert 400 <= next((problem.STATUS[each] for each in kind.__mro__ if each in problem.STATUS), 500) <= 504
    assert kind.code == kind.code.lower()
    assert any("\u4e00" <= character <= "\u9fff" for character in kind.zh)
    assert kind.en.isascii() or "'" in kind.en


def test_statuses_are_those_of_the_nearest_kind() -> None:
    statuses = {errors.Malformed: 400, errors.NotFound: 404, errors.BadGateway: 502, errors.TimedOut: 504}
    for kind, status in statuses.items():
        assert problem.status_of(kind(service="org")) == status
    assert problem.status_of(DomainError()) == 500


@pytest.mark.parametrize(
    ("accept", "language"),
    [(None, "zh"), ("", "zh"), ("en", "en"), ("en-US,en;q=0.9,zh;q=0.8", "en"), ("zh-CN,en;q=0.9", "zh"),
     ("fr,en;q=0.3", "en"), ("fr", "zh"), ("en;q=0", "zh"), ("en;q=x", "zh"), ("zh;q=0.1,en;q=0.2", "en")],
)  # fmt: skip
def test_the_language_is_the_one_the_reader_prefers(accept: str | None, language: str) -> None:
    assert problem.language(accept) == language


def test_a_problem_says_when_to_come_back_and_who_must_sign_in() -> None:
    status, headers, body = problem.render(errors.Unavailable(retry_after=3), language="en", trace_id="t")
    assert (status, headers["Retry-After"]) == (503, "3")
    assert b'"trace_id": "t"' in body
    assert problem.render(errors.Unauthenticated(), language="zh", trace_id=None)[1]["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("name", ["password", "client_secret", "refresh_token"])
def test_secrets_are_never_repeated(name: str) -> None:
    fault = problem.field_error_of({"loc": ("body", name), "type": "string_too_short", "input": "hunter2", "ctx": {}})
    assert fault.found is None


@pytest.mark.req("PLT-08")
def test_what_is_possible_is_listed_in_the_language_of_the_reader() -> None:
    context = {"expected": "'general', 'major' or 'crisis'"}
    fault = problem.field_error_of({"loc": ("body", "level"), "type": "enum", "input": "2", "ctx": context})
    assert fault.expected.zh == "以下之一：general、major、crisis"
    assert fault.expected.en == "one of 'general', 'major' or 'crisis'"


def test_long_values_are_shortened_and_many_faults_cut_off() -> None:
    one = {"loc": ("body", "x"), "type": "string_type", "input": "y" * 1000}
    assert len(problem.field_error_of(one).found or "") == 80
    assert len(problem.field_errors_of([one] * 80)) == 50


def test_a_text_is_there_in_both_languages() -> None:
    text = Text("中", "en")
    assert (text.in_language("zh"), text.in_language("en")) == ("中", "en")
    assert FieldError("/a", None, text).expected is text
    assert str(uuid4()) not in str(DomainError(field_errors=[FieldError("/a", None, text)]))


@pytest.mark.parametrize("blank", ["\u200b", "\u2800", " \u3164 ", "\u2060\ufeff", "\u0301", "\n\u200d\n", "\uffa0"])
@pytest.mark.parametrize("kind", [Prose, Label])
def test_what_nobody_can_read_is_no_text(kind: type[str], blank: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(blank)
    assert refused.value.errors()[0]["type"] in {"nothing_to_read", "control_characters", "string_too_short"}


@pytest.mark.parametrize("text", ["是", "👍", "e\u0301", "与审批单\u200b不符", "x"])
def test_one_character_that_shows_is_enough(text: str) -> None:
    assert TypeAdapter(Prose).validate_python(text) == text
