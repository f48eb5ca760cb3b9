"""Places that many share, so that nobody who has none yet waits for those who have several (ORG-12, PLT-08).

What is limited by number alone can be filled by a few who take as many as each may have. Here the first place of every
holder is extra, and a place that comes free goes to whoever holds fewest.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Hashable


class FairPlaces:
    """So many places for one holder alone; others get their first at once, and further ones of those that are left."""

    def __init__(self, places: int) -> None:
        """All are free."""
        self._shared = places - 1
        self._held: Counter[Hashable] = Counter()
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    async def take(self, holder: Hashable) -> None:
        """Take a place for ``holder``; waits until there is one."""
        if self._may_have_one(holder):
            self._grant(holder)
            return
        line = self._waiting.setdefault(holder, deque())
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                self._leave(holder, place)
            else:
                self.give_back(holder)
            raise

    def give_back(self, holder: Hashable) -> None:
        """Let the next one have a place of ``holder``."""
        self._shared += self._held[holder] > 1
        self._held[holder] -= 1
        if not self._held[holder]:
            del self._held[holder]
        for following in sorted(self._waiting, key=self._held.__getitem__):
            place = next((each for each in self._waiting[following] if not each.done()), None)
            if place is not None:  # else all of them have just been cancelled
                if self._may_have_one(following):
                    self._leave(following, place)
                    self._grant(following)
                    place.set_result(None)
                return

    def _may_have_one(self, holder: Hashable) -> bool:
        return not self._held[holder] or self._shared > 0

    def _grant(self, holder: Hashable) -> None:
        self._shared -= self._held[holder] > 0
        self._held[holder] += 1

    def _leave(self, holder: Hashable, place: asyncio.Future[None]) -> None:
        line = self._waiting[holder]
        line.remove(place)
        if not line:
            del self._waiting[holder]
