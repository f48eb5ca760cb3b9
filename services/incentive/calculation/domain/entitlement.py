"""What a person is owed for one occasion, and the difference that a run books (INC-13).

A line states the whole amount now due for an entitlement (person, kind of bonus, occasion, currency); what is booked is
the difference to what was posted for it before. Nothing can be paid twice, and a correction is nothing special.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from services.incentive.calculation.domain import narration
from services.incentive.calculation.domain.line import NOTHING_POSTED, Line
from services.incentive.explanations.domain.wording import BASE, DIFFERENCE
from services.kit.errors import Text
from services.kit.explanation import Step


@dataclass(frozen=True)
class Posted:
    """What was posted for an entitlement when the inputs were taken.

    ``amount`` and ``costs`` are net of reversals; ``read`` gives the last line that was posted for it, as stored.
    """

    line_id: str
    occasion: str
    currency: str
    amount: Decimal
    costs: tuple[tuple[str, Decimal], ...]
    read: Callable[[], Line]

    @cached_property
    def line(self) -> Line:
        """The line, read only where something differs: most people's does not, and its explanation is long."""
        return self.read()


def differences(due: Sequence[Line], posted: Sequence[Posted]) -> list[Line]:
    """The lines that bring what is posted for a person to what is ``due``, by occasion and currency.

    ``posted`` holds one entry for each of them. Where nothing was posted before, the line stays as it is, also one of
    zero; where it was, a line of zero is no news and is left out. What is no longer due at all is due with zero.
    """
    if not posted:
        return sorted(due, key=_occasion)
    known = {_occasion(each): each for each in posted}
    wanted = {_occasion(line) for line in due}
    found = [_difference(line, known.get(_occasion(line))) for line in due]
    found += [_no_longer_due(each) for occasion, each in known.items() if occasion not in wanted and each.amount]
    return sorted((line for line in found if line is not None), key=_occasion)


def _occasion(one: Line | Posted) -> tuple[str, str]:
    return one.occasion, one.currency


def _difference(line: Line, posted: Posted | None) -> Line | None:
    if posted is None:
        return line
    costs = _cost_differences(line.costs, posted.costs)
    if line.due == posted.amount and not costs:
        return None
    changes = list(_changes(_whole(posted.line.explanation), line.explanation))
    explanation = narration.difference_step(
        line.explanation, line.due, posted.amount, line.currency, posted.line_id, changes
    )
    amount = line.due - posted.amount
    return replace(line, amount=amount, posted=posted.amount, costs=costs, explanation=explanation)


def _no_longer_due(posted: Posted) -> Line | None:
    explanation = narration.nothing_due_step(_whole(posted.line.explanation), posted.currency)
    return _difference(replace(posted.line, due=NOTHING_POSTED, days=0, costs=(), explanation=explanation), posted)


def _whole(explanation: Step) -> Step:
    """What a line says of the whole amount: below the difference, where it books one."""
    return explanation.steps[-1] if explanation.rule == DIFFERENCE else explanation


def _cost_differences(
    due: Sequence[tuple[str, Decimal]], posted: Sequence[tuple[str, Decimal]]
) -> tuple[tuple[str, Decimal], ...]:
    """By cost centre, those of now first, what must be added; centres that stay as they are are left out."""
    now, before = dict(due), dict(posted)
    centres = [*now, *(centre for centre in before if centre not in now)]
    moved = ((centre, now.get(centre, NOTHING_POSTED) - before.get(centre, NOTHING_POSTED)) for centre in centres)
    return tuple((centre, amount) for centre, amount in moved if amount)


def _changes(before: Step, after: Step) -> Iterator[narration.Change]:
    """The records that are cited now and were not before, each with the one it replaces where that can be determined.

    A new version of a result has the id of the old one; new terms of pay are a new record, recognised by its kind.
    """
    old, new = _cited(before), _cited(after)
    gone = [source for source in old if source not in new]
    for source in (each for each in new if each not in old):
        replaced = next((each for each in gone if _kind(each) == _kind(source)), None)
        if replaced is None:
            name, value = _first(new[source])
            yield narration.Change(name, None, (source, value))
        else:
            gone.remove(replaced)
            for name, was, now in _differing(old[replaced], new[source]):
                yield narration.Change(name, (replaced, was), (source, now))
    for source in gone:
        name, value = _first(old[source])
        yield narration.Change(name, (source, value), None)


Values = Mapping[Text, str]
"""What was taken from a record, by its name; the base that follows from terms of pay comes last."""


def _cited(step: Step) -> Mapping[str, dict[Text, str]]:
    """Every record that an explanation cites, with the values taken from it."""
    found: dict[str, dict[Text, str]] = {}
    for given in step.inputs:
        if given.source is not None:
            found.setdefault(given.source, {}).setdefault(given.name, given.value)
    for child in step.steps:
        for source, values in _cited(child).items():
            for name, value in values.items():
                found.setdefault(source, {}).setdefault(name, value)
    if step.label == BASE:
        for source in list(found):
            found[source].setdefault(BASE, step.value)
    return found


def _differing(old: Values, new: Values) -> Iterator[tuple[Text, str, str]]:
    """What is another value now, by its name: the base only where nothing else is known of both.

    Where no name is in both, the first of each.
    """
    differing = [(name, old[name], now) for name, now in new.items() if name in old and old[name] != now]
    if differing:
        yield from [each for each in differing if each[0] != BASE] or differing
        return
    name, now = _first(new)
    yield name, _first(old)[1], now


def _first(values: Values) -> tuple[Text, str]:
    return next(iter(values.items()))


def _kind(source: str) -> str:
    return source.split(":", 1)[0]
