"""Which forms of a cycle may lack something, found by one statement over all of them (APR-04, APR-11)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from services.appraisal.feedback.domain.feedback import questions_for
from services.appraisal.library.domain.indicators.prior_results import PriorResults
from services.appraisal.library.domain.indicators.rule import Need
from services.appraisal.library.domain.relation import ANONYMOUS
from services.appraisal.library.domain.scheme import Frequency, Item, Scheme
from services.appraisal.scoring.store.scoring import Subject
from services.kit.database.sessions import ReadSession

# One row for each thing that an item of a scheme needs. What a form lacks is counted by item; ``least`` says from how
# many items on the form may be kept from its score: one, or all of them where the policy leaves out what is missing.
_LACKING: Final = text("""
    WITH need AS (
        SELECT * FROM jsonb_to_recordset(cast(:needs AS jsonb)) AS need (
            scheme_id uuid, kind text, item text, indicator text, monthly boolean, cycles text[], relations text[],
            threshold integer)
    ), policy AS (
        SELECT * FROM jsonb_to_recordset(cast(:policies AS jsonb)) AS policy (
            scheme_id uuid, excludes boolean, counted integer)
    ), asked AS (
        SELECT form.id, form.scheme_id, form.subject_kind, form.subject_id, form.subject_code, form.owner_id,
               form.days, ARRAY(
                   SELECT goal_item->>'key' FROM jsonb_array_elements(goal.items) AS goal_item
                   WHERE goal_item->>'target' IS NOT NULL) AS targets
        FROM appraisal.form AS form
        LEFT JOIN appraisal.goal ON goal.form_id = form.id AND goal.revision = form.agreed_revision
        WHERE form.cycle_id = :cycle AND form.excluded_at IS NULL
        AND (cast(:units AS uuid[]) IS NULL OR form.unit_path && cast(:units AS uuid[]))
    ), lack AS (
        SELECT form.id, need.item FROM asked AS form JOIN need USING (scheme_id)
        WHERE need.kind = 'target' AND need.item <> ALL (form.targets)
        UNION ALL
        SELECT form.id, need.item FROM asked AS form JOIN need USING (scheme_id)
        CROSS JOIN LATERAL generate_series(
            date_trunc('month', lower(form.days)::timestamp), (upper(form.days) - 1)::timestamp,
            CASE WHEN need.monthly THEN interval '1 month' ELSE interval '10 years' END) AS first
        WHERE need.kind = 'actual' AND NOT EXISTS (
            SELECT FROM appraisal.measurement
            WHERE measurement.subject_kind = form.subject_kind AND measurement.subject_code = form.subject_code
            AND measurement.indicator = need.indicator AND form.days @> measurement.measured_on
            AND (NOT need.monthly OR measurement.measured_on >= first AND measurement.measured_on < first + '1 month')
            AND (measurement.recorded_by_person = form.owner_id) IS NOT TRUE
            AND NOT EXISTS (
                SELECT FROM appraisal.measurement AS correction WHERE correction.supersedes_id = measurement.id))
        UNION ALL
        SELECT form.id, need.item FROM asked AS form JOIN need USING (scheme_id)
        WHERE need.kind = 'manual_score' AND NOT EXISTS (
            SELECT FROM appraisal.rating
            WHERE rating.form_id = form.id AND rating.relation = 'superior' AND rating.ratings ? need.item)
        UNION ALL
        SELECT form.id, need.item FROM asked AS form JOIN need USING (scheme_id)
        WHERE need.kind = 'prior_results' AND cardinality(need.cycles) > (
            SELECT count(DISTINCT cycle.code) FROM appraisal.result
            JOIN appraisal.cycle ON cycle.id = result.cycle_id AND cycle.state = 'closed'
            WHERE result.subject_kind = form.subject_kind AND result.subject_id = form.subject_id
            AND cycle.code = ANY(need.cycles))
        UNION ALL
        SELECT form.id, need.item FROM asked AS form JOIN need USING (scheme_id)
        WHERE need.kind = 'feedback' AND need.threshold > (
            SELECT count(*) FROM appraisal.answer
            WHERE answer.form_id = form.id AND answer.relation = ANY(need.relations))
        AND NOT EXISTS (
            SELECT FROM appraisal.rating
            WHERE rating.form_id = form.id AND rating.relation = ANY(need.relations))
    ), counted AS (
        SELECT lack.id, count(DISTINCT lack.item) AS items FROM lack
        WHERE NOT EXISTS (
            SELECT FROM appraisal.item_exclusion AS gone WHERE gone.form_id = lack.id AND gone.item = lack.item)
        GROUP BY lack.id
    ), gone AS (
        SELECT asked.id, count(*) AS items FROM asked
        JOIN appraisal.item_exclusion ON item_exclusion.form_id = asked.id GROUP BY asked.id
    ), waiting AS (
        SELECT asked.id FROM asked JOIN appraisal.measurement_proposal AS proposal
        ON proposal.subject_kind = asked.subject_kind AND proposal.subject_code = asked.subject_code
        WHERE proposal.state = 'proposed'
    )
    SELECT DISTINCT asked.subject_kind, asked.subject_id FROM asked JOIN policy USING (scheme_id)
    LEFT JOIN counted ON counted.id = asked.id LEFT JOIN gone ON gone.id = asked.id
    WHERE (NOT policy.excludes AND counted.items > 0)
    OR coalesce(counted.items, 0) + coalesce(gone.items, 0) >= policy.counted
    OR asked.id IN (SELECT waiting.id FROM waiting)
    ORDER BY asked.subject_kind, asked.subject_id LIMIT cast(:most AS bigint)
""")


async def may_lack(
    session: ReadSession,
    cycle_id: UUID,
    schemes: Mapping[UUID, Scheme],
    *,
    units: tuple[UUID, ...] | None,
    answers_known: bool,
    most: int | None = None,
) -> list[Subject]:
    """The first ``most`` subjects (None: all) in the subtrees of ``units`` (None: all) whose forms may lack something.

    Every form that lacks something is among them; which of them do, and what, is for the domain to say. Anonymous
    answers are looked at only once all of them are known (APR-10).
    """
    needs = [need for key, scheme in schemes.items() for need in _needs(key, scheme, answers_known=answers_known)]
    policies = [
        {
            "scheme_id": str(key),
            "excludes": scheme.missing_inputs == "exclude",
            "counted": sum(item.weight > 0 for item in scheme.items),
        }
        for key, scheme in schemes.items()
    ]
    values = {
        "cycle": cycle_id,
        "units": None if units is None else list(units),
        "needs": json.dumps(needs),
        "policies": json.dumps(policies),
        "most": most,
    }
    return [(kind, subject_id) for kind, subject_id in await session.execute(_LACKING, values)]


def _needs(scheme_id: UUID, scheme: Scheme, *, answers_known: bool) -> Sequence[dict[str, Any]]:
    kinds = {need for need in Need if answers_known or need is not Need.FEEDBACK}
    return [
        {"scheme_id": str(scheme_id), "kind": need.value, "item": item.key, **_details(scheme, item)}
        for item in scheme.items
        for need in sorted(item.rule.needs & kinds)
    ]


def _details(scheme: Scheme, item: Item) -> dict[str, Any]:
    return {
        "indicator": item.indicator,
        "monthly": item.collection is Frequency.MONTH,
        "cycles": list(item.rule.cycles) if isinstance(item.rule, PriorResults) else [],
        "relations": [relation for relation, weight in scheme.feedback.relations.items() if weight > 0],
        "threshold": _enough(scheme),
    }


def _enough(scheme: Scheme) -> int:
    """From how many anonymous answers on a 360 score is certain: only relations that are asked the same merge."""
    item, threshold = scheme.feedback_item, scheme.feedback.threshold
    asked = {questions_for(item.questions, relation) for relation in ANONYMOUS} if item else set()
    return threshold if len(asked) <= 1 else len(ANONYMOUS) * (threshold - 1) + 1
