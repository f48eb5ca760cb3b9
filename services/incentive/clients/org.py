"""What incentive needs of org: one consistent picture of who sat where in a period."""

from collections.abc import Callable

from services.kit.clients import ServiceClient
from services.kit.json_lines import Proof
from services.kit.periods import Period


class OrgClient:
    """Asks org."""

    def __init__(self, http: ServiceClient) -> None:
        self._http = http

    async def copy_snapshot(self, period: Period, sink: Callable[[bytes], object]) -> Proof:
        """The units, employees and assignments of ``period`` as JSON lines, handed to ``sink``.

        Raises:
            NeighbourAway, StreamBroken, Refused.
        """
        days = {"valid_from": period.start.isoformat(), "valid_to": str(period.last)}
        return await self._http.copy_lines("/v1/org/snapshot", sink, days)
