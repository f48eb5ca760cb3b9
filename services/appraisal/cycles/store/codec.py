"""A cycle's policy as JSON in the database, and back as a value of the domain."""

from typing import Any

from pydantic import TypeAdapter

from services.appraisal.cycles.domain.cycle import CyclePolicy

_POLICY: TypeAdapter[CyclePolicy] = TypeAdapter(CyclePolicy)


def policy_body(policy: CyclePolicy) -> dict[str, Any]:
    """A cycle's policy as JSON."""
    body: dict[str, Any] = _POLICY.dump_python(policy, mode="json")
    return body


def policy_of(body: dict[str, Any]) -> CyclePolicy:
    """The policy that ``policy_body`` wrote."""
    return _POLICY.validate_python(body)
