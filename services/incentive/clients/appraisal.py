"""What incentive needs of appraisal: the final results of a closed cycle."""

import json
from collections.abc import Callable
from datetime import date
from typing import Final
from uuid import UUID

from services.incentive.clients.cycle import Cycle, not_closed
from services.kit.access.clients import Refused, ServiceClient
from services.kit.errors import Text
from services.kit.json_lines import Proof, StreamBroken
from services.kit.periods import Period

NOT_CLOSED: Final = "not_in_this_state"
"""The code by which appraisal refuses the results of a cycle that is not closed."""


class AppraisalClient:
    """Asks appraisal."""

    def __init__(self, http: ServiceClient) -> None:
        self._http = http

    async def copy_results(
        self, cycle_id: UUID, sink: Callable[[bytes], object], check: Callable[[Cycle], object]
    ) -> Proof:
        """The newest results of people and units as JSON lines, handed to ``sink``.

        ``check`` gets the cycle that the first line names; if it raises, reading ends before anything else arrives.

        Raises:
            NeighbourAway, StreamBroken.
            CycleNotClosed: the cycle has no final results yet.
            Refused: there is no such cycle, or it is not ours to read.
        """
        is_checked = False

        def take(piece: bytes) -> None:
            nonlocal is_checked
            if not is_checked:
                check(_cycle(piece[: piece.index(b"\n")]))
                is_checked = True
            sink(piece)

        try:
            proof = await self._http.copy_lines(f"/v1/appraisal/cycles/{cycle_id}/results", take)
        except Refused as refused:
            field_errors = refused.problem.get("errors")
            if refused.problem.get("code") != NOT_CLOSED or not field_errors:
                raise
            raise not_closed(field_errors[0]["found"]) from refused
        if not is_checked:
            raise StreamBroken(reason=Text("没有说明考核周期的行", "no line names the cycle"))
        return proof


def _cycle(line: bytes) -> Cycle:
    """The cycle that the first line names.

    Raises:
        StreamBroken: it names none; an appraisal service of an earlier release did not.
    """
    try:
        named = json.loads(line)
        period = Period.closed(date.fromisoformat(named["valid_from"]), date.fromisoformat(named["valid_to"]))
        return Cycle(named["code"], named["state"], period)
    except (ValueError, KeyError, TypeError) as fault:
        raise StreamBroken(reason=Text("第一行没有说明考核周期", "the first line does not name the cycle")) from fault
