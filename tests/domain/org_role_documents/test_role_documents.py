"""What a role document holds, refuses, and still lacks (ORG-03)."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.database.codec import Codec, Unreadable
from services.kit.errors import DomainError, Text
from services.org.authority.domain.authority_type import AuthorityType
from services.org.documents.domain.appraisal_guide import Frequency, KeyIndicator
from services.org.documents.domain.role_document import (
    Authority,
    Education,
    Qualification,
    Reporting,
    RoleDocument,
    RoleDocumentBroken,
    SubjectKind,
)
from services.org.documents.domain.role_document_completeness import RoleDocumentIncomplete, demand_complete
from services.org.documents.domain.work_standard import WorkStandard
from tests.domain.org_role_documents.building import PLANNER, PLANS, REPORTS, with_duties

pytestmark = pytest.mark.req("ORG-03")


CONTENT: Codec[RoleDocument] = Codec(RoleDocument)


def _pointers(refused: pytest.ExceptionInfo[DomainError]) -> set[str]:
    return {fault.pointer for fault in refused.value.field_errors}


def test_a_full_document_is_complete() -> None:
    demand_complete(PLANNER)


@pytest.mark.parametrize(
    ("build", "pointer"),
    [
        (lambda: with_duties(PLANS, PLANS), "/duties/1"),
        (lambda: with_duties(replace(PLANS, code="")), "/duties/0/code"),
        (lambda: with_duties(replace(PLANS, standards=(WorkStandard(PLANS.text),))), "/duties/0/standards/0"),
        (lambda: with_duties(*(replace(PLANS, code=f"D{n}") for n in range(101))), "/duties"),
        (lambda: with_duties(replace(PLANS, text=Text("甲" * 2001, "a"))), "/duties/0/text"),
        (lambda: replace(PLANNER, purpose=Text("空\x00字", "nul")), "/purpose"),
        (
            lambda: replace(PLANNER, authorities=(Authority(AuthorityType.CONTRACT, Decimal("-1")),)),
            "/authorities/0/limit",
        ),
        (lambda: replace(PLANNER, authorities=(Authority(AuthorityType.CONTRACT),) * 2), "/authorities/1"),
        (
            lambda: replace(PLANNER, authorities=(Authority(AuthorityType.STAFFING, Decimal("1.5")),)),
            "/authorities/0/limit",
        ),
        (
            lambda: replace(PLANNER, qualification=Qualification(Education.BACHELOR, 2, 3)),
            "/qualification/years_managing",
        ),
        (lambda: replace(PLANNER, qualification=Qualification(Education.BACHELOR, 99)), "/qualification/years"),
        (lambda: _appraised(indicators=(KeyIndicator("M04"),) * 2), "/appraisal/indicators/1"),
        (lambda: _appraised(indicators=(KeyIndicator("M04", value=Decimal(80)),)), "/appraisal/indicators/0/value"),
        (lambda: _appraised(frequencies=(Frequency.YEAR,) * 2), "/appraisal/frequencies/1"),
    ],
)
def test_a_document_that_does_not_hold_together_is_refused(build: Callable[[], RoleDocument], pointer: str) -> None:
    with pytest.raises(RoleDocumentBroken) as refused:
        build()
    assert pointer in _pointers(refused)


def _appraised(**changes: Any) -> RoleDocument:
    assert PLANNER.appraisal is not None
    return replace(PLANNER, appraisal=replace(PLANNER.appraisal, **changes))


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (with_duties(), "/duties"),
        (replace(PLANNER, reporting=Reporting()), "/reporting/superior"),
        (replace(PLANNER, qualification=None), "/qualification"),
        (replace(PLANNER, appraisal=None), "/appraisal"),
        (_appraised(evaluators=()), "/appraisal/evaluators"),
        (replace(PLANNER, purpose=Text("有中文", " ")), "/purpose/en"),
        (with_duties(replace(PLANS, text=Text("", "English only"))), "/duties/0/text/zh"),
    ],
)
def test_a_draft_may_have_gaps_that_are_named_when_it_is_submitted(document: RoleDocument, pointer: str) -> None:
    with pytest.raises(RoleDocumentIncomplete) as refused:
        demand_complete(document)
    assert pointer in _pointers(refused)


def test_a_unit_needs_no_superior_in_its_charter() -> None:
    demand_complete(replace(PLANNER, subject=SubjectKind.UNIT, reporting=Reporting()))


def test_the_core_duties_are_those_marked_so() -> None:
    assert PLANNER.core_duties == (PLANS, REPORTS)
    assert PLANNER.duty("D01") == PLANS
    assert PLANNER.duty("D99") is None


def test_a_document_comes_back_from_json_as_it_was() -> None:
    assert CONTENT.load(json.loads(CONTENT.text(PLANNER))) == PLANNER


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("colour",), "red", "/d/colour"),
        (("subject",), "robot", "/d/subject"),
        (("title",), {"zh": "只有中文"}, "/d/title"),
        (("title",), "plain text", "/d/title"),
        (("duties",), {}, "/d/duties"),
        (("duties", 0, "kind"), 3, "/d/duties/0/kind"),
        (("duties", 0, "standards", 0, "value"), 80.5, "/d/duties/0/standards/0/value"),
        (("duties", 0, "standards", 0, "value"), "8e1", "/d/duties/0/standards/0/value"),
        (("duties", 1, "standards", 0, "deadline", "kind"), "someday", "/d/duties/1/standards/0/deadline"),
        (("duties", 1, "standards", 0, "deadline", "amount"), True, "/d/duties/1/standards/0/deadline/amount"),
        (("qualification", "years_managing"), 9, "/d/qualification/years_managing"),
        (("qualification",), [], "/d/qualification"),
    ],
)
def test_reading_names_the_place_of_what_is_wrong(path: tuple[str | int, ...], value: object, pointer: str) -> None:
    data = CONTENT.dump(PLANNER)
    place = data
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    with pytest.raises(DomainError) as refused:
        CONTENT.load(data, "/d")
    assert pointer in _pointers(refused)


def test_a_missing_field_is_named() -> None:
    data = CONTENT.dump(PLANNER)
    del data["duties"][0]["text"]
    with pytest.raises(Unreadable) as refused:
        CONTENT.load(data)
    assert _pointers(refused) == {"/duties/0/text"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.sampled_from(sorted(CONTENT.dump(PLANNER))), json_values)
def test_whatever_stands_in_a_field_is_read_or_refused(name: str, value: object) -> None:
    with suppress(DomainError):
        assert isinstance(CONTENT.load(CONTENT.dump(PLANNER) | {name: value}), RoleDocument)


def test_the_schema_shows_every_field_and_every_kind_of_deadline() -> None:
    shape = CONTENT.schema()
    assert set(shape["properties"]) == set(CONTENT.dump(PLANNER))
    assert shape["required"] == ["subject", "title", "purpose"]
    standard = shape["$defs"]["WorkStandard"]["properties"]
    kinds = standard["deadline"]["anyOf"][0]["discriminator"]["mapping"]
    assert set(kinds) == {"around_event", "day_of_period", "on_weekdays", "each_period"}
    assert standard["value"]["anyOf"][0]["type"] == "string"
