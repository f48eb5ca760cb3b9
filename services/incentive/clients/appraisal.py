"""What incentive needs of appraisal: the final results of a closed cycle."""

from collections.abc import Callable
from uuid import UUID

from services.kit.clients import ServiceClient
from services.kit.json_lines import Proof


class AppraisalClient:
    """Asks appraisal."""

    def __init__(self, http: ServiceClient) -> None:
        self._http = http

    async def copy_results(self, cycle_id: UUID, sink: Callable[[bytes], object]) -> Proof:
        """The newest results of people and units as JSON lines, handed to ``sink``.

        Raises:
            NeighbourAway, StreamBroken.
            Refused: there is no such cycle, or it has no final results yet.
        """
        return await self._http.copy_lines(f"/v1/appraisal/cycles/{cycle_id}/results", sink)
