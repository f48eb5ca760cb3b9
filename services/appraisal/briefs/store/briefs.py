"""Monthly briefs: drafts that can be edited, and what was signed, which never changes."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Date, String, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from services.appraisal.briefs.domain.brief import (
    Brief,
    BriefFacts,
    BriefIndicator,
    BriefObligation,
    BriefSignature,
    BriefState,
    Month,
    measured,
)
from services.appraisal.briefs.store.deputies import of_deputy
from services.appraisal.briefs.store.tables import FACTS, BriefRow, SignedBriefRow
from services.appraisal.cycles.store.cycles import within
from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.library.store.tables import SCHEMES
from services.appraisal.tracking.domain.obligation import Obligation, ObligationState, Owner
from services.appraisal.tracking.store.obligations import obligation_of
from services.appraisal.tracking.store.tables import ObligationRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Text
from services.kit.periods import first_of_month

MOST_OBLIGATIONS: Final = 200
_SIGNED = select(BriefRow, SignedBriefRow).outerjoin(SignedBriefRow, SignedBriefRow.brief_id == BriefRow.id)

# The unit's own form of the newest cycle that covers the month.
_FORM: Final = text("""
    SELECT scheme.body, goal.items, lower(form.days) AS since
    FROM appraisal.form AS form JOIN appraisal.scheme AS scheme ON scheme.id = form.scheme_id
    LEFT JOIN appraisal.goal AS goal ON goal.form_id = form.id AND goal.revision = form.agreed_revision
    WHERE form.subject_kind = 'unit' AND form.subject_code = :code AND form.excluded_at IS NULL
      AND form.days && daterange(:month, :until)
    ORDER BY form.cycle_id DESC, form.days DESC LIMIT 1
""").bindparams(bindparam("month", type_=Date), bindparam("until", type_=Date))
_FIGURES: Final = text("""
    WITH asked AS (
        SELECT code FROM unnest(:codes) AS codes (code)
        UNION SELECT DISTINCT indicator FROM appraisal.measurement
        WHERE subject_kind = 'unit' AND subject_code = :code AND measured_on >= :month AND measured_on < :until
    ), newest AS (
        SELECT asked.code, (SELECT aggregation FROM appraisal.indicator AS indicator
                            WHERE indicator.code = asked.code ORDER BY version DESC LIMIT 1) AS aggregation
        FROM asked
    )
    SELECT code, appraisal.aggregated(aggregation, 'unit', :code, code, :month, :until) AS actual,
        appraisal.aggregated(aggregation, 'unit', :code, code, :since, :until) AS so_far
    FROM newest ORDER BY code
""").bindparams(
    bindparam("codes", type_=ARRAY(String)),
    bindparam("month", type_=Date),
    bindparam("until", type_=Date),
    bindparam("since", type_=Date),
)
# Units with a head, in the newest cycle that has opened, for which something was measured or is open.
_TO_DRAFT: Final = text("""
    SELECT unit.unit_id FROM appraisal.snapshot_unit AS unit
    WHERE unit.cycle_id = (SELECT cycle_id FROM appraisal.snapshot_unit ORDER BY cycle_id DESC LIMIT 1)
      AND unit.head_employee_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM appraisal.brief WHERE brief.unit_id = unit.unit_id AND brief.month = :month)
      AND (EXISTS (SELECT FROM appraisal.measurement AS measurement
                   WHERE measurement.subject_kind = 'unit' AND measurement.subject_code = unit.code
                     AND measurement.measured_on >= :month AND measurement.measured_on < :until)
           OR EXISTS (SELECT FROM appraisal.obligation AS obligation
                      WHERE obligation.state IN ('open', 'submitted') AND obligation.opened_at < :ends_at
                        AND obligation.unit_path[array_upper(obligation.unit_path, 1)] = unit.unit_id))
    ORDER BY unit.code LIMIT :most
""").bindparams(bindparam("month", type_=Date), bindparam("until", type_=Date))


async def facts_of(session: ReadSession, unit_id: UUID, code: str, month: Month) -> BriefFacts:
    """What there is to say of a unit about a month, by a number of statements that does not grow."""
    days = {"code": code, "month": month.first, "until": first_of_month(month.first, 1)}
    form: Any = (await session.execute(_FORM, days)).first()
    items = list(SCHEMES.load(form.body).measured_items) if form else []
    targets = {goal["key"]: goal["target"] for goal in (form.items or [])} if form else {}
    since = form.since if form else month.first
    codes = [item.indicator for item in items]
    rows = (await session.execute(_FIGURES, {**days, "codes": codes, "since": since})).all()
    known = await indicator_store.latest(session, [row.code for row in rows])
    by_code = {item.indicator: item for item in items}
    lines = []
    for row in rows:
        facts, item = known[row.code].facts, by_code.get(row.code)
        target = targets.get(item.key) if item else None
        lines.append(_line(row, facts.name, facts.measure, item.rule if item else facts.rule, target))
    return BriefFacts(tuple(lines), await _obligations(session, unit_id, month))


def _line(row: Any, name: Any, unit: Text, rule: Any, target: str | None) -> BriefIndicator:
    actual, so_far = (None if each is None else Fraction(each) for each in (row.actual, row.so_far))
    exact = None if target is None else Decimal(target)
    return measured(row.code, name, unit, rule=rule, actual=actual, so_far=so_far, target=exact)


async def _obligations(session: ReadSession, unit_id: UUID, month: Month) -> tuple[BriefObligation, ...]:
    """What arose in the month and was not withdrawn in it, and what was open at its end, by deadline."""
    row = ObligationRow
    unsettled = row.state.in_([ObligationState.OPEN.value, ObligationState.SUBMITTED.value])
    open_at_end = or_(unsettled, row.decided_at >= month.ends_at)
    arose = (row.opened_at >= month.starts_at) & (row.state != ObligationState.WITHDRAWN.value)
    query = select(row).where(row.opened_at < month.ends_at, or_(open_at_end, arose), within(row.unit_path, (unit_id,)))
    ordered = query.order_by(row.due_at, row.id).limit(MOST_OBLIGATIONS)
    return tuple(_obligation(obligation_of(each), month) for each in (await session.execute(ordered)).scalars())


def _obligation(each: Obligation, month: Month) -> BriefObligation:
    is_open = not each.is_settled or (each.decided_at is not None and each.decided_at >= month.ends_at)
    in_time = each.submitted_at is not None and each.submitted_at < each.due_at
    late = not in_time and each.due_at < month.ends_at
    return BriefObligation(each.title, each.reason, each.owner.name, each.due_at, late, is_open)


async def units_to_draft(session: ReadSession, month: Month, most: int) -> list[UUID]:
    """Units that have no brief about a month yet and something to say."""
    until = first_of_month(month.first, 1)
    parameters = {"month": month.first, "until": until, "ends_at": month.ends_at, "most": most}
    return list((await session.execute(_TO_DRAFT, parameters)).scalars())


async def add(session: WriteSession, brief: Brief) -> bool:
    """Store a draft; False where the unit has one about the month already."""
    head = brief.head
    values = {
        "id": brief.id, "unit_id": brief.unit_id, "unit_code": brief.unit_code, "unit_name": brief.unit_name.zh,
        "unit_name_en": brief.unit_name.en,
        "unit_path": list(head.unit_path), "month": brief.month, "head_id": head.employee_id, "head_name": head.name,
        "chain": list(head.chain), "facts": FACTS.dump(brief.facts), "analysis": brief.analysis,
        "measures": brief.measures, "state": brief.state.value, "revision": 1, "drafted_at": brief.drafted_at,
    }  # fmt: skip
    made = insert(BriefRow).values(values).on_conflict_do_nothing(index_elements=["unit_id", "month"])
    return (await session.execute(made.returning(BriefRow.id))).first() is not None


async def locked(session: WriteSession, brief_id: UUID) -> BriefRow | None:
    """A brief's row, for editing or signing it."""
    query = select(BriefRow).where(BriefRow.id == brief_id).with_for_update()
    row: BriefRow | None = await session.scalar(query.execution_options(populate_existing=True))
    return row


async def find(session: ReadSession, brief_id: UUID) -> Brief | None:
    """A brief as it is now."""
    query = _SIGNED.where(BriefRow.id == brief_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).first()
    return None if row is None else _brief(row)


async def listed(
    session: ReadSession,
    paging: Paging,
    *,
    units: tuple[UUID, ...] | None,
    employee_id: UUID | None,
    unit_id: UUID | None,
    month: date | None,
    state: str | None,
    today: date,
) -> Rows[Brief]:
    """Briefs of the subtrees of ``units`` (None: all), those of a head and of everybody below one, and of whom a
    person acts for today.
    """
    seen = within(BriefRow.unit_path, units)
    if employee_id is not None:
        own = (BriefRow.head_id == employee_id, BriefRow.chain.contains([employee_id]))
        seen = or_(seen, *own, of_deputy(employee_id, today))
    equal = {BriefRow.unit_id: unit_id, BriefRow.month: month, BriefRow.state: state}
    query = _SIGNED.where(seen, *(column == value for column, value in equal.items() if value is not None))
    return await page(session, query, _brief, keys=[BriefRow.month, BriefRow.id], paging=paging)


def written(facts: BriefFacts) -> dict[str, Any]:
    """Drafted facts as their column holds them."""
    stored: dict[str, Any] = FACTS.dump(facts)
    return stored


def head_of(row: BriefRow) -> Owner:
    """The head of the unit when the brief was drafted."""
    return Owner(row.head_id, row.head_name, tuple(row.chain), tuple(row.unit_path))


def _brief(found: Any) -> Brief:
    row, signed = found[:2]
    signature = None
    if signed is not None:
        signature = BriefSignature(
            signed.signed_by_name, signed.signed_at, signed.reason, signed.hash, signed.on_behalf_of
        )
    return Brief(
        id=row.id,
        unit_id=row.unit_id,
        unit_code=row.unit_code,
        unit_name=Text(row.unit_name, row.unit_name_en),
        month=row.month,
        head=head_of(row),
        facts=FACTS.load(row.facts),
        analysis=row.analysis,
        measures=row.measures,
        state=BriefState(row.state),
        revision=row.revision,
        drafted_at=row.drafted_at,
        signature=signature,
    )
