"""The indicator library: every change is a new version."""

from datetime import datetime

from services.appraisal.codec import rule_body
from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.store import indicators as store
from services.appraisal.library.store.tables import IndicatorRow
from services.kit import audit
from services.kit.database import WriteSession, new_id
from services.kit.identity import Caller


async def add(
    session: WriteSession, *, caller: Caller, rule: Rule, values: dict[str, object], code: str, now: datetime
) -> IndicatorRow:
    """Add an indicator, or the next version of one that exists (APR-02). ``values`` are its descriptive fields."""
    version = await store.next_version(session, code)
    row = IndicatorRow(id=new_id(), code=code, version=version, rule=rule_body(rule), created_at=now, **values)
    session.add(row)
    await session.flush()  # two at once meet in the unique constraint here, not at commit
    after = {"code": code, "version": version, "rule": row.rule}
    await audit.record(
        session, caller=caller, action="add", resource="indicator", resource_id=row.id, after=after, now=now
    )
    return row
