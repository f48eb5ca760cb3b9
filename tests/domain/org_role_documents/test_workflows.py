"""Every state × action × role of role documents, amendments and probation reviews (ORG-04, ORG-05, ORG-15)."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from services.kit.identity import Role
from services.kit.workflow import TransitionForbidden, TransitionNotPossible, Workflow
from services.org.documents.domain.amendment import AMENDMENT
from services.org.documents.domain.role_document_life import DOCUMENT
from services.org.employment.domain.probation_review import PROBATION_REVIEW

HR, EXECUTIVE, JOB = (frozenset({role}) for role in (Role.HR, Role.EXECUTIVE, Role.SERVICE))
AUTHORS = frozenset({Role.HR, Role.MANAGER})
Table = Mapping[tuple[str, str], tuple[str, frozenset[Role]]]

DOCUMENT_TABLE: Table = {
    ("draft", "submit"): ("hr_review", AUTHORS),
    ("hr_review", "recall"): ("draft", AUTHORS),
    ("hr_review", "return"): ("draft", HR),
    ("hr_review", "endorse"): ("reviewed", HR),
    ("reviewed", "return"): ("draft", EXECUTIVE),
    ("reviewed", "approve"): ("approved", EXECUTIVE),
    ("approved", "return"): ("draft", HR),
    ("approved", "sign"): ("signed", HR),
    ("signed", "revoke_signature"): ("approved", HR),
    ("signed", "take_effect"): ("effective", JOB),
    ("effective", "supersede"): ("superseded", JOB),
    ("draft", "withdraw"): ("withdrawn", AUTHORS),
    ("hr_review", "withdraw"): ("withdrawn", AUTHORS),
    ("reviewed", "withdraw"): ("withdrawn", HR),
    ("approved", "withdraw"): ("withdrawn", HR),
}
AMENDMENT_TABLE: Table = {
    ("requested", "approve"): ("approved", EXECUTIVE),
    ("requested", "refuse"): ("refused", EXECUTIVE),
    ("requested", "withdraw"): ("withdrawn", AUTHORS),
    ("approved", "draft"): ("drafting", AUTHORS),
    ("approved", "withdraw"): ("withdrawn", AUTHORS),
    ("drafting", "complete"): ("done", HR),
    ("drafting", "withdraw"): ("withdrawn", HR),
}
PROBATION_TABLE: Table = {
    ("open", "pass"): ("passed", AUTHORS),
    ("open", "extend"): ("extended", AUTHORS),
    ("open", "fail"): ("failed", AUTHORS),
    ("open", "cancel"): ("cancelled", JOB),
}


@pytest.mark.req("ORG-04", "ORG-05", "ORG-15")
@pytest.mark.parametrize(
    ("flow", "table"),
    [(DOCUMENT, DOCUMENT_TABLE), (AMENDMENT, AMENDMENT_TABLE), (PROBATION_REVIEW, PROBATION_TABLE)],
)
def test_it_moves_as_the_table_says_and_no_other_way(flow: Workflow[Any, Any], table: Table) -> None:
    for state, action, role in product(flow.states, flow.actions, Role):
        known = table.get((state.value, action.value))
        if known is None:
            with pytest.raises(TransitionNotPossible):
                flow.next(state, action, [role])
        elif role not in known[1]:
            with pytest.raises(TransitionForbidden):
                flow.next(state, action, [role])
        else:
            assert flow.next(state, action, [role]).target == known[0]
