"""Role documents: what a position or a unit is for, does, may decide and is measured by (ORG-03).

A document is a value. Who drafted it, its state and its days are its life (``role_document_life``). Drafts may have
gaps; whoever submits one for review needs it complete (``demand_complete``). All texts stand in Chinese and English.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import plain
from services.org.authority.domain.authority_type import WHOLE, AuthorityType, is_countable
from services.org.documents.domain.appraisal_guide import AppraisalGuide, twice
from services.org.documents.domain.work_standard import WorkStandard

LONGEST_TEXT = 2000
MOST_DUTIES = 100
LONGEST_CODE = 40
MOST_YEARS = 60
FIRST_PRINTABLE = 32


class RoleDocumentBroken(Invalid):
    """Parts of a role document do not fit together."""

    code = "role_document_broken"
    zh = "说明书内容有误，请按下列提示修改。"
    en = "The role document is not valid; correct it as follows."


class SubjectKind(StrEnum):
    """The kind of subject of a role document."""

    POSITION = "position"
    UNIT = "unit"


SUBJECT_KIND_NAMES = {
    SubjectKind.POSITION: Text("岗位", "position"),
    SubjectKind.UNIT: Text("单元", "unit"),
}


class DutyKind(StrEnum):
    """The weight of a duty. Core duties are what a local variant must keep (ORG-06)."""

    CORE = "core"
    AUXILIARY = "auxiliary"
    AD_HOC = "ad_hoc"


DUTY_KIND_NAMES = {
    DutyKind.CORE: Text("核心职责", "core duty"),
    DutyKind.AUXILIARY: Text("辅助职责", "auxiliary duty"),
    DutyKind.AD_HOC: Text("临时任务", "ad hoc task"),
}


class CompetencyGroup(StrEnum):
    """The group of a competency."""

    PROFESSIONAL = "professional"
    MANAGERIAL = "managerial"
    PERSONAL = "personal"


COMPETENCY_GROUP_NAMES: Final = {
    CompetencyGroup.PROFESSIONAL: Text("专业能力", "professional"),
    CompetencyGroup.MANAGERIAL: Text("管理能力", "managerial"),
    CompetencyGroup.PERSONAL: Text("个人素质", "personal"),
}


class Education(StrEnum):
    """The levels of education, from lowest to highest."""

    SECONDARY = "secondary"
    COLLEGE = "college"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"


EDUCATION_NAMES = {
    Education.SECONDARY: Text("高中或中专", "secondary school"),
    Education.COLLEGE: Text("大专", "college"),
    Education.BACHELOR: Text("本科", "bachelor"),
    Education.MASTER: Text("硕士", "master"),
    Education.DOCTOR: Text("博士", "doctor"),
}


@dataclass(frozen=True)
class Reporting:
    """The place of the role in words; the reporting lines that count are those of the org tree."""

    superior: Text | None = None
    """Role of the direct superior."""
    subordinates: tuple[Text, ...] = ()
    """Roles that report to it."""
    collaborators: tuple[Text, ...] = ()
    """Roles with which it works."""


@dataclass(frozen=True)
class Duty:
    """A duty of the role. ``code`` is stable over versions and variants; duties are compared by it."""

    code: str
    """Code of the duty, stable over versions and variants."""
    kind: DutyKind
    """Weight of the duty; local variants have to keep core duties."""
    text: Text
    """What is to be done."""
    standards: tuple[WorkStandard, ...] = ()
    """Standards: how well and by when."""


@dataclass(frozen=True)
class Authority:
    """A limit that the role carries. ``limit`` in yuan (people, for staffing); null is without upper bound."""

    authority_type: AuthorityType
    """Kind of authority: what may be approved."""
    limit: Decimal | None = None
    """Limit in yuan, or number of people for staffing; null: no upper limit."""
    note: Text | None = None
    """Further conditions."""


@dataclass(frozen=True)
class Competency:
    """A competency required by the role."""

    code: str
    """Code of the competency, stable over versions."""
    group: CompetencyGroup
    """What it is about."""
    text: Text
    """Description of the competency."""


@dataclass(frozen=True)
class Qualification:
    """The requirements for holding the role. ``years`` of experience in ``field``, of which ``years_managing``
    leading people.
    """

    education: Education
    """Minimum level of education."""
    years: int
    """Years of experience."""
    years_managing: int = 0
    """Years of experience in leading people, included in `years`."""
    field: Text | None = None
    """Field of the experience."""
    studies: tuple[Text, ...] = ()
    """Fields of study."""
    certificates: tuple[Text, ...] = ()
    """Certificates."""
    abilities: tuple[Text, ...] = ()
    """Abilities."""
    preferred: tuple[Text, ...] = ()
    """Preferred additional qualifications."""


@dataclass(frozen=True)
class RoleDocument:
    """The complete description of a position or a unit. For a unit, the qualification is that of its head."""

    subject: SubjectKind
    """Kind of subject: a position or a unit."""
    title: Text
    """Title of the position or unit."""
    purpose: Text
    """Purpose of the role."""
    reporting: Reporting = Reporting()
    """Place of the role in the organisation."""
    duties: tuple[Duty, ...] = ()
    """Duties of the role."""
    authorities: tuple[Authority, ...] = ()
    """Authority of the role."""
    competencies: tuple[Competency, ...] = ()
    """Competencies required by the role."""
    qualification: Qualification | None = None
    """Requirements for holding the role."""
    appraisal: AppraisalGuide | None = None
    """Appraisal of the role."""

    def __post_init__(self) -> None:
        """Raises RoleDocumentBroken with every fault."""
        field_errors = list(_faults(self))
        if field_errors:
            raise RoleDocumentBroken(field_errors=field_errors)

    @property
    def core_duties(self) -> tuple[Duty, ...]:
        """The duties that a variant must keep."""
        return tuple(duty for duty in self.duties if duty.kind is DutyKind.CORE)

    def duty(self, code: str) -> Duty | None:
        """The duty of that code."""
        return next((duty for duty in self.duties if duty.code == code), None)


def texts(value: object, pointer: str = "") -> Iterator[tuple[str, Text]]:
    """Every bilingual text inside ``value``, with the pointer to it."""
    if isinstance(value, Text):
        yield pointer, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from texts(item, f"{pointer}/{index}")
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts(getattr(value, field.name), f"{pointer}/{field.name}")


def _faults(document: RoleDocument) -> Iterator[FieldError]:
    yield from twice([duty.code for duty in document.duties], "/duties")
    yield from twice([item.authority_type for item in document.authorities], "/authorities")
    yield from twice([item.code for item in document.competencies], "/competencies")
    yield from _duty_faults(document.duties)
    for index, authority in enumerate(document.authorities):
        if authority.limit is not None and authority.limit < 0:
            yield FieldError(f"/authorities/{index}/limit", plain(authority.limit), Text("不小于 0", "not below 0"))
        if not is_countable(authority.limit, authority.authority_type):
            yield FieldError(f"/authorities/{index}/limit", plain(authority.limit or Decimal(0)), WHOLE)
    if document.qualification is not None:
        yield from _qualification_faults(document.qualification)
    if document.appraisal is not None:
        yield from document.appraisal.field_errors("/appraisal")
    for pointer, text in texts(document):
        if not _printable(text):
            expected = Text(
                f"至多 {LONGEST_TEXT} 个字符，不含控制字符",
                f"at most {LONGEST_TEXT} characters, none of them control characters",
            )
            yield FieldError(pointer, None, expected)


def _duty_faults(duties: tuple[Duty, ...]) -> Iterator[FieldError]:
    if len(duties) > MOST_DUTIES:
        found = str(len(duties))
        yield FieldError("/duties", found, Text(f"至多 {MOST_DUTIES} 项", f"at most {MOST_DUTIES}"))
    for index, duty in enumerate(duties):
        if not 1 <= len(duty.code) <= LONGEST_CODE:
            expected = Text(f"1 至 {LONGEST_CODE} 个字符", f"1 to {LONGEST_CODE} characters")
            yield FieldError(f"/duties/{index}/code", duty.code[:LONGEST_CODE], expected)
        for place, standard in enumerate(duty.standards):
            yield from standard.field_errors(f"/duties/{index}/standards/{place}")


def _qualification_faults(qualification: Qualification) -> Iterator[FieldError]:
    if not 0 <= qualification.years <= MOST_YEARS:
        yield FieldError(
            "/qualification/years", str(qualification.years), Text(f"0 至 {MOST_YEARS}", f"0 to {MOST_YEARS}")
        )
    if not 0 <= qualification.years_managing <= qualification.years:
        expected = Text(
            f"0 至工作年限（{qualification.years} 年）", f"0 to the years of experience, {qualification.years}"
        )
        yield FieldError("/qualification/years_managing", str(qualification.years_managing), expected)


def _printable(text: Text) -> bool:
    halves = [half.replace("\n", "").replace("\t", "") for half in text]
    return all(len(half) <= LONGEST_TEXT and not any(ord(sign) < FIRST_PRINTABLE for sign in half) for half in halves)
