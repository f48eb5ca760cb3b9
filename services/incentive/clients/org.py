"""What incentive needs of org: one consistent picture of who sat where in a period, and who may approve a payment."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from services.incentive.clients.approval import SINGLE_PAYMENT, ApprovalAnswer, ApprovalQuestion, Colleague
from services.kit.access.clients import Refused, ServiceClient
from services.kit.errors import Text
from services.kit.json_lines import Proof
from services.kit.money import plain
from services.kit.periods import Period

_UNPROCESSABLE: Final = 422


class OrgClient:
    """Asks org."""

    def __init__(self, http: ServiceClient) -> None:
        self._http = http

    async def copy_snapshot(self, period: Period, sink: Callable[[bytes], object]) -> Proof:
        """The units, employees, assignments and absences of ``period`` as JSON lines, handed to ``sink``.

        Raises:
            NeighbourAway, StreamBroken, Refused.
        """
        days = {"valid_from": period.start.isoformat(), "valid_to": str(period.last), "absences": "true"}
        return await self._http.copy_lines("/v1/org/snapshot", sink, days)

    async def has_worked_in(self, unit_id: UUID, employee_id: UUID, days: Period) -> bool:
        """Whether a person held a position in the unit or below it on one of these days.

        Raises:
            NeighbourAway, Refused.
        """
        asked = {"unit_id": str(unit_id), "employee_id": str(employee_id), "limit": "1"}
        span = {"valid_from": days.start.isoformat(), "valid_to": str(days.last)}
        return bool((await self._http.get("/v1/org/assignments", asked | span))["items"])

    async def is_only_root(self, unit_id: UUID) -> bool:
        """Whether everybody works in this unit or below it: today no other unit is at the top.

        Raises:
            NeighbourAway, Refused.
        """
        roots = (await self._http.get("/v1/org/units", {"root": "true", "limit": "2"}))["items"]
        return [each["id"] for each in roots] == [str(unit_id)]

    async def check_approval(self, question: ApprovalQuestion) -> ApprovalAnswer:
        """Whether a person may approve a payment today; nothing is written in org.

        Raises:
            NeighbourAway, Refused.
        """
        check = {
            "employee_id": str(question.employee_id),
            "authority_type": SINGLE_PAYMENT,
            "amount": plain(question.amount),
            "unit_id": str(question.unit_id),
            "requester_id": str(question.requester_id),
            "approved_by": [str(each) for each in question.approved_by],
            "barred_ids": [str(each) for each in question.barred_ids],
        }
        answer = await self._http.post("/v1/org/approval_checks", {"checks": [check]})
        return _approval(answer["results"][0])

    async def may_approve(self, question: ApprovalQuestion) -> bool:
        """Whether a person may approve a payment today; nobody may of whom, or of whose unit, org does not know.

        Raises:
            NeighbourAway, Refused.
        """
        try:
            return (await self.check_approval(question)).allowed
        except Refused as refusal:
            if refusal.status != _UNPROCESSABLE:
                raise
            return False


def _approval(result: dict[str, Any]) -> ApprovalAnswer:
    own = result["chain"][0]  # the chain begins with the person asked about
    return ApprovalAnswer(
        allowed=result["allowed"],
        needed=result["needed"],
        complete=result["complete"],
        next=_colleague(result["next"]),
        acting_for=_colleague(own["acting_for"]),
        reason=Text(own["reason"]["zh"], own["reason"]["en"]),
    )


def _colleague(person: dict[str, str] | None) -> Colleague | None:
    return None if person is None else Colleague(UUID(person["id"]), person["number"], person["name"])
