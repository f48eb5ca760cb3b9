"""What results look like in the database is kept: other bytes are a new version of the rules (APR-11)."""

import json
from decimal import Decimal

import pytest

from services.appraisal.scoring.domain import replay
from services.appraisal.scoring.domain.decision import computed_part
from services.appraisal.scoring.domain.result import RULES, score_subject
from services.kit.explanation import canonical, digest, from_json
from tests.domain.appraisal import example
from tests.domain.kept import digests, kept

pytestmark = pytest.mark.req("APR-11")

KEPT = {
    1: {
        "computed.json": "6484e7fc2f5a748f9f37f6006d7ce6dfa46760659bf664bb7acf18066c4a148c",
        "corrected.json": "a9eee18488f50948cf22e330bebf72c7a19a20acf4380e01aa5aa110a4f3ced3",
        "inputs.json": "d280fb6ce9c47054cae5644c354ca8e65e1d58a814c47934bfb6686b4c3a4942",
    },
    2: {
        "computed.json": "fc6b8a1431faa7b2146c5b4e1094c3a5e72c9bec0db1fd249e53936cfea9705b",
        "corrected.json": "8390f02566a5dc73283fa2ec24ed51d78471112f0122aa47d5428e68db8e0642",
        "inputs.json": "d280fb6ce9c47054cae5644c354ca8e65e1d58a814c47934bfb6686b4c3a4942",
    },
    3: {
        "computed.json": "fc6b8a1431faa7b2146c5b4e1094c3a5e72c9bec0db1fd249e53936cfea9705b",
        "corrected.json": "8390f02566a5dc73283fa2ec24ed51d78471112f0122aa47d5428e68db8e0642",
        "inputs.json": "b72711a866764897cf4f438ffa395b9cfa44767b812a9d0d6011f0f24024a7f1",
    },
    4: {
        "computed.json": "31a68b71b4f10b906c0f49876a78f9a1148f70e47ae95397387caaba4f024077",
        "corrected.json": "b4cbcfcd20147ce527d0cd9a07f0de43b3ff39b5f38de37ae187b01d96317d0f",
        "inputs.json": "89c53184e4caa2fee1db5b2186b0c4b4ac746e10d116228f951a3c1b598f4142",
    },
    5: {
        "computed.json": "8d2600cbd691ec298eeb04cc785970fe3dec54d24f46d8ca7f803f4f1aca3cd4",
        "corrected.json": "e63d732c0f79377cd4a2c9a7e5ab40a4e9827bab2c7ba510ee722c9241a1ff6a",
        "inputs.json": "89c53184e4caa2fee1db5b2186b0c4b4ac746e10d116228f951a3c1b598f4142",
    },
}
"""The digests of the kept files by version of the rules. A version, once here, is never changed."""


@pytest.mark.parametrize("version", KEPT)
def test_what_a_version_of_the_rules_wrote_is_kept_unchanged(version: int) -> None:
    assert digests(kept(example.FOLDER, version)) == KEPT[version]


def test_the_present_rules_write_the_bytes_that_are_kept_of_their_version() -> None:
    """If this fails on purpose: raise RULES, keep its example (``python -m tests.domain.appraisal.example``)."""
    assert RULES in KEPT
    assert dict(example.written(example.facts())) == kept(example.FOLDER, RULES)


def test_kept_inputs_are_read_and_replayed_to_the_kept_bytes() -> None:
    stored = kept(example.FOLDER, RULES)
    assert dict(example.written(example.read(stored["inputs.json"]))) == stored


@pytest.mark.parametrize("version", KEPT)
def test_a_result_of_any_version_comes_to_the_same_values(version: int) -> None:
    stored = kept(example.FOLDER, version)
    tree = computed_part(from_json(json.loads(stored["corrected.json"])))
    again = score_subject([(example.scheme(), form) for form in example.read(stored["inputs.json"])])
    found = replay.compared(tree, again.attainment, again, rules=version)
    assert (found.same, found.differing) == (True, ())


def test_the_root_of_a_computed_tree_holds_total_and_grade() -> None:
    again = score_subject([(example.scheme(), form) for form in example.facts()])
    assert (again.step.formula, again.step.value) == (str(again.total), again.grade.value)


def test_other_bytes_of_the_same_values_are_a_mismatch_under_the_same_rules_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    again = score_subject([(example.scheme(), form) for form in example.facts()])
    other = again.step._replace(steps=again.step.steps[:1])
    assert canonical(other) != canonical(again.step)
    found = replay.compared(other, again.attainment, again, rules=RULES)
    assert (found.compared, found.same, found.note) == ("bytes", False, None)
    monkeypatch.setattr(replay, "RULES", RULES + 1)
    found = replay.compared(other, again.attainment, again, rules=RULES)
    assert (found.compared, found.same, found.differing) == ("values", True, ())
    assert (found.stored_hash, found.replayed_hash) == (digest(other), digest(again.step))
    assert found.note is not None
    assert found.note.en.startswith(f"Written by rules {RULES}, computed again by rules {RULES + 1}")


def test_other_values_are_named_whatever_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    again = score_subject([(example.scheme(), form) for form in example.facts()])
    other = again.step._replace(formula="99.99", value="S")
    monkeypatch.setattr(replay, "RULES", RULES + 1)
    found = replay.compared(other, Decimal("1.00"), again, rules=RULES)
    assert not found.same
    assert [(each.field, each.stored) for each in found.differing] == [
        ("total", "99.99"),
        ("attainment", "1.00"),
        ("grade", "S"),
    ]
