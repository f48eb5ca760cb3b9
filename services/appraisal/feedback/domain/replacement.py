"""Who is asked in the place of a rater who has left or is away, and for whom that can be done (APR-09)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.appraisal.cycles.domain.absence import Absence
from services.appraisal.library.domain.relation import Relation
from services.kit.errors import Conflict


class RaterAvailable(Conflict):
    """A rater who is there, or was kept, would be replaced: whoever decides would choose who rates."""

    code = "rater_available"
    zh = (
        "只能更换已离职、评价截止前请假（匿名评价人须从今天起一直请假到评价截止）或实名评价逾期未交的评价人；"
        "已就此次请假或离职决定保留的，不再更换。"
    )
    en = (
        "Only a rater can be replaced who has left, is absent before ratings are due (an anonymous one: from today "
        "until then), or is late with an attributed rating, and whom nobody decided to keep in spite of it."
    )


class RaterNotAway(Conflict):
    """A decision to keep a rater who is there anyway."""

    code = "rater_not_away"
    zh = "该评价人未离职，评价截止前也未请假（匿名评价人须从今天起一直请假到评价截止），无需决定是否保留。"
    en = (
        "This rater has neither left nor an absence before ratings are due (an anonymous one: from today until then); "
        "there is nothing to decide."
    )


@dataclass(frozen=True)
class Availability:
    """Whether a rater can answer. ``is_overdue``: the day by which ratings are due has passed.

    ``absence``: of an anonymous rater only one for the whole rest of evaluation, else a day's leave would let whoever
    decides choose who rates. ``kept_despite``: the ``away_since`` in spite of which it was decided to keep them.
    Nothing here depends on whether they have answered: of anonymous raters nobody may learn that (APR-10).
    """

    absence: Absence | None
    left_on: date | None
    is_overdue: bool
    kept_despite: date | None = None

    @property
    def away_since(self) -> date | None:
        """The first day of the absence or the last day at work, None for who is there: what a decision is about."""
        return self.left_on or (self.absence.valid_from if self.absence else None)

    @property
    def is_kept(self) -> bool:
        """Whether it was decided to keep them in spite of just this."""
        return self.away_since is not None and self.away_since == self.kept_despite

    def demand_replaceable(self, relation: Relation) -> None:
        """Refuse to ask others instead of who is there; an attributed rater who is late can be replaced.

        Raises:
            RaterAvailable: they can answer, or are kept in spite of being away.
        """
        if self.away_since in (None, self.kept_despite) and (relation.anonymous or not self.is_overdue):
            raise RaterAvailable

    def demand_away(self) -> date:
        """What a decision to keep the rater is about.

        Raises:
            RaterNotAway: nothing.
        """
        if self.away_since is None:
            raise RaterNotAway
        return self.away_since


def next_superior(chain: Sequence[UUID], *, unavailable: Collection[UUID]) -> UUID | None:
    """The nearest in the reporting line above the subject who can be asked; None if there is none.

    ``unavailable``: the subject, everyone already asked about the form, leavers, and whoever is away themselves.
    """
    return next((person for person in chain if person not in unavailable), None)
