"""Templates (ORG-11): charters of departments, documents of positions and career ladders to start with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.kit.errors import DomainError, FieldError, Invalid, NotFound, Text
from services.org.documents.domain.appraisal_guide import twice
from services.org.documents.domain.role_document import RoleDocument, SubjectKind
from services.org.documents.domain.role_document_completeness import demand_complete
from services.org.ladders.domain.career_ladder import CareerLadder
from services.org.structure.domain.position import Track


class TemplatesBroken(Invalid):
    """The files of the template library do not fit together."""

    code = "templates_broken"
    zh = "范本库内容有误。"
    en = "The template library is not valid."


class TemplateUnknown(NotFound):
    """The library has no such template."""

    code = "template_unknown"
    zh = "范本库中没有“{entry}”。"
    en = "The template library has no entry '{entry}'."


class Group(StrEnum):
    """The group of a template."""

    DEPARTMENTS = "departments"
    DEPARTMENT_OF_SEVEN = "department_of_seven"
    MARKETING_ORGANISATION = "marketing_organisation"
    LEADERSHIP = "leadership"


GROUP_NAMES = {
    Group.DEPARTMENTS: Text("部门职责", "department charters"),
    Group.DEPARTMENT_OF_SEVEN: Text("七岗市场部", "a marketing department of seven positions"),
    Group.MARKETING_ORGANISATION: Text("营销组织岗位", "positions of a marketing organisation"),
    Group.LEADERSHIP: Text("部门领导岗位", "leading positions of a department"),
}


@dataclass(frozen=True)
class PositionTemplate:
    """What a position needs besides its document. ``reports_to`` is the code of another entry."""

    track: Track
    grade: str
    headcount: int
    reports_to: str | None = None
    core_talent: bool = False


@dataclass(frozen=True)
class Template:
    """One role document to start with; ``position`` only where it describes one."""

    code: str
    group: Group
    document: RoleDocument
    position: PositionTemplate | None = None


@dataclass(frozen=True)
class TemplateBundle:
    """A department with its positions: the charter for the unit, and the positions in the order of their making."""

    code: str
    name: Text
    summary: Text
    charter: str | None
    positions: tuple[str, ...]


@dataclass(frozen=True)
class TemplateIndicator:
    """An indicator that the templates name, for companies whose appraisal library does not have it yet."""

    code: str
    name: Text
    unit: Text
    quantitative: bool = True


@dataclass(frozen=True)
class TemplateParts:
    """What applying a code gives a unit: a charter, positions, or both. Superior positions come first."""

    charter: Template | None
    positions: tuple[Template, ...]


@dataclass(frozen=True)
class TemplateLibrary:
    """Everything that can be applied, and what it refers to."""

    entries: tuple[Template, ...]
    bundles: tuple[TemplateBundle, ...]
    indicators: tuple[TemplateIndicator, ...]
    ladders: tuple[CareerLadder, ...]

    def __post_init__(self) -> None:
        """Raises TemplatesBroken with every code that is used twice or leads nowhere, and every gap in a document."""
        field_errors = [*self._double_codes(), *self._loose_ends(), *self._gaps()]
        if field_errors:
            raise TemplatesBroken(field_errors=field_errors)

    def entry(self, code: str) -> Template:
        """The entry of that code.

        Raises:
            TemplateUnknown: there is none.
        """
        found = next((entry for entry in self.entries if entry.code == code), None)
        if found is None:
            raise TemplateUnknown(entry=code)
        return found

    def parts(self, code: str) -> TemplateParts:
        """What applying the template or bundle of that code to a unit gives it.

        Raises:
            TemplateUnknown: the library has neither.
        """
        bundle = next((bundle for bundle in self.bundles if bundle.code == code), None)
        if bundle is not None:
            charter = None if bundle.charter is None else self.entry(bundle.charter)
            return TemplateParts(charter, tuple(self.entry(position) for position in bundle.positions))
        entry = self.entry(code)
        return TemplateParts(entry, ()) if entry.position is None else TemplateParts(None, (entry,))

    def ladder(self, code: str) -> CareerLadder:
        """The career ladder of that code.

        Raises:
            TemplateUnknown: there is none.
        """
        found = next((ladder for ladder in self.ladders if ladder.code == code), None)
        if found is None:
            expected = Text("范本库中的职业发展通道编码", "a career ladder of the template library")
            raise TemplateUnknown(entry=code, field_errors=[FieldError("/template", code, expected)])
        return found

    def _double_codes(self) -> Iterator[FieldError]:
        applicable = [*(entry.code for entry in self.entries), *(bundle.code for bundle in self.bundles)]
        yield from twice(applicable, "/entries")
        yield from twice([item.code for item in self.indicators], "/indicators")
        yield from twice([item.code for item in self.ladders], "/ladders")

    def _loose_ends(self) -> Iterator[FieldError]:
        known = {item.code for item in self.indicators}
        positions = {entry.code for entry in self.entries if entry.position is not None}
        charters = {entry.code for entry in self.entries if entry.position is None}
        for entry in self.entries:
            guide = entry.document.appraisal
            used = [] if guide is None else [item.code for item in guide.indicators]
            yield from _unknown(used, known, f"/entries/{entry.code}/appraisal/indicators")
            superior = (
                [] if entry.position is None or entry.position.reports_to is None else [entry.position.reports_to]
            )
            yield from _unknown(superior, positions - {entry.code}, f"/entries/{entry.code}/reports_to")
        for bundle in self.bundles:
            yield from _unknown(bundle.positions, positions, f"/bundles/{bundle.code}/positions")
            yield from _unknown([bundle.charter] if bundle.charter else [], charters, f"/bundles/{bundle.code}/charter")
            yield from self._late_superiors(bundle)

    def _late_superiors(self, bundle: TemplateBundle) -> Iterator[FieldError]:
        known = {entry.code: entry.position for entry in self.entries}
        for index, code in enumerate(bundle.positions):
            position = known.get(code)
            if position is not None and position.reports_to in bundle.positions[index:]:
                expected = Text("上级岗位须排在下级岗位之前", "the superior position before it")
                yield FieldError(f"/bundles/{bundle.code}/positions/{index}", code, expected)

    def _gaps(self) -> Iterator[FieldError]:
        for entry in self.entries:
            is_position = entry.document.subject is SubjectKind.POSITION
            if is_position != (entry.position is not None):
                expected = Text("岗位须填编制，部门不填", "headcount for a position, none for a department")
                yield FieldError(f"/entries/{entry.code}/position", entry.document.subject.value, expected)
            try:
                demand_complete(entry.document)
            except DomainError as gap:
                for fault in gap.field_errors:
                    yield FieldError(f"/entries/{entry.code}{fault.pointer}", fault.found, fault.expected)


def _unknown(codes: Iterable[str], known: set[str], pointer: str) -> Iterator[FieldError]:
    for code in codes:
        if code not in known:
            yield FieldError(pointer, code, Text("范本库中的编码", "a code of the template library"))
