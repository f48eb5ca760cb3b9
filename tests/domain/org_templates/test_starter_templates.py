"""The starter templates are whole: every template, in both languages, with nothing that leads nowhere (ORG-11)."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from services.kit.database.codec import Codec, plain
from services.kit.yaml_files import read_yaml
from services.org.documents.domain.role_document import (
    DutyKind,
    Education,
    RoleDocument,
    SubjectKind,
    texts,
)
from services.org.documents.domain.role_document_completeness import demand_complete
from services.org.documents.domain.work_standard import AroundEvent, DayOfPeriod, OnWeekdays, TimeUnit, Weekday
from services.org.templates.domain.templates import Group, Template, TemplateUnknown
from services.org.templates.store.templates import ROOT, starter_templates

pytestmark = pytest.mark.req("ORG-11")

LIBRARY = starter_templates()
ENTRIES = pytest.mark.parametrize("entry", LIBRARY.entries, ids=lambda entry: entry.code)
FILES = sorted(ROOT.rglob("*.yaml"))
NO_MARKS = "，。；：！？、（）“”…"


def test_it_has_thirteen_charters_seven_positions_the_organisation_and_the_deputy_head() -> None:
    assert Counter(entry.group for entry in LIBRARY.entries) == {
        Group.DEPARTMENTS: 13,
        Group.DEPARTMENT_OF_SEVEN: 7,
        Group.MARKETING_ORGANISATION: 32,
        Group.LEADERSHIP: 1,
    }


@ENTRIES
def test_an_entry_is_complete_enough_to_be_submitted(entry: Template) -> None:
    demand_complete(entry.document)
    expected = SubjectKind.UNIT if entry.group is Group.DEPARTMENTS else SubjectKind.POSITION
    assert entry.document.subject is expected
    assert (entry.position is None) is (expected is SubjectKind.UNIT)


@ENTRIES
def test_an_entry_speaks_chinese_and_english_everywhere(entry: Template) -> None:
    for pointer, text in texts(entry.document):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text.zh) or text.zh in {"%"}, pointer
        assert text.en.strip(), pointer
        assert not any("\u4e00" <= sign <= "\u9fff" or sign in NO_MARKS for sign in text.en), pointer


@ENTRIES
def test_an_entry_has_duties_of_every_kind_standards_and_an_appraisal_guide(entry: Template) -> None:
    document = entry.document
    assert {duty.kind for duty in document.duties} == set(DutyKind)
    standards = [standard for duty in document.duties for standard in duty.standards]
    assert len(standards) >= 2
    assert any(standard.value is not None for standard in standards) or entry.position is not None
    assert document.qualification is not None
    assert document.qualification.abilities
    assert document.competencies
    assert document.appraisal is not None
    assert document.appraisal.indicators


@ENTRIES
def test_an_entry_numbers_its_duties_without_gaps_and_says_none_twice(entry: Template) -> None:
    duties = entry.document.duties
    assert [duty.code for duty in duties] == [f"D{number:02}" for number in range(1, len(duties) + 1)]
    assert len({duty.text.zh for duty in duties}) == len({duty.text.en for duty in duties}) == len(duties)


@ENTRIES
def test_an_entry_can_be_stored_as_a_draft_and_read_again(entry: Template) -> None:
    assert Codec(RoleDocument).load(Codec(RoleDocument).dump(entry.document)) == entry.document


def test_titles_and_purposes_are_not_shared() -> None:
    for half in ("zh", "en"):
        titles = Counter((entry.group, getattr(entry.document.title, half)) for entry in LIBRARY.entries)
        assert titles.most_common(1)[0][1] == 1
        purposes = Counter(getattr(entry.document.purpose, half) for entry in LIBRARY.entries)
        assert purposes.most_common(1)[0][1] == 1


def test_the_indicators_listed_are_those_that_entries_name_and_every_name_differs() -> None:
    used = {
        item.code
        for entry in LIBRARY.entries
        if entry.document.appraisal is not None
        for item in entry.document.appraisal.indicators
    }
    assert {indicator.code for indicator in LIBRARY.indicators} == used
    assert len({indicator.name.zh for indicator in LIBRARY.indicators}) == len(LIBRARY.indicators)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_says_the_same_key_twice(path: Path) -> None:
    yaml.load(path.read_text(encoding="utf-8"), _Strict)  # noqa: S506 - a safe loader, only stricter


class _Strict(yaml.SafeLoader):
    """Refuses what YAML would silently let the last of two win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002 - the library's signature
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"{node.start_mark}"
        return dict(super().construct_mapping(node, deep))


def test_every_shared_word_and_competency_is_used() -> None:
    texts_of_entries = "\n".join(path.read_text(encoding="utf-8") for path in FILES if path.parent != ROOT)
    words = read_yaml(ROOT / "words.yaml")
    unused = [word for word in words if not re.search(rf"[\s\[]{word}[\s,\]}}]", texts_of_entries)]
    assert unused == []
    competencies = read_yaml(ROOT / "competencies.yaml")
    named = {item.code for entry in LIBRARY.entries for item in entry.document.competencies}
    assert {item["code"] for item in competencies} == named


def test_the_figures_of_the_seven_positions_carried_over() -> None:
    manager = LIBRARY.entry("seven_manager").document
    figures = {(s.metric.en, str(s.value)) for duty in manager.duties for s in duty.standards if s.value is not None}
    assert {("event attendance", "80"), ("event spend against budget", "95")} <= figures
    spans = {
        (s.deadline.amount, s.deadline.measure, s.deadline.side)
        for code in ("seven_manager", "seven_planning_specialist", "seven_brand_specialist")
        for duty in LIBRARY.entry(code).document.duties
        for s in duty.standards
        if isinstance(s.deadline, AroundEvent)
    }
    assert {
        (30, TimeUnit.CALENDAR_DAYS, "before"),
        (15, TimeUnit.CALENDAR_DAYS, "before"),
        (7, TimeUnit.WORKING_DAYS, "after"),
        (3, TimeUnit.WORKING_DAYS, "after"),
        (24, TimeUnit.HOURS, "after"),
    } <= spans
    brand = [s.deadline for duty in LIBRARY.entry("seven_brand_specialist").document.duties for s in duty.standards]
    assert any(isinstance(deadline, DayOfPeriod) and deadline.nth == 5 for deadline in brand)
    assert OnWeekdays((Weekday.TUESDAY, Weekday.THURSDAY, Weekday.SATURDAY)) in brand


def test_the_deputy_head_brings_eight_years_three_of_them_managing() -> None:
    document = LIBRARY.entry("deputy_head_of_marketing").document
    assert document.qualification is not None
    assert (document.qualification.years, document.qualification.years_managing) == (8, 3)
    assert document.qualification.education is Education.BACHELOR
    assert str(document.authorities[0].limit) == "1000000"


def test_a_charter_is_appraised_each_quarter_by_the_director_and_hr() -> None:
    for entry in LIBRARY.entries:
        if entry.group is Group.DEPARTMENTS:
            guide = entry.document.appraisal
            assert guide is not None
            assert [frequency.value for frequency in guide.frequencies] == ["quarter"]
            assert [body.en for body in guide.evaluators] == ["marketing director", "human resources"]
            assert entry.document.qualification is not None
            assert entry.document.qualification.years == 3


def test_applying_a_bundle_brings_its_charter_and_its_positions_superiors_first() -> None:
    parts = LIBRARY.parts("department_of_seven")
    assert parts.charter is not None
    assert parts.charter.code == "charter_marketing"
    assert len(parts.positions) == 7
    for bundle in LIBRARY.bundles:
        made: list[str] = []
        for position in LIBRARY.parts(bundle.code).positions:
            assert position.position is not None
            superior = position.position.reports_to
            assert superior in made or superior not in bundle.positions
            made.append(position.code)


def test_applying_an_entry_brings_just_that() -> None:
    charter = LIBRARY.parts("charter_sales")
    assert (charter.charter, charter.positions) == (LIBRARY.entry("charter_sales"), ())
    position = LIBRARY.parts("deputy_head_of_marketing")
    assert (position.charter, position.positions) == (None, (LIBRARY.entry("deputy_head_of_marketing"),))


def test_what_is_not_in_the_library_is_named() -> None:
    with pytest.raises(TemplateUnknown, match="charter_of_dreams"):
        LIBRARY.parts("charter_of_dreams")


@pytest.mark.req("ORG-10")
def test_the_ladder_of_marketing_has_two_tracks_with_criteria_and_effects() -> None:
    ladder = next(ladder for ladder in LIBRARY.ladders if ladder.code == "marketing")
    management = [step.code for step in ladder.steps if step.track == "management"]
    assert management == ["deputy_head", "head", "director", "vice_president"]
    assert [step.code for step in ladder.steps if step.track == "professional"] == [
        "specialist",
        "senior_specialist",
        "expert",
    ]
    assert [step.code for step in ladder.equals("expert")] == ["director"]
    head = plain(ladder.step("head"))
    assert {"kind": "pay", "fixed_pay_percent": "30", "bonus_base_percent": "50"} in head["effects"]
    budget = {"kind": "authority", "authority_type": "yearly_budget_approval", "before": "1000000", "limit": "5000000"}
    assert budget in head["effects"]
    assert head["criteria"][1] == {"measure": "annual_attainment", "comparator": "at_least", "value": "120"}


def test_every_text_of_ladders_and_bundles_is_in_both_languages() -> None:
    for thing in (*LIBRARY.ladders, *LIBRARY.bundles, *LIBRARY.indicators):
        assert all(text.zh and text.en for _, text in texts(thing))
