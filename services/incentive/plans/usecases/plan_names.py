"""The names of plan versions that other records refer to by id."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.incentive.plans.store import plans as store
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text


@dataclass(frozen=True)
class PlanName:
    """What a version of a plan is called."""

    code: str
    version: int
    name: Text


def named(plan: PlanName | None) -> dict[str, Any]:
    """The fields beside ``plan_version_id`` in answers; null where no plan is named."""
    if plan is None:
        return {"plan_code": None, "plan_version": None, "plan_name": None, "plan_name_en": None}
    return {
        "plan_code": plan.code,
        "plan_version": plan.version,
        "plan_name": plan.name.zh,
        "plan_name_en": plan.name.en,
    }


async def plan_names(session: ReadSession, version_ids: Iterable[UUID | None]) -> Mapping[UUID | None, PlanName]:
    """By id of the version."""
    rows = await store.names(session, {each for each in version_ids if each is not None})
    return {version_id: PlanName(code, version, name) for version_id, code, version, name in rows}
