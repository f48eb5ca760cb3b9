"""What a calculation makes of the people of its snapshot, without a database: any process can do it (INC-11)."""

import json
from collections.abc import Sequence

from services.incentive.calculation.domain.calculation import Calculation
from services.incentive.calculation.domain.calculation_input import calculation_input_from_json
from services.incentive.calculation.domain.entitlement import differences
from services.incentive.calculation.domain.line import Exclusion, Line
from services.incentive.runs.store import lines as line_store
from services.incentive.runs.store.known_people import Known


def calculated(calculation: Calculation, of: line_store.Pass, chunk: Sequence[Known]) -> line_store.Written:
    """A chunk of people as the database takes it."""
    return line_store.written(of, outcomes(calculation, chunk))


def outcomes(calculation: Calculation, chunk: Sequence[Known]) -> list[list[Line] | Exclusion]:
    """What a pass writes for each person: the lines that bring what is posted to what is due, or what is missing.

    Of an earlier occasion only somebody to whom something was posted is missed.
    """
    found = ((person.posted, _due(calculation, person)) for person in chunk)
    return [
        due if isinstance(due, Exclusion) else differences(due, posted)
        for posted, due in found
        if posted or not (isinstance(due, Exclusion) and calculation.is_correction)
    ]


def _due(calculation: Calculation, person: Known) -> list[Line] | Exclusion:
    return [] if person.facts is None else calculation.outcome(calculation_input_from_json(json.loads(person.facts)))
