"""The statements that turn the neighbours' lines into an input snapshot, in the order in which they run.

Parameters: ``snapshot``, ``first`` and ``last`` (the period, both days included).
"""

from typing import Final

STAGE: Final = "CREATE TEMPORARY TABLE staged (line jsonb NOT NULL) ON COMMIT DROP"

# Each kind of line gets typed columns once; everything after that is hash joins.
SORT_OUT: Final = (
    """
CREATE TEMPORARY TABLE staged_unit ON COMMIT DROP AS
SELECT line->>'id' AS id, line->>'code' AS code, line->>'name' AS name, line->>'name_en' AS name_en,
       line->'path' AS path
FROM staged WHERE line->>'kind' = 'unit'
""",
    """
CREATE TEMPORARY TABLE staged_employee ON COMMIT DROP AS
SELECT line->>'id' AS id, line->>'number' AS number, line->>'name' AS name,
       line->>'probation_until' AS probation_until, line->>'left_on' AS left_on
FROM staged WHERE line->>'kind' = 'employee'
""",
    """
CREATE TEMPORARY TABLE staged_assignment ON COMMIT DROP AS
SELECT line->>'id' AS id, line->>'employee_id' AS employee_id, line->>'assignment_kind' AS kind,
       line->>'unit_id' AS unit_id, line->>'valid_from' AS first, line->>'valid_to' AS last,
       line->'unit_path' AS unit_path
FROM staged WHERE line->>'kind' = 'assignment' AND line->>'assignment_kind' IN ('primary', 'rotation')
""",
    """
CREATE TEMPORARY TABLE staged_absence ON COMMIT DROP AS
SELECT line->>'id' AS id, line->>'employee_id' AS employee_id, line->>'absence_kind' AS kind,
       line->>'valid_from' AS first, line->>'valid_to' AS last
FROM staged WHERE line->>'kind' = 'absence'
""",
    """
CREATE TEMPORARY TABLE staged_result ON COMMIT DROP AS
SELECT DISTINCT ON (subject_id) line->>'subject_kind' AS subject_kind, subject_id,
       json_build_object('id', line->>'id', 'version', line->'version', 'grade', line->>'grade',
                         'total', line->>'total') AS facts
FROM staged, LATERAL (SELECT CASE line->>'subject_kind' WHEN 'unit' THEN line->>'unit_id'
                                  ELSE line->>'employee_id' END AS subject_id) AS subject
WHERE line->>'kind' = 'result' ORDER BY subject_id, (line->>'version')::integer DESC
""",
    """
ANALYZE staged_unit (id), staged_employee (id, number), staged_assignment (employee_id), staged_absence (employee_id),
        staged_result (subject_kind, subject_id)
""",
)

UNITS: Final = """
INSERT INTO snapshot_unit (snapshot_id, unit_id, facts)
SELECT %(snapshot)s, unit.id::uuid, json_build_object(
    'id', unit.id, 'code', unit.code, 'name', unit.name, 'name_en', unit.name_en,
    'path', above.codes, 'path_ids', unit.path, 'result', result.facts)
FROM staged_unit AS unit
JOIN (SELECT below.id, json_agg(step_unit.code ORDER BY step.place) AS codes
      FROM staged_unit AS below, jsonb_array_elements_text(below.path) WITH ORDINALITY AS step (id, place)
      JOIN staged_unit AS step_unit ON step_unit.id = step.id
      GROUP BY below.id) AS above ON above.id = unit.id
LEFT JOIN staged_result AS result ON result.subject_kind = 'unit' AND result.subject_id = unit.id
"""

# The pay profiles are ours; they are read in the same transaction, so the person is one consistent picture. OFFSET 0
# keeps PostgreSQL from writing out the facts of everybody twice, once to store and once to hash them.
CALCULATION_INPUTS: Final = """
INSERT INTO calculation_input (snapshot_id, number, employee_id, facts, digest)
SELECT %(snapshot)s, number, id::uuid, facts, sha256(convert_to(facts::text, 'UTF8'))
FROM (
    SELECT employee.number, employee.id, json_build_object(
        'employee', json_build_object('id', employee.id, 'number', employee.number, 'name', employee.name,
                                      'probation_until', employee.probation_until, 'left_on', employee.left_on),
        'assignments', assignments.facts, 'profiles', coalesce(pay.facts, '[]'), 'result', result.facts,
        'absences', coalesce(absences.facts, '[]')) AS facts
    FROM staged_employee AS employee
    JOIN (SELECT employee_id, json_agg(json_build_object('id', id, 'kind', kind, 'unit_id', unit_id,
                                                         'first', first, 'last', last) ORDER BY first, id) AS facts
          FROM staged_assignment GROUP BY employee_id) AS assignments ON assignments.employee_id = employee.id
    LEFT JOIN (SELECT employee_id, json_agg(json_build_object('id', id, 'kind', kind, 'first', first, 'last', last)
                                            ORDER BY first, id) AS facts
               FROM staged_absence GROUP BY employee_id) AS absences ON absences.employee_id = employee.id
    LEFT JOIN (SELECT employee_number, json_agg(json_build_object(
                   'id', id, 'version', version, 'first', lower(valid), 'last', upper(valid) - 1,
                   'fixed_pay', fixed_pay::text, 'fixed_share', trim_scale(fixed_share)::text,
                   'variable_share', trim_scale(variable_share)::text, 'monthly_base', monthly_base::text,
                   'currency', currency, 'cost_centre', cost_centre) ORDER BY lower(valid)) AS facts
               FROM pay_profile
               WHERE replaced_at IS NULL AND valid && daterange(%(first)s, %(last)s, '[]')
               GROUP BY employee_number) AS pay ON pay.employee_number = employee.number
    LEFT JOIN staged_result AS result ON result.subject_kind = 'employee' AND result.subject_id = employee.id
    OFFSET 0
) AS person
"""

HASH_UNITS: Final = """
SELECT sha256(string_agg(sha256(convert_to(facts::text, 'UTF8')), ''::bytea ORDER BY unit_id))
FROM snapshot_unit WHERE snapshot_id = %(snapshot)s
"""

HASH_CALCULATION_INPUTS: Final = """
SELECT count(*), sha256(coalesce(string_agg(digest, ''::bytea ORDER BY number COLLATE "C"), ''::bytea))
FROM calculation_input WHERE snapshot_id = %(snapshot)s
"""

# A person whose number was changed is known by the new one alone.
RENUMBERED: Final = """
DELETE FROM person USING staged_employee AS employee
WHERE person.employee_id = employee.id::uuid AND person.number <> employee.number
"""

# Whoever org names is known from now on: tokens name ids, grants name units, pay is kept by number.
PEOPLE: Final = """
INSERT INTO person AS known (number, employee_id, name, unit_path)
SELECT DISTINCT ON (employee.number) employee.number, employee.id::uuid, employee.name,
       ARRAY(SELECT jsonb_array_elements_text(assignment.unit_path))::uuid[]
FROM staged_employee AS employee JOIN staged_assignment AS assignment ON assignment.employee_id = employee.id
ORDER BY employee.number, assignment.first::date <= %(last)s DESC, assignment.first DESC
ON CONFLICT (number) DO UPDATE SET employee_id = excluded.employee_id, name = excluded.name,
    unit_path = excluded.unit_path
WHERE (known.employee_id, known.name, known.unit_path)
    IS DISTINCT FROM (excluded.employee_id, excluded.name, excluded.unit_path)
"""

# So is what the units are called: whoever names one by id names it by name too.
UNIT_NAMES: Final = """
INSERT INTO unit AS known (id, code, name, name_en, path)
SELECT id::uuid, code, name, coalesce(name_en, name), ARRAY(SELECT jsonb_array_elements_text(path))::uuid[]
FROM staged_unit
ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name, name_en = excluded.name_en,
    path = excluded.path
WHERE (known.code, known.name, known.name_en, known.path)
    IS DISTINCT FROM (excluded.code, excluded.name, excluded.name_en, excluded.path)
"""

KNOWN: Final = (RENUMBERED, PEOPLE, UNIT_NAMES)
"""What is known from now on, whatever happens to the snapshot."""

ALL_INPUTS: Final = """
SELECT facts::text FROM calculation_input WHERE snapshot_id = %(snapshot)s ORDER BY number
"""
