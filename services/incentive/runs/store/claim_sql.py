"""The statements that gather claims into an input snapshot, in the order in which they run.

Parameters: ``snapshot``, ``kind`` and ``last`` (the last day of the run's period). What is taken is what is not posted
as its newest version states it, so that a run can be made at any time and pays differences alone.
"""

from typing import Final

_CLAIMS: Final = """
INSERT INTO snapshot_claim (snapshot_id, claim_id)
SELECT %(snapshot)s, claim.id
FROM (SELECT DISTINCT ON (employee_id, occasion) * FROM claim WHERE kind = %(kind)s
      ORDER BY employee_id, occasion, version DESC) AS claim
LEFT JOIN entitlement AS known USING (employee_id, kind, occasion, currency)
WHERE claim.due_on <= %(last)s
    AND (coalesce(known.posted, 0), coalesce(known.costs, '{}')) IS DISTINCT FROM (claim.amount, claim.costs)
"""

_POSTED: Final = """
INSERT INTO snapshot_entitlement (snapshot_id, entitlement_id, posted, costs, line_id)
SELECT %(snapshot)s, known.id, known.posted, known.costs, known.line_id
FROM snapshot_claim AS taken JOIN claim ON claim.id = taken.claim_id
JOIN entitlement AS known USING (employee_id, kind, occasion, currency)
WHERE taken.snapshot_id = %(snapshot)s
"""

_UNITS: Final = """
INSERT INTO snapshot_unit (snapshot_id, unit_id, facts)
SELECT %(snapshot)s, unit.id, json_build_object(
    'id', unit.id, 'code', unit.code, 'name', unit.name, 'name_en', unit.name_en,
    'path', (SELECT json_agg(above.code ORDER BY step.place)
             FROM unnest(unit.path) WITH ORDINALITY AS step (id, place) JOIN unit AS above ON above.id = step.id),
    'path_ids', to_json(unit.path), 'result', NULL)
FROM unit WHERE id IN (
    SELECT person.unit_path[cardinality(person.unit_path)]
    FROM snapshot_claim AS taken JOIN claim ON claim.id = taken.claim_id JOIN person USING (employee_id)
    WHERE taken.snapshot_id = %(snapshot)s)
"""

_INPUTS: Final = """
INSERT INTO calculation_input (snapshot_id, number, employee_id, facts, digest)
SELECT %(snapshot)s, number, employee_id, facts::json, sha256(convert_to(facts, 'UTF8'))
FROM (
    SELECT person.number, person.employee_id, json_build_object(
        'employee', json_build_object('id', person.employee_id, 'number', person.number, 'name', person.name,
                                      'unit_id', person.unit_path[cardinality(person.unit_path)]),
        'claims', json_agg(json_build_object(
            'id', claim.id, 'version', claim.version, 'occasion', claim.occasion, 'currency', claim.currency,
            'amount', claim.amount::text, 'costs', claim.costs, 'due_on', claim.due_on,
            'explanation', claim.explanation::json) ORDER BY claim.occasion COLLATE "C"))::text AS facts
    FROM snapshot_claim AS taken JOIN claim ON claim.id = taken.claim_id JOIN person USING (employee_id)
    WHERE taken.snapshot_id = %(snapshot)s
    GROUP BY person.number
) AS claimant
"""

GATHER: Final = (_CLAIMS, _POSTED, _UNITS, _INPUTS)

# Of each kind that nobody works at, whether something was claimed or came due after claims were last gathered.
# By what was gathered and not by time: a claim can be written before a snapshot is taken and committed after it.
UNGATHERED: Final = """
SELECT DISTINCT claim.kind
FROM claim
LEFT JOIN entitlement AS known USING (employee_id, kind, occasion, currency)
WHERE claim.due_on <= :today
    AND NOT EXISTS (SELECT FROM snapshot_claim AS taken WHERE taken.claim_id = claim.id)
    AND (coalesce(known.posted, 0), coalesce(known.costs, '{}')) IS DISTINCT FROM (claim.amount, claim.costs)
    AND NOT EXISTS (SELECT FROM claim AS newer
                    WHERE newer.employee_id = claim.employee_id AND newer.kind = claim.kind
                        AND newer.occasion = claim.occasion AND newer.version > claim.version)
    AND NOT EXISTS (SELECT FROM run WHERE run.bonus = claim.kind AND run.state NOT IN ('posted', 'paid', 'cancelled'))
ORDER BY claim.kind
"""

SETTLED: Final = """
SELECT DISTINCT gathered.source_id FROM snapshot_claim AS taken JOIN claim AS gathered ON gathered.id = taken.claim_id
WHERE taken.snapshot_id = :snapshot AND NOT EXISTS (
    SELECT FROM (SELECT DISTINCT ON (employee_id, kind, occasion) * FROM claim
                 WHERE claim.source_type = gathered.source_type AND claim.source_id = gathered.source_id
                 ORDER BY employee_id, kind, occasion, version DESC) AS newest
    LEFT JOIN entitlement AS known USING (employee_id, kind, occasion, currency)
    WHERE coalesce(known.posted, 0) <> newest.amount)
"""
