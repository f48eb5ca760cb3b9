"""Reading what forms are scored from, a batch at a time, by set-based queries whose number does not grow."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import String, TableValuedAlias, Uuid, select, text, true, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import CycleRow, FormRow, GoalRow
from services.appraisal.feedback.domain.feedback import Answer
from services.appraisal.feedback.store.tables import AnswerRow, RatingRow
from services.appraisal.library.domain.relation import Relation
from services.appraisal.scoring.domain.inputs import Adjustment, Exclusion, Known
from services.appraisal.scoring.store.tables import AdjustmentRow, ItemExclusionRow, MissingInputRow, ResultRow
from services.kit.database.bulk import table_of
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession

BATCH = 500
Subject = tuple[str, UUID]


@dataclass
class Facts:
    """What is stored about one form."""

    targets: dict[str, Known] = field(default_factory=dict)
    actuals: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    marks: dict[str, list[Known]] = field(default_factory=lambda: defaultdict(list))
    answers: list[Answer] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    exclusions: dict[str, Exclusion] = field(default_factory=dict)


@dataclass(frozen=True)
class MissingInput:
    """An input that was missing at the last attempt to score."""

    form_id: UUID
    subject_code: str
    subject_name: str
    subject_name_en: str
    item: str
    what: str


async def missing_inputs(
    session: ReadSession, cycle_id: UUID, units: tuple[UUID, ...] | None, paging: Paging
) -> Rows[MissingInput]:
    """What kept the last scoring from happening, about forms in the subtrees of ``units`` (None: all)."""
    query = (
        select(
            FormRow.id, FormRow.subject_code, FormRow.subject_name, FormRow.subject_name_en, MissingInputRow.item,
            MissingInputRow.what,
        )
        .join(FormRow, FormRow.id == MissingInputRow.form_id)
        .where(MissingInputRow.cycle_id == cycle_id, within(FormRow.unit_path, units))
    )  # fmt: skip
    return await page(session, query, _missing, keys=[MissingInputRow.id], paging=paging)


async def subjects_after(session: ReadSession, cycle_id: UUID, after: Subject | None) -> list[Subject]:
    """The next batch of subjects with forms, in a stable order."""
    key = (FormRow.subject_kind, FormRow.subject_id)
    query = (
        select(*key)
        .where(FormRow.cycle_id == cycle_id, FormRow.excluded_at.is_(None))
        .distinct()
        .order_by(*key)
        .limit(BATCH)
    )
    if after is not None:
        query = query.where(tuple_(*key) > after)
    return [(kind, subject_id) for kind, subject_id in await session.execute(query)]


async def forms_of(session: ReadSession, cycle_id: UUID, subjects: Sequence[Subject]) -> dict[Subject, list[FormRow]]:
    """The forms of some subjects, by their first day."""
    asked = _asked(subjects)
    theirs = (FormRow.subject_kind == asked.c.subject_kind) & (FormRow.subject_id == asked.c.subject_id)
    counted = (FormRow.cycle_id == cycle_id, FormRow.excluded_at.is_(None))
    query = select(FormRow).join(asked, theirs).where(*counted).order_by(FormRow.days)
    found: dict[Subject, list[FormRow]] = {subject: [] for subject in subjects}
    for form in (await session.execute(query)).scalars():
        found[(form.subject_kind, form.subject_id)].append(form)
    return found


async def facts_of(session: ReadSession, form_ids: Sequence[UUID]) -> dict[UUID, Facts]:
    """Everything stored about some forms."""
    facts = {form_id: Facts() for form_id in form_ids}
    await _goals(session, facts)
    await _measurements(session, facts)
    await _ratings(session, facts)
    await _answers(session, facts)
    await _decisions(session, facts)
    return facts


async def _goals(session: ReadSession, facts: dict[UUID, Facts]) -> None:
    agreed = (FormRow.id == GoalRow.form_id) & (FormRow.agreed_revision == GoalRow.revision)
    query = select(GoalRow.form_id, GoalRow.id, GoalRow.items).join(FormRow, agreed)
    for form_id, goal_id, items in await session.execute(query.where(GoalRow.form_id.in_(facts))):
        for item in items:
            if item["target"] is not None:
                facts[form_id].targets[item["key"]] = Known(Decimal(item["target"]), f"goal:{goal_id}")


# What somebody entered about themselves before there was a form does not count: nobody has checked it (APR-06).
_MEASURED = text("""
    SELECT form.id AS form_id, measurement.indicator, measurement.id::text AS id, measurement.value,
           measurement.measured_on
    FROM appraisal.form AS form JOIN appraisal.measurement AS measurement
      ON measurement.subject_kind = form.subject_kind AND measurement.subject_code = form.subject_code
     AND form.days @> measurement.measured_on
    WHERE form.id = ANY(:forms) AND NOT EXISTS (
        SELECT FROM appraisal.measurement AS correction WHERE correction.supersedes_id = measurement.id)
        AND (measurement.recorded_by_person = form.owner_id) IS NOT TRUE
    ORDER BY measurement.measured_on, measurement.id
""")


async def actuals_of(session: ReadSession, form_ids: Sequence[UUID]) -> dict[UUID, dict[str, list[Known]]]:
    """The measurements that count for some forms, by indicator and in order of days."""
    found: dict[UUID, dict[str, list[Known]]] = {form_id: defaultdict(list) for form_id in form_ids}
    for form_id, indicator, measurement_id, value, day in await session.execute(_MEASURED, {"forms": list(form_ids)}):
        found[form_id][indicator].append(Known(value, f"measurement:{measurement_id}", day))
    return found


async def _measurements(session: ReadSession, facts: dict[UUID, Facts]) -> None:
    for form_id, actuals in (await actuals_of(session, list(facts))).items():
        facts[form_id].actuals = actuals


async def _ratings(session: ReadSession, facts: dict[UUID, Facts]) -> None:
    columns = (RatingRow.form_id, RatingRow.id, RatingRow.relation, RatingRow.ratings)
    query = select(*columns).where(RatingRow.form_id.in_(facts)).order_by(RatingRow.id)
    for form_id, rating_id, relation, marks in await session.execute(query):
        exact = {key: Decimal(mark) for key, mark in marks.items()}
        facts[form_id].answers.append(Answer(Relation(relation), exact))
        if relation == Relation.SUPERIOR.value:
            for key, mark in exact.items():
                facts[form_id].marks[key].append(Known(mark, f"rating:{rating_id}"))


async def _answers(session: ReadSession, facts: dict[UUID, Facts]) -> None:
    query = select(AnswerRow.form_id, AnswerRow.relation, AnswerRow.ratings).where(AnswerRow.form_id.in_(facts))
    for form_id, relation, marks in await session.execute(query):
        exact = {key: Decimal(mark) for key, mark in marks.items()}
        facts[form_id].answers.append(Answer(Relation(relation), exact))


async def _decisions(session: ReadSession, facts: dict[UUID, Facts]) -> None:
    added = select(AdjustmentRow).where(AdjustmentRow.form_id.in_(facts)).order_by(AdjustmentRow.id)
    for row in (await session.execute(added)).scalars():
        facts[row.form_id].adjustments.append(Adjustment(row.points, row.reason, f"adjustment:{row.id}"))
    gone = select(ItemExclusionRow).where(ItemExclusionRow.form_id.in_(facts))
    for out in (await session.execute(gone)).scalars():
        facts[out.form_id].exclusions[out.item] = Exclusion(out.reason, f"item_exclusion:{out.id}")


async def totals_of(
    session: ReadSession, subjects: Sequence[Subject], cycles: Sequence[str]
) -> dict[Subject, list[tuple[str, Known]]]:
    """The final totals of subjects in closed cycles, with the cycles' codes, for rules that carry them over."""
    asked = _asked(subjects)
    theirs = (ResultRow.subject_kind == asked.c.subject_kind) & (ResultRow.subject_id == asked.c.subject_id)
    latest = (
        select(
            ResultRow.subject_kind,
            ResultRow.subject_id,
            CycleRow.code,
            ResultRow.total,
            ResultRow.id,
            ResultRow.version,
        )
        .join(CycleRow, CycleRow.id == ResultRow.cycle_id)
        .join(asked, theirs)
        .where(CycleRow.code.in_(cycles), CycleRow.state == "closed")
        .ext(distinct_on(ResultRow.id))
        .order_by(ResultRow.id, ResultRow.version.desc())
    )
    found: dict[Subject, list[tuple[str, Known]]] = defaultdict(list)
    for row in await session.execute(latest):
        known = Known(row.total, f"result:{row.id}@{row.version}")
        found[(row.subject_kind, row.subject_id)].append((row.code, known))
    return found


async def existing(
    session: ReadSession, cycle_id: UUID, subjects: Sequence[Subject]
) -> dict[Subject, tuple[UUID, int]]:
    """Results that subjects already have in a cycle: id and highest version."""
    asked = _asked(subjects)
    latest = (  # one at a time out of the index: the table grows faster than the server notices
        select(ResultRow.id, ResultRow.version)
        .where(
            ResultRow.cycle_id == cycle_id,
            ResultRow.subject_kind == asked.c.subject_kind,
            ResultRow.subject_id == asked.c.subject_id,
        )
        .order_by(ResultRow.version.desc())
        .limit(1)
        .lateral("latest")
    )
    query = select(asked.c.subject_kind, asked.c.subject_id, latest.c.id, latest.c.version).join(latest, true())
    rows: Any = await session.execute(query)
    return {(kind, subject_id): (result_id, version) for kind, subject_id, result_id, version in rows}


def _asked(subjects: Sequence[Subject]) -> TableValuedAlias:
    return table_of(subjects, subject_kind=String(), subject_id=Uuid())


def _missing(row: Any) -> MissingInput:
    return MissingInput(*row[:6])
