"""Versions of the policy for incidents, the newest of which applies."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, String, cast, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import JSONB, insert

from services.appraisal.incidents.domain.incident import DELIVERED, SetPolicy
from services.appraisal.incidents.store.tables import POLICIES, IncidentPolicyRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.identity import Caller

_ROW: Final = IncidentPolicyRow
_DELIVERED: Final = select(
    literal(1).label("version"),
    cast(literal(POLICIES.dump(DELIVERED), JSONB), JSONB).label("policy"),
    cast(null(), String).label("reason"),
    cast(null(), String).label("set_by_name"),
    cast(null(), DateTime(timezone=True)).label("set_at"),
)


async def versions(session: ReadSession, paging: Paging) -> Rows[SetPolicy]:
    """Every version from the one that is delivered on."""
    stored = select(_ROW.version, _ROW.policy, _ROW.reason, _ROW.set_by_name, _ROW.set_at)
    every = union_all(_DELIVERED, stored).subquery()
    return await page(session, select(*every.c), _version, keys=[every.c.version], paging=paging)


def _version(row: Any) -> SetPolicy:
    return SetPolicy(POLICIES.load(row.policy), row.version, row.reason, row.set_by_name, row.set_at)


async def newest(session: ReadSession) -> SetPolicy:
    """The policy that applies: the one that is delivered until another was set."""
    query = select(IncidentPolicyRow).order_by(IncidentPolicyRow.version.desc()).limit(1)
    row = (await session.execute(query)).scalar()
    if row is None:
        return SetPolicy(DELIVERED, version=1)
    return SetPolicy(POLICIES.load(row.policy), row.version, row.reason, row.set_by_name, row.set_at)


async def add(session: WriteSession, policy_id: UUID, wanted: SetPolicy, *, by: Caller) -> bool:
    """Store a version; False where there is one of its number already."""
    values = {
        "id": policy_id, "version": wanted.version, "policy": POLICIES.dump(wanted.policy), "reason": wanted.reason,
        "set_by": by.account_id, "set_by_name": wanted.set_by_name, "set_at": wanted.set_at,
    }  # fmt: skip
    made = insert(IncidentPolicyRow).values(values).on_conflict_do_nothing(index_elements=["version"])
    return (await session.execute(made.returning(IncidentPolicyRow.id))).first() is not None
