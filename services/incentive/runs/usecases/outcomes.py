"""What a calculation makes of the people of its snapshot, without a database: any process can do it (INC-11)."""

from collections.abc import Sequence

from pydantic_core import from_json

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

    Each step is done for all before the next: the processor keeps at hand what one step needs, not what all do.
    """
    facts = [None if person.facts is None else from_json(person.facts) for person in chunk]
    inputs = [None if each is None else calculation_input_from_json(each) for each in facts]
    due = [[] if each is None else calculation.outcome(each) for each in inputs]
    return [
        found if isinstance(found, Exclusion) else differences(found, person.posted)
        for person, found in zip(chunk, due, strict=True)
        if person.posted or not (isinstance(found, Exclusion) and calculation.is_correction)
    ]
