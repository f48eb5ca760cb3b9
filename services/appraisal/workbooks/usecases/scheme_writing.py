"""The rows of schemes in a workbook; imported again they change nothing (APR-02, PLT-06)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.appraisal.library.domain.indicator import Indicator
from services.appraisal.library.domain.scheme import FREQUENCY_NAMES, RESULT_USE_NAMES, Item, Scheme
from services.appraisal.library.domain.scheme_version import SchemeVersion
from services.appraisal.workbooks.usecases.rule_sheets import rule_rows
from services.appraisal.workbooks.usecases.scheme_sheets import KIND_NAMES, MISSING_NAMES, SCHEME_SHEETS, listed
from services.kit.errors import Language
from services.kit.files.templates import headers
from services.kit.files.writing import SheetContent, Value

Rows = list[Sequence[Value]]


def scheme_sheets(
    versions: Iterable[SchemeVersion], library: Mapping[str, Indicator], language: Language
) -> list[SheetContent]:
    """The sheets of these versions; a rule is written where it is not the one of the indicator in ``library``."""
    contents: tuple[Rows, ...] = tuple([] for _ in SCHEME_SHEETS)
    heads, covered, items, parameters, questions, relations = contents
    for version in versions:
        scheme = version.scheme
        heads.append(_head(version, language))
        covered += [(scheme.code, subject) for subject in version.subjects]
        relations += _relations(scheme, language)
        for item_row, item in _items(scheme):
            own = _own_rule(item, library)
            rule = item.rule.label.in_language(language) if own else None
            veto = (item.veto.below, item.veto.at_most.value) if item.veto else (None, None)
            items.append((*item_row, rule, *veto))
            parameters += [(scheme.code, item.key, *row) for row in rule_rows(item.rule, language) if own]
            questions += _questions(scheme, item, language)
    return [
        SheetContent(form.name if language == "zh" else form.english_name, headers(form, language), rows)
        for form, rows in zip(SCHEME_SHEETS, contents, strict=True)
    ]


def _own_rule(item: Item, library: Mapping[str, Indicator]) -> bool:
    known = library.get(item.indicator)
    return known is None or known.facts.rule != item.rule


def _head(version: SchemeVersion, language: Language) -> Sequence[Value]:
    scheme, grades = version.scheme, version.scheme.grades
    return (
        scheme.code,
        scheme.name.zh,
        scheme.name.en,
        KIND_NAMES[scheme.subject_kind].in_language(language),
        FREQUENCY_NAMES[scheme.frequency].in_language(language),
        version.valid.start,
        MISSING_NAMES[scheme.missing_inputs].in_language(language),
        scheme.adjustment_limit,
        scheme.feedback.threshold,
        grades.s,
        grades.a,
        grades.b,
        grades.c,
        listed([RESULT_USE_NAMES[use] for use in scheme.result_uses], language),
    )


def _items(scheme: Scheme) -> Iterator[tuple[tuple[Value, ...], Item]]:
    for section in scheme.sections:
        head = (scheme.code, section.key, section.name.zh, section.name.en, section.weight)
        for item in section.items:
            yield (*head, item.key, item.indicator, item.weight), item


def _questions(scheme: Scheme, item: Item, language: Language) -> Iterator[Sequence[Value]]:
    for each in item.questions:
        relations = listed([relation.text for relation in each.relations], language)
        words = (each.text.zh, each.text.en)
        yield scheme.code, item.key, each.key, *words, each.weight, each.maximum, relations


def _relations(scheme: Scheme, language: Language) -> Iterator[Sequence[Value]]:
    for relation, weight in scheme.feedback.relations.items():
        limit = scheme.feedback.limits.get(relation)
        bounds = (limit.least, limit.most) if limit else (None, None)
        yield scheme.code, relation.text.in_language(language), weight, *bounds
