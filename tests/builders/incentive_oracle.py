"""What a quarter comes to, worked out from the facts day by day: independent of the code under test (§3.1)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from services.kit.periods import Period, calendar_period
from tests.builders.incentive import PLAN, Person

OWN: Mapping[str, str] = PLAN["policy"]["grade_coefficients"]
UNIT: Mapping[str, str] = PLAN["policy"]["unit_coefficients"]
MINIMUM_DAYS = 30


Entitlement = tuple[str, str, str]
"""Employee number, kind of bonus, occasion."""
Due = Mapping[Entitlement, Decimal | None]
"""What is due for entitlements; None where nobody could earn anything."""
NOTHING = Decimal("0.00")


@dataclass
class PayRecord:
    """Fixed monthly pay by the day from which it holds; the ratio is 6:4."""

    by_day: dict[date, Fraction] = field(default_factory=dict)

    def base(self, day: date) -> Fraction:
        """The monthly bonus base in force on a day."""
        return self.by_day[max(each for each in self.by_day if each <= day)] * 4 / 6


def lines_due(due: Due, posted: Mapping[Entitlement, Decimal]) -> dict[Entitlement, tuple[Decimal, Decimal]]:
    """The lines that a run must have: what is due, and what is posted for it already, where the two differ."""
    found = {}
    for key, amount in due.items():
        before = posted.get(key)
        if (before is None and amount is not None) or (before is not None and (amount or NOTHING) != before):
            found[key] = (amount or NOTHING, before or NOTHING)
    return found


def quarters_due(people: Sequence[Person], pay: Mapping[str, PayRecord], periods: Collection[str]) -> Due:
    """What everybody is due for these quarters."""
    return {
        (one.number, "quarterly_bonus", period): quarter_due(one, pay[one.number], calendar_period(period))
        for period in periods
        for one in people
    }


def quarter_due(person: Person, pay: PayRecord, period: Period) -> Decimal | None:
    """The bonus of a quarter, None without an assignment in it."""
    worked = [day for day in _days(period.start, period.last) if _works(person, day)]
    if not worked:
        return None
    left = date.fromisoformat(person.left_on) if person.left_on else None
    earning = [day for day in worked if _earns(person, day)]
    if (left is not None and left < period.last) or len(earning) < MINIMUM_DAYS:
        return Decimal("0.00")
    own = Fraction(OWN[person.grade or ""])
    unit = Fraction(UNIT[person.unit.grade]) if person.unit.grade else Fraction(1)
    total = sum((pay.base(day) * 3 / period.days * own * unit for day in earning), Fraction(0))
    exact = Decimal(total.numerator) / Decimal(total.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=place) for place in range((last - first).days + 1)]


def _works(person: Person, day: date) -> bool:
    return person.first <= day.isoformat() <= (person.last or "9999-12-31")


def _earns(person: Person, day: date) -> bool:
    text = day.isoformat()
    away = any(first <= text <= (last or "9999-12-31") for _, first, last in person.absences)
    return not away and not (person.probation_until and text <= person.probation_until)


def dividend_due(pool: str, vested: Mapping[str, int]) -> dict[Entitlement, Decimal]:
    """What everybody is due of a dividend for 2025 that comes out even: nothing where nobody holds a vested unit."""
    whole = sum(vested.values()) or 1
    return {
        (number, "virtual_shares", "2025/VS"): (Decimal(pool) * units / whole).quantize(NOTHING)
        for number, units in vested.items()
    }
