"""What lines of a run look like in the database is kept: other bytes are a new version of the rules (INC-11)."""

import json

import pytest

from services.incentive.calculation.domain.calculation import RULES
from tests.domain.incentive import example
from tests.domain.kept import digests, kept

pytestmark = pytest.mark.req("INC-11")

KEPT = {
    1: {
        "annual.json": "764153d38c5ff6d64de48239beab5db817815308b017f6ef754a9eb7657db50e",
        "frozen.json": "519b4df17e5a5482027b5c665e2af2c15890031f10ac6fb19f05b40e08822e11",
        "quarterly.json": "3b2f4cb8d3fb1e132ef57b5e021af4aadf2494f624260d1f0ea04c84b79a98a1",
    },
    2: {
        "annual.json": "c640cb9e69a0dc4bcc87d0376520d8c37d3c9d0589db43e32bb2299703ab4516",
        "frozen.json": "519b4df17e5a5482027b5c665e2af2c15890031f10ac6fb19f05b40e08822e11",
        "quarterly.json": "bc0cc2c788fc5f52e0f11758999dea45b0b218095d9a075228e79ff85b50941a",
    },
    3: {
        "annual.json": "5a5e89c92f68bb48e2ecc1ddcff6dbf475fbf09a94a8e6d53fa7177ebfe3876f",
        "frozen.json": "8d118721e9223375ee2b3fed5b2af367e903a7e19965f915e521327943e3f706",
        "quarterly.json": "958ce1d1b52db481a0ac7bce86526aa396efb289bd91b1f92a5c7a4f2d7fdc00",
    },
    4: {
        "annual.json": "5a5e89c92f68bb48e2ecc1ddcff6dbf475fbf09a94a8e6d53fa7177ebfe3876f",
        "frozen.json": "8d118721e9223375ee2b3fed5b2af367e903a7e19965f915e521327943e3f706",
        "quarterly.json": "958ce1d1b52db481a0ac7bce86526aa396efb289bd91b1f92a5c7a4f2d7fdc00",
    },
    5: {
        "annual.json": "03300167883162bd606006d96609d6b67ddd661e1b75819f42029f90337a4d47",
        "frozen.json": "cc14e066bf79c3d50bc34322e79926c02b03acc396e85e34cdf2943874e73f1e",
        "quarterly.json": "5d62adf9541f922366e37b430700914b0b936db9d936d5bc45860287436fc569",
    },
}
"""The digests of the kept files by version of the rules. A version, once here, is never changed."""


@pytest.mark.parametrize("version", KEPT)
def test_what_a_version_of_the_rules_wrote_is_kept_unchanged(version: int) -> None:
    assert digests(kept(example.FOLDER, version)) == KEPT[version]


def test_the_present_rules_write_the_bytes_that_are_kept_of_their_version() -> None:
    """If this fails on purpose: raise RULES, keep its example (``python -m tests.domain.incentive.example``)."""
    assert RULES in KEPT
    assert dict(example.written(example.stored_inputs())) == kept(example.FOLDER, RULES)


@pytest.mark.parametrize("version", KEPT)
def test_stored_inputs_of_any_version_come_to_the_same_amounts(version: int) -> None:
    stored = kept(example.FOLDER, version)
    again = example.written(example.read(stored["frozen.json"]))
    for name in ("quarterly.json", "annual.json"):
        assert amounts(again[name]) == amounts(stored[name])


def test_version_5_wrote_other_bytes_than_4_only_of_currencies_without_a_minor_unit() -> None:
    for name in ("quarterly.json", "annual.json"):
        before, after = (json.loads(kept(example.FOLDER, version)[name]) for version in (4, 5))
        assert after[: len(before)] == before
        assert [[line["currency"] for line in lines] for lines in after[len(before) :]] == [["JPY"]]


def amounts(written: bytes) -> list[list[list[object]]]:
    """What each line pays, without its explanation."""
    paid = [outcome for outcome in json.loads(written) if isinstance(outcome, list)]
    wanted = ("number", "currency", "amount", "days", "costs")
    return [[[line[name] for name in wanted] for line in lines] for lines in paid]
