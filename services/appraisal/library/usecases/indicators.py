"""The indicator library: every change is a new version."""

from services.appraisal.library.domain.indicators import Rule
from services.appraisal.library.store import indicators as store
from services.appraisal.library.store.codec import rule_body
from services.appraisal.library.store.tables import IndicatorRow
from services.kit.database import new_id
from services.kit.unit_of_work import UnitOfWork


async def add(uow: UnitOfWork, *, rule: Rule, values: dict[str, object], code: str) -> IndicatorRow:
    """Add an indicator, or the next version of one that exists (APR-02). ``values`` are its descriptive fields."""
    version = await store.next_version(uow.session, code)
    row = IndicatorRow(id=new_id(), code=code, version=version, rule=rule_body(rule), created_at=uow.now, **values)
    uow.session.add(row)
    await uow.session.flush()  # two at once meet in the unique constraint here, not at commit
    after = {"code": code, "version": version, "rule": row.rule}
    await uow.audit("appraisal.indicator.added", subject=("indicator", row.id), after=after)
    return row
