"""A screen learns what states and actions are called, and which actions a state allows (PLT-01)."""

import pytest

from services.kit.identity import Role
from tests.clients import Clients


@pytest.mark.req("PLT-01", "PLT-08")
async def test_anyone_signed_in_reads_the_names_and_the_moves_of_workflows(appraisal: Clients) -> None:
    answer = await appraisal(Role.EMPLOYEE).get("/v1/appraisal/workflows")
    assert answer.status_code == 200
    by_name = {each["name"]: each for each in answer.json()["items"]}
    assert {"cycle", "goals", "rating", "appeal", "correction"} <= set(by_name)
    cycle = by_name["cycle"]
    assert (cycle["label"], cycle["label_en"]) == ("考核周期", "appraisal cycle")
    assert {"state": "goal_setting", "label": "目标设定", "label_en": "goal setting"} in cycle["states"]
    assert {"action": "publish", "label": "公示", "label_en": "publishing"} in cycle["actions"]
    possible = [each for each in cycle["transitions"] if each["source"] == "goal_setting"]
    assert [(each["action"], each["target"], each["roles"], each["follows"]) for each in possible] == [
        ("start_evaluation", "evaluating", ["hr"], False),
        ("cancel", "cancelled", ["hr"], False),
    ]
