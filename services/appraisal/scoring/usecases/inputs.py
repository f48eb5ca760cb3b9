"""What scoring goes by: the stored inputs of some subjects, form by form (APR-11)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.feedback.domain.feedback import Group, gather
from services.appraisal.library.domain.indicators.prior_results import PriorResults
from services.appraisal.library.domain.scheme import Item, Scheme
from services.appraisal.scoring.domain.inputs import FormInputs, ItemInputs, Known
from services.appraisal.scoring.store import scoring as store
from services.appraisal.scoring.store.scoring import Facts, Subject
from services.kit.database.sessions import ReadSession
from services.kit.database.sessions import period as stored_period

Schemes = Mapping[UUID, Scheme]
Scored = tuple[Scheme, FormInputs]


async def collect(
    session: ReadSession,
    cycle_id: UUID,
    subjects: Sequence[Subject],
    schemes: Schemes,
    *,
    groups: Mapping[str, tuple[Group, ...]] | None = None,
) -> dict[Subject, tuple[FormRow, list[Scored]]]:
    """The inputs of some subjects, with each one's last form.

    ``groups``, by form id, are 360 groups counted earlier: once a result exists, answers are never read again.
    """
    forms = await store.forms_of(session, cycle_id, subjects)
    facts = await store.facts_of(session, [form.id for rows in forms.values() for form in rows])
    carried = await _carried(session, subjects, schemes)
    found = {}
    for subject, rows in forms.items():
        totals = carried.get(subject, [])
        scored = []
        for form in rows:
            scheme = schemes[form.scheme_id]
            counted = _groups(scheme, facts[form.id]) if groups is None else groups.get(str(form.id), ())
            scored.append((scheme, _inputs(form, scheme, facts[form.id], counted, totals)))
        found[subject] = (rows[-1], scored)
    return found


async def _carried(
    session: ReadSession, subjects: Sequence[Subject], schemes: Schemes
) -> dict[Subject, list[tuple[str, Known]]]:
    codes = {
        code for scheme in schemes.values() for item in scheme.items if isinstance(item.rule, PriorResults)
        for code in item.rule.cycles
    }  # fmt: skip
    return await store.totals_of(session, subjects, sorted(codes)) if codes else {}


def _groups(scheme: Scheme, facts: Facts) -> tuple[Group, ...]:
    item = scheme.feedback_item
    return gather(scheme.feedback, item.questions, facts.answers) if item else ()


def _inputs(
    form: FormRow, scheme: Scheme, facts: Facts, groups: tuple[Group, ...], totals: Sequence[tuple[str, Known]]
) -> FormInputs:
    days = stored_period(form.days)
    return FormInputs(
        form_id=str(form.id),
        scheme_id=str(form.scheme_id),
        valid_from=days.start,
        valid_to=days.last or days.start,
        items={item.key: _item(item, facts, totals) for item in scheme.items},
        groups=groups,
        adjustments=tuple(facts.adjustments),
    )


def _item(item: Item, facts: Facts, totals: Sequence[tuple[str, Known]]) -> ItemInputs:
    carried: tuple[Known, ...] = ()
    if isinstance(item.rule, PriorResults):
        by_code = dict(totals)
        if all(code in by_code for code in item.rule.cycles):
            carried = tuple(by_code[code] for code in item.rule.cycles)
    return ItemInputs(
        target=facts.targets.get(item.key),
        actuals=tuple(facts.actuals.get(item.indicator, ())),
        manual_scores=tuple(facts.marks.get(item.key, ())),
        prior_totals=carried,
        exclusion=facts.exclusions.get(item.key),
    )
