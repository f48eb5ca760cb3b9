"""The starter catalogue (ORG-11): charters of departments and documents of positions that a company can begin with."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from services.kit.errors import DomainError, FieldError, Invalid, NotFound, Text
from services.org.documents.domain.appraisal_guide import twice
from services.org.documents.domain.role_document import RoleDocument, SubjectKind, demand_complete
from services.org.ladders.domain.career_ladder import CareerLadder
from services.org.structure.domain.position import Track


class CatalogueBroken(Invalid):
    """The catalogue's files do not fit together."""

    code = "catalogue_broken"
    zh = "范本库内容有误。"
    en = "The template library is not valid."


class EntryUnknown(NotFound):
    """The catalogue has no such entry."""

    code = "catalogue_entry_unknown"
    zh = "范本库中没有“{entry}”。"
    en = "The template library has no entry '{entry}'."


class Group(StrEnum):
    """Where an entry belongs."""

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
class Seat:
    """What a position needs besides its document. ``reports_to`` is the code of another entry."""

    track: Track
    grade: str
    headcount: int
    reports_to: str | None = None


@dataclass(frozen=True)
class CatalogueEntry:
    """One role document to begin with; ``seat`` only where it describes a position."""

    code: str
    group: Group
    document: RoleDocument
    seat: Seat | None = None


@dataclass(frozen=True)
class Bundle:
    """A department with its positions: the charter for the unit, and the positions in the order of their making."""

    code: str
    name: Text
    summary: Text
    charter: str | None
    positions: tuple[str, ...]


@dataclass(frozen=True)
class CatalogueIndicator:
    """An indicator that the entries name, for those who have not got it in appraisal's library yet."""

    code: str
    name: Text
    unit: Text
    quantitative: bool = True


@dataclass(frozen=True)
class Adoption:
    """What adopting a code gives a unit: a charter, positions, or both. Superior positions come first."""

    charter: CatalogueEntry | None
    positions: tuple[CatalogueEntry, ...]


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be adopted, and what it refers to."""

    entries: tuple[CatalogueEntry, ...]
    bundles: tuple[Bundle, ...]
    indicators: tuple[CatalogueIndicator, ...]
    ladders: tuple[CareerLadder, ...]

    def __post_init__(self) -> None:
        """Raises CatalogueBroken with every code that is used twice or leads nowhere, and every gap in a document."""
        field_errors = [*self._double_codes(), *self._loose_ends(), *self._gaps()]
        if field_errors:
            raise CatalogueBroken(field_errors=field_errors)

    def entry(self, code: str) -> CatalogueEntry:
        """The entry of that code.

        Raises:
            EntryUnknown: there is none.
        """
        found = next((entry for entry in self.entries if entry.code == code), None)
        if found is None:
            raise EntryUnknown(entry=code)
        return found

    def adoption(self, code: str) -> Adoption:
        """What adopting the entry or the bundle of that code into a unit brings.

        Raises:
            EntryUnknown: neither is in the catalogue.
        """
        bundle = next((bundle for bundle in self.bundles if bundle.code == code), None)
        if bundle is not None:
            charter = None if bundle.charter is None else self.entry(bundle.charter)
            return Adoption(charter, tuple(self.entry(position) for position in bundle.positions))
        entry = self.entry(code)
        return Adoption(entry, ()) if entry.seat is None else Adoption(None, (entry,))

    def _double_codes(self) -> Iterator[FieldError]:
        adoptable = [*(entry.code for entry in self.entries), *(bundle.code for bundle in self.bundles)]
        yield from twice(adoptable, "/entries")
        yield from twice([item.code for item in self.indicators], "/indicators")
        yield from twice([item.code for item in self.ladders], "/ladders")

    def _loose_ends(self) -> Iterator[FieldError]:
        known = {item.code for item in self.indicators}
        seats = {entry.code for entry in self.entries if entry.seat is not None}
        charters = {entry.code for entry in self.entries if entry.seat is None}
        for entry in self.entries:
            guide = entry.document.appraisal
            used = [] if guide is None else [item.code for item in guide.indicators]
            yield from _unknown(used, known, f"/entries/{entry.code}/appraisal/indicators")
            superior = [] if entry.seat is None or entry.seat.reports_to is None else [entry.seat.reports_to]
            yield from _unknown(superior, seats - {entry.code}, f"/entries/{entry.code}/reports_to")
        for bundle in self.bundles:
            yield from _unknown(bundle.positions, seats, f"/bundles/{bundle.code}/positions")
            yield from _unknown([bundle.charter] if bundle.charter else [], charters, f"/bundles/{bundle.code}/charter")
            yield from self._late_superiors(bundle)

    def _late_superiors(self, bundle: Bundle) -> Iterator[FieldError]:
        seats = {entry.code: entry.seat for entry in self.entries}
        for index, code in enumerate(bundle.positions):
            seat = seats.get(code)
            if seat is not None and seat.reports_to in bundle.positions[index:]:
                expected = Text("上级岗位须排在下级岗位之前", "the superior position before it")
                yield FieldError(f"/bundles/{bundle.code}/positions/{index}", code, expected)

    def _gaps(self) -> Iterator[FieldError]:
        for entry in self.entries:
            position = entry.document.subject is SubjectKind.POSITION
            if position != (entry.seat is not None):
                expected = Text("岗位须填编制，部门不填", "headcount for a position, none for a department")
                yield FieldError(f"/entries/{entry.code}/seat", entry.document.subject.value, expected)
            try:
                demand_complete(entry.document)
            except DomainError as gap:
                for fault in gap.field_errors:
                    yield FieldError(f"/entries/{entry.code}{fault.pointer}", fault.found, fault.expected)


def _unknown(codes: Iterable[str], known: set[str], pointer: str) -> Iterator[FieldError]:
    for code in codes:
        if code not in known:
            yield FieldError(pointer, code, Text("范本库中的编码", "a code of the template library"))
