"""Actuals and targets of many forms, tallied by cycle and indicator in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Numeric, String, Uuid, bindparam, select, text

from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.library.domain.scheme import Aggregation, Item, Scheme, SubjectKind
from services.appraisal.library.store.tables import SCHEMES, SchemeRow
from services.appraisal.reports.domain.comparison import Tally
from services.appraisal.reports.store.reports import Sight
from services.kit.database.sessions import ReadSession


@dataclass(frozen=True)
class Wanted:
    """An item of a scheme whose actuals are tallied. ``weight``: in percent of the total."""

    scheme_id: UUID
    item: Item
    weight: Decimal


# What counts for a form, as in scoring: neither corrected nor entered by the person concerned (APR-06).
_TALLY: Final = text("""
WITH wanted AS (
    SELECT * FROM unnest(:schemes, :keys, :indicators, :aggregations, :weights)
        AS wanted (scheme_id, key, indicator, aggregation, weight)
), sheet AS (
    SELECT form.cycle_id, wanted.indicator, wanted.weight, wanted.aggregation,
        (SELECT (item ->> 'target')::numeric FROM appraisal.goal AS goal, jsonb_array_elements(goal.items) AS item
         WHERE goal.form_id = form.id AND goal.revision = form.agreed_revision AND item ->> 'key' = wanted.key
        ) AS target,
        (SELECT CASE wanted.aggregation WHEN 'sum' THEN sum(value) WHEN 'mean' THEN avg(value)
                     WHEN 'max' THEN max(value) WHEN 'min' THEN min(value)
                     ELSE (array_agg(value ORDER BY measured_on DESC, id DESC))[1] END
         FROM appraisal.measurement AS measurement
         WHERE measurement.subject_kind = form.subject_kind AND measurement.subject_code = form.subject_code
           AND measurement.indicator = wanted.indicator AND form.days @> measurement.measured_on
           AND (measurement.recorded_by_person = form.owner_id) IS NOT TRUE
           AND NOT EXISTS (SELECT FROM appraisal.measurement AS later WHERE later.supersedes_id = measurement.id)
        ) AS actual
    FROM appraisal.form AS form JOIN wanted USING (scheme_id)
    WHERE form.cycle_id = ANY(:cycles) AND form.excluded_at IS NULL AND form.subject_kind = :kind
      AND (:everywhere OR form.unit_path && :units OR form.manager_chain @> ARRAY[:person]
           OR (form.subject_kind <> 'employee' AND form.owner_id = :person))
      AND (CAST(:unit AS uuid) IS NULL OR form.subject_id = :unit
           OR (form.subject_kind <> 'unit' AND form.unit_path @> ARRAY[CAST(:unit AS uuid)]))
)
SELECT cycle_id, indicator, count(*) AS forms, count(actual) AS measured,
    count(*) FILTER (WHERE actual IS NOT NULL AND target IS NOT NULL) AS compared,
    sum(weight) AS weight, min(aggregation) AS aggregation, sum(actual) AS actual,
    sum(actual) FILTER (WHERE target IS NOT NULL) AS compared_actual,
    sum(target) FILTER (WHERE actual IS NOT NULL) AS compared_target
FROM sheet GROUP BY cycle_id, indicator ORDER BY cycle_id, indicator
""").bindparams(
    bindparam("schemes", type_=ARRAY(Uuid)),
    bindparam("keys", type_=ARRAY(String)),
    bindparam("indicators", type_=ARRAY(String)),
    bindparam("aggregations", type_=ARRAY(String)),
    bindparam("weights", type_=ARRAY(Numeric)),
    bindparam("cycles", type_=ARRAY(Uuid)),
    bindparam("units", type_=ARRAY(Uuid)),
    bindparam("person", type_=Uuid),
    bindparam("unit", type_=Uuid),
)


async def measured_items(session: ReadSession, cycle_ids: Sequence[UUID], indicator: str | None) -> list[Wanted]:
    """The measured items of all schemes of some cycles, those of one indicator only where one is named."""
    used = select(FormRow.scheme_id).where(FormRow.cycle_id.in_(cycle_ids)).distinct()
    rows = await session.execute(
        select(SchemeRow.id, SchemeRow.body).where(SchemeRow.id.in_(used)).order_by(SchemeRow.code, SchemeRow.version)
    )
    return [
        wanted
        for scheme_id, body in rows
        for wanted in _items(scheme_id, SCHEMES.load(body))
        if indicator is None or wanted.item.indicator == indicator
    ]


def _items(scheme_id: UUID, scheme: Scheme) -> list[Wanted]:
    measured = {item.key for item in scheme.measured_items}
    return [
        Wanted(scheme_id, item, section.weight * item.weight / 100)
        for section in scheme.sections
        for item in section.items
        if item.key in measured
    ]


async def tally(
    session: ReadSession,
    sight: Sight,
    *,
    cycle_ids: Sequence[UUID],
    wanted: Sequence[Wanted],
    kind: SubjectKind,
    unit_id: UUID | None,
) -> list[Tally]:
    """The counts ``wanted`` over the forms of one kind: a unit's own, or those of the people below it."""
    parameters = {
        "schemes": [each.scheme_id for each in wanted],
        "keys": [each.item.key for each in wanted],
        "indicators": [each.item.indicator for each in wanted],
        "aggregations": [each.item.aggregation.value for each in wanted],
        "weights": [each.weight for each in wanted],
        "cycles": list(cycle_ids),
        "kind": kind.value,
        "everywhere": sight.units is None,
        "units": list(sight.units or ()),
        "person": sight.employee_id,
        "unit": unit_id,
    }
    return [_tally(row) for row in await session.execute(_TALLY, parameters)]


def _tally(row: Any) -> Tally:
    summed = row.aggregation == Aggregation.SUM.value

    def over(value: Decimal | None, count: int) -> Fraction | None:
        if value is None:
            return None
        return Fraction(value) if summed else Fraction(value) / count

    return Tally(
        row.cycle_id,
        row.indicator,
        row.forms,
        row.measured,
        row.compared,
        row.weight,
        over(row.actual, row.measured),
        over(row.compared_actual, row.compared),
        over(row.compared_target, row.compared),
    )
