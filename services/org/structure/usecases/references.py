"""Whether the units and positions that a version names exist on all its days."""

from collections.abc import Sequence
from typing import Any

from services.kit.database.sessions import ReadSession
from services.kit.errors import Text
from services.kit.timeline import Version
from services.org.structure.domain.references import POSITION, UNIT, require_in_force
from services.org.structure.store import positions, units
from services.org.structure.store.dated import DatedStore

_STORES: dict[str, tuple[DatedStore[Any], Text]] = {
    "parent_id": (units.STORE, UNIT),
    "unit_id": (units.STORE, UNIT),
    "head_position_id": (positions.STORE, POSITION),
    "reports_to_id": (positions.STORE, POSITION),
}


async def require_named(session: ReadSession, versions: Sequence[Version[Any]], *fields: str) -> None:
    """Check that the units and positions in these fields of the versions exist on all their days.

    Raises:
        ReferenceNotInForce: naming the first day on which one does not.
    """
    for field in fields:
        store, noun = _STORES[field]
        named = [(getattr(version.facts, field), version.valid) for version in versions]
        known = await store.timelines(session, {thing_id for thing_id, _ in named if thing_id})
        for thing_id, valid in named:
            if thing_id is not None:
                days = [version.valid for version in known.get(thing_id, [])]
                require_in_force(f"/{field}", thing_id, valid, days, noun)
