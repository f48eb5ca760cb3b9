"""A run over many people is calculated in several processes, which changes nothing about it (INC-11)."""

import multiprocessing

import pytest

from services.incentive.pay.domain.pay_profile import TermsNotAcceptable
from services.incentive.runs.store import known_people
from services.incentive.runs.store.known_people import Known
from services.incentive.runs.store.lines import Written
from services.incentive.runs.usecases import calculators
from services.kit.errors import FieldError, Text
from tests.builders.incentive_quarter import Quarter

pytestmark = pytest.mark.req("INC-11")


async def test_in_processes_a_run_comes_to_the_same_bytes_as_in_a_thread(
    quarter: Quarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    await quarter.reach("calculated")
    in_a_thread = (await quarter.read())["calculation"]
    monkeypatch.setattr(calculators, "MANY", 1)
    monkeypatch.setattr(known_people, "CHUNK", 1)
    await quarter.act(quarter.clerk, "calculate")
    await quarter.work()
    in_processes = (await quarter.read())["calculation"]
    assert in_processes["id"] != in_a_thread["id"]
    assert in_processes["content_hash"] == in_a_thread["content_hash"]
    assert multiprocessing.active_children() == []


def refuse(chunk: object) -> Written:
    """Finds in every chunk what nobody stored."""
    raise TermsNotAcceptable(field_errors=[FieldError("/fixed_share", str(chunk), Text("大于 0", "above 0"))])


async def test_what_a_process_refuses_arrives_as_it_was_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calculators, "MANY", 1)
    async with calculators.Calculators(refuse) as processes:
        processes.expect(people=1)
        assert processes.at_once > 1
        with pytest.raises(TermsNotAcceptable) as refused:
            await processes.of()([Known("{}", ())])
    assert [error.expected.en for error in refused.value.field_errors] == ["above 0"]
