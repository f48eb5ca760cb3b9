"""A grant of virtual shares: to whom, why, when its units vest, and what an exit or a revocation forfeits (INC-07)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from services.kit.errors import Conflict, FieldError, Forbidden, Invalid, Text
from services.kit.identity import Role
from services.kit.money import plain
from services.kit.release import release_workflow

HUNDRED: Final = Decimal(100)
LEAP_DAY: Final = (2, 29)

SHARE_GRANT: Final = release_workflow(
    "share_grant", Text("虚拟股票授予", "grant of virtual shares"), [Role.EXECUTIVE, Role.COMPENSATION]
)


class GrantUnsound(Invalid):
    """A grant contradicts its plan, or its grounds do not show that the person is eligible."""

    code = "share_grant_unsound"
    zh = "虚拟股票授予内容有误，请按下列提示修改。"
    en = "The grant of virtual shares is not valid; correct it as follows."


class OwnGrant(Forbidden):
    """Nobody proposes or releases a grant to themselves, or its revocation."""

    code = "own_share_grant"
    zh = "不能办理本人虚拟股票的授予或撤销，请由其他同事办理。"
    en = "You cannot propose or release a grant to yourself, or its revocation; ask a colleague."


class GrantExists(Conflict):
    """One grant a person, plan and day."""

    code = "share_grant_exists"
    zh = "该员工在 {day} 已有同一方案的授予，不能重复授予。"
    en = "This person has a grant of the same plan on {day} already."


@dataclass(frozen=True)
class Goal:
    """A year whose strategic goal was met: attainment in percent, and where that can be read."""

    year: int
    goal: str
    attainment: Decimal
    evidence: str


@dataclass(frozen=True)
class Grant:
    """Units granted on a day; ``vesting`` are percentages by year, ``keeps_vested`` what the plan says of an exit.

    After ``revoked_on`` nothing vests any more.
    """

    id: UUID
    employee_id: UUID
    number: str
    name: str
    units: int
    granted_on: date
    vesting: tuple[Decimal, ...]
    keeps_vested: bool
    revoked_on: date | None = None

    def vested_on(self, day: date) -> int:
        """Whole units that have vested by a day, if the person is still here."""
        until = day if self.revoked_on is None else min(day, self.revoked_on)
        share = sum(
            (percent for year, percent in enumerate(self.vesting, 1) if anniversary(self.granted_on, year) <= until),
            Decimal(0),
        )
        return int(Fraction(self.units) * Fraction(share) / 100)

    def schedule(self) -> list[tuple[date, int]]:
        """The days on which units vest, and how many do; together all of them, unless the grant is revoked."""
        days = [anniversary(self.granted_on, year) for year in range(1, len(self.vesting) + 1)]
        if self.revoked_on is not None:
            days = [day for day in days if day <= self.revoked_on]
        until = [0, *(self.vested_on(day) for day in days)]
        return [(day, until[place + 1] - until[place]) for place, day in enumerate(days)]

    def holding_on(self, day: date, departures: Iterable[date]) -> "Holding":
        """What is vested and forfeited at the end of a day; ``departures`` are last days of the person's employments.

        Whoever leaves on that very day has not left yet. Whoever comes back later starts anew. A revocation forfeits
        what has not vested by the end of its day.
        """
        left_on = min((last for last in departures if last >= self.granted_on), default=None)
        if left_on is not None and left_on < day:
            kept = self.vested_on(left_on) if self.keeps_vested else 0
            return Holding(kept, self.units - kept, left_on)
        vested = self.vested_on(day)
        is_revoked = self.revoked_on is not None and self.revoked_on <= day
        return Holding(vested, self.units - vested if is_revoked else 0, left_on)


@dataclass(frozen=True)
class Holding:
    """Units by the end of a day: ``vested`` take part in dividends, ``forfeited`` are lost for ever."""

    vested: int
    forfeited: int
    left_on: date | None


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; of a leap day the last of February."""
    if (day.month, day.day) == LEAP_DAY:
        return date(day.year + years, 3, 1) - timedelta(days=1)
    return day.replace(year=day.year + years)


def check_goals(goals: Sequence[Goal], needed: int, granted_on: date) -> list[FieldError]:
    """What is wrong with the grounds of a grant: the goals of the ``needed`` years before it were all met."""
    years = [granted_on.year - needed + place for place in range(needed)]
    faults = []
    if [each.year for each in goals] != years:
        wanted = "、".join(map(str, years)) or "—"
        expected = Text(f"依次为 {wanted} 年", f"the years {', '.join(map(str, years)) or '—'} in this order")
        faults.append(FieldError("/goals", ", ".join(str(each.year) for each in goals), expected))
    faults += [
        FieldError(f"/goals/{place}/attainment", plain(each.attainment), Text("达成，即不低于 100%", "at least 100 %"))
        for place, each in enumerate(goals)
        if each.attainment < HUNDRED
    ]
    return faults
