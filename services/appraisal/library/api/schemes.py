"""/v1/appraisal/schemes: what positions and units are appraised on (APR-02)."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.library.api.rule_body import RuleBody
from services.appraisal.library.domain import scheme as domain
from services.appraisal.library.domain.feedback_policy import FeedbackPolicy, default_relations
from services.appraisal.library.domain.feedback_policy import Question as QuestionAsked
from services.appraisal.library.domain.grade import Grade, GradeScale
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.appraisal.library.store import schemes as store
from services.appraisal.library.store.codec import rule_of, scheme_of
from services.appraisal.library.store.tables import IndicatorRow, SchemeRow
from services.appraisal.library.usecases import schemes
from services.appraisal.permissions import HrUnitOfWork, Librarian
from services.kit.database import period
from services.kit.errors import NotFound, Text
from services.kit.fields import CodeText, ExactDecimal, Label, Model, Weight
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read

routes = router("/v1/appraisal/schemes", tag="schemes")


class Question(Model):
    """A question of the 360 sheet; weights sum to 100."""

    key: CodeText
    text: Label
    text_en: Label | None = None
    weight: Weight
    maximum: ExactDecimal = Field(Decimal(5), description="marks run from 0 to this")


class Veto(Model):
    """A score of the item below ``below`` limits the final grade to ``at_most``."""

    below: ExactDecimal
    at_most: Grade = Grade.C


class NewItem(Model):
    """A line of the form: an indicator with its weight in percent of the section."""

    key: CodeText | None = Field(None, description="by default the indicator's code")
    indicator: CodeText
    weight: Weight
    rule: RuleBody | None = Field(None, description="in place of the indicator's own rule")
    questions: Annotated[list[Question], Field(max_length=50)] = Field(
        default_factory=list, description="only for the rule multi_rater"
    )
    veto: Veto | None = None


class NewSection(Model):
    """A part of the form with its weight in percent of the total."""

    key: CodeText
    name: Label
    name_en: Label
    weight: Weight
    items: Annotated[list[NewItem], Field(min_length=1, max_length=50)]


class Feedback(Model):
    """Weights of the relations in percent, summing to 100, and from how many answers on a group is shown."""

    relations: dict[Relation, Weight] = Field(default_factory=default_relations)
    threshold: Annotated[int, Field(ge=1, le=50, description="never below 3")] = 3


class Grades(Model):
    """The lowest total of each grade; below C's it is D."""

    s: ExactDecimal = Decimal(95)
    a: ExactDecimal = Decimal(85)
    b: ExactDecimal = Decimal(70)
    c: ExactDecimal = Decimal(60)


class NewScheme(Model):
    """A scheme, or the next version of the one with this code, which ends the day before ``valid_from``."""

    code: CodeText
    name: Label
    name_en: Label
    subject_kind: SubjectKind = SubjectKind.EMPLOYEE
    frequency: Frequency = Frequency.QUARTER
    valid_from: date
    positions: Annotated[list[CodeText], Field(max_length=2000)] = Field(
        default_factory=list, description="codes of the positions covered, for employees"
    )
    units: Annotated[list[CodeText], Field(max_length=2000)] = Field(
        default_factory=list, description="codes of the units covered, for units as subjects"
    )
    sections: Annotated[list[NewSection], Field(min_length=1, max_length=20)]
    feedback: Feedback = Field(default_factory=Feedback)
    grades: Grades = Field(default_factory=Grades)
    missing: Literal["block", "leave_out"] = Field("block", description="what a missing actual does at scoring")
    adjustment_limit: ExactDecimal = Field(Decimal(10), description="adjustments lie together within ± this")


class Item(Model):
    """A line of a stored scheme, with the indicator's version that it froze."""

    key: str
    name: str
    name_en: str
    indicator: str
    indicator_version: str
    weight: Weight
    unit: str
    takes: str = Field(description="what it is scored from: actual, mark, totals or feedback")
    rule: RuleBody
    questions: list[Question]
    veto: Veto | None


class Section(Model):
    """A part of a stored scheme."""

    key: str
    name: str
    name_en: str
    weight: Weight
    items: list[Item]


class Scheme(Model):
    """One version of a scheme."""

    id: UUID
    code: str
    version: int
    name: str
    name_en: str
    subject_kind: SubjectKind
    frequency: Frequency
    valid_from: date
    valid_until: date | None
    positions: list[str]
    units: list[str]
    sections: list[Section]
    feedback: Feedback
    grades: Grades
    missing: Literal["block", "leave_out"]
    adjustment_limit: ExactDecimal


@routes.post("", status_code=201)
async def add_scheme(body: NewScheme, uow: HrUnitOfWork) -> Scheme:
    """Add a scheme or its next version. Weights must sum to exactly 100 at each level."""
    codes = {item.indicator for section in body.sections for item in section.items}
    library = await schemes.library(uow.session, codes=codes)
    place = await schemes.next_place(uow.session, code=body.code, valid_from=body.valid_from)
    scheme = _composed(body, place.version, library)
    subjects = sorted(set(body.positions if body.subject_kind is SubjectKind.EMPLOYEE else body.units))
    scheme_id = await schemes.add(uow, scheme=scheme, place=place, valid_from=body.valid_from, subjects=subjects)
    row = await store.row(uow.session, scheme_id)
    if row is None:
        raise NotFound
    return _written(row, subjects)


@routes.get("")
async def list_schemes(
    _: Librarian, session: Read, paging: PageAsked, code: Annotated[str | None, Query(max_length=64)] = None
) -> Page[Scheme]:
    """Scheme versions by code and version."""
    found = await store.listed(session, paging, code)
    subjects = await store.subjects_of(session, [row[0].id for row in found.items])
    return Page[Scheme].model_validate(found.written(lambda row: _written(row[0], subjects[row[0].id])))


@routes.get("/{scheme_id}")
async def read_scheme(scheme_id: UUID, _: Librarian, session: Read) -> Scheme:
    """One version."""
    row = await store.row(session, scheme_id)
    if row is None:
        raise NotFound
    return _written(row, (await store.subjects_of(session, [scheme_id]))[scheme_id])


def _composed(body: NewScheme, version: int, library: Mapping[str, IndicatorRow]) -> domain.Scheme:
    sections = tuple(
        domain.Section(
            section.key,
            Text(section.name, section.name_en),
            section.weight,
            tuple(_item(item, library[item.indicator]) for item in section.items),
        )
        for section in body.sections
    )
    return domain.Scheme(
        code=body.code,
        version=version,
        name=Text(body.name, body.name_en),
        subject_kind=body.subject_kind,
        frequency=body.frequency,
        sections=sections,
        feedback=FeedbackPolicy(dict(body.feedback.relations), body.feedback.threshold),
        grades=GradeScale(body.grades.s, body.grades.a, body.grades.b, body.grades.c),
        missing=body.missing,
        adjustment_limit=body.adjustment_limit,
    )


def _item(item: NewItem, indicator: IndicatorRow) -> domain.Item:
    questions = tuple(
        QuestionAsked(each.key, Text(each.text, each.text_en or each.text), each.weight, each.maximum)
        for each in item.questions
    )
    return domain.Item(
        key=item.key or item.indicator,
        name=Text(indicator.name, indicator.name_en),
        weight=item.weight,
        indicator=indicator.code,
        source=f"indicator:{indicator.id}@{indicator.version}",
        rule=item.rule or rule_of(indicator.rule),
        unit=indicator.unit,
        quantitative=indicator.quantitative,
        aggregation=domain.Aggregation(indicator.aggregation),
        collection=Frequency(indicator.collection),
        measure=indicator.definition,
        data_source=indicator.data_source,
        questions=questions,
        veto=domain.Veto(item.veto.below, item.veto.at_most) if item.veto else None,
    )


def _written(row: SchemeRow, subjects: list[str]) -> Scheme:
    scheme, valid = scheme_of(row.body), period(row.valid)
    people = scheme.subject_kind is SubjectKind.EMPLOYEE
    return Scheme(
        id=row.id,
        code=row.code,
        version=row.version,
        name=row.name,
        name_en=row.name_en,
        subject_kind=scheme.subject_kind,
        frequency=scheme.frequency,
        valid_from=valid.start,
        valid_until=valid.end - timedelta(days=1) if valid.end else None,
        positions=subjects if people else [],
        units=[] if people else subjects,
        sections=[section_written(section) for section in scheme.sections],
        feedback=Feedback(relations=scheme.feedback.relations, threshold=scheme.feedback.threshold),
        grades=Grades(s=scheme.grades.s, a=scheme.grades.a, b=scheme.grades.b, c=scheme.grades.c),
        missing=scheme.missing,
        adjustment_limit=scheme.adjustment_limit,
    )


def section_written(section: domain.Section) -> Section:
    """A scheme's section as the API shows it."""
    return Section(
        key=section.key,
        name=section.name.zh,
        name_en=section.name.en,
        weight=section.weight,
        items=[_item_written(item) for item in section.items],
    )


def _item_written(item: domain.Item) -> Item:
    return Item(
        key=item.key,
        name=item.name.zh,
        name_en=item.name.en,
        indicator=item.indicator,
        indicator_version=item.source,
        weight=item.weight,
        unit=item.unit,
        takes=item.rule.takes.value,
        rule=item.rule,
        questions=[
            Question(key=q.key, text=q.text.zh, text_en=q.text.en, weight=q.weight, maximum=q.maximum)
            for q in item.questions
        ],
        veto=Veto(below=item.veto.below, at_most=item.veto.at_most) if item.veto else None,
    )
