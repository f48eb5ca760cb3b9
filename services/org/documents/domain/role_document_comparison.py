"""What changed between two role documents (ORG-04), and whether a local variant keeps what it must (ORG-06)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Final

from services.kit.errors import Conflict, FieldError, Invalid, Text, joined
from services.org.documents.domain.role_document import DutyKind, RoleDocument

IDENTIFIERS = ("code", "authority_type")
"""Items of a list that carry one of these are matched by it, whatever their order; others by what they say."""


class CoreDutyLost(Invalid):
    """A variant leaves out, demotes or rewords a core duty of its parent."""

    code = "core_duty_lost"
    zh = "实施细则须保留原说明书的全部核心职责，缺：{duties}。"
    en = "A local variant must keep every core duty of the original; missing: {duties}."


class VariantNotAllowed(Conflict):
    """Only special business units may have variants of their own."""

    code = "variant_not_allowed"
    zh = "只有特殊业务单元可以制定实施细则。"
    en = "Only a special business unit may have a local variant."


class ChangeKind(StrEnum):
    """The kind of change to a part of a document."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


CHANGE_KIND_NAMES: Final = {
    ChangeKind.ADDED: Text("新增", "added"),
    ChangeKind.REMOVED: Text("删除", "removed"),
    ChangeKind.CHANGED: Text("修改", "changed"),
}


@dataclass(frozen=True)
class Change:
    """One difference. ``path`` names the part, items of lists by their code: ``/duties/D03/text/en``.

    None where the part was not there.
    """

    path: str
    kind: ChangeKind
    before: Any
    after: Any


def differences(before: RoleDocument, after: RoleDocument) -> tuple[Change, ...]:
    """Every difference, in the order of the document; empty for equal documents, whatever the order of their items."""
    return tuple(_compared(before, after, ""))


def demand_core_duties_kept(parent: RoleDocument, variant: RoleDocument) -> None:
    """Accept a variant in which every core duty of ``parent`` stands as a core duty, in the same words.

    Standards are the variant's own: figures differ from place to place.

    Raises:
        CoreDutyLost: naming each duty that is not kept.
    """
    field_errors = []
    for duty in parent.core_duties:
        found = variant.duty(duty.code)
        if found is None:
            expected = Text(f"保留核心职责：{duty.text.zh}", f"the core duty: {duty.text.en}")
            field_errors.append(FieldError(f"/duties/{duty.code}", None, expected))
        elif found.kind is not DutyKind.CORE:
            field_errors.append(FieldError(f"/duties/{duty.code}/kind", found.kind.value, Text("设为核心职责", "core")))
        elif found.text != duty.text:
            field_errors.append(FieldError(f"/duties/{duty.code}/text", found.text.zh, duty.text))
    if field_errors:
        lost = dict.fromkeys(fault.pointer.split("/")[2] for fault in field_errors)
        raise CoreDutyLost(duties=joined(lost), field_errors=field_errors)


def demand_variant_allowed(*, special: bool) -> None:
    """Accept a variant for a unit that is a special business unit.

    Raises:
        VariantNotAllowed: it is not.
    """
    if not special:
        raise VariantNotAllowed


def _compared(before: Any, after: Any, path: str) -> Iterator[Change]:
    if before == after:
        return
    old, new = _named_parts(before), _named_parts(after)
    if old is not None and new is not None:
        yield from _mappings(old, new, path)
    elif isinstance(before, tuple) and isinstance(after, tuple):
        yield from _lists(before, after, path)
    elif before is None or after is None:
        yield Change(path, ChangeKind.ADDED if before is None else ChangeKind.REMOVED, before, after)
    else:
        yield Change(path, ChangeKind.CHANGED, before, after)


def _named_parts(value: Any) -> Mapping[str, Any] | None:
    """The parts of a value that has named ones: a dataclass or a bilingual text."""
    if isinstance(value, Text):
        return value._asdict()
    return {field.name: getattr(value, field.name) for field in fields(value)} if is_dataclass(value) else None


def _mappings(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        place = f"{path}/{name}"
        if name not in before:
            yield Change(place, ChangeKind.ADDED, None, after[name])
        elif name not in after:
            yield Change(place, ChangeKind.REMOVED, before[name], None)
        else:
            yield from _compared(before[name], after[name], place)


def _lists(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[Change]:
    identifier = next((name for name in IDENTIFIERS if all(hasattr(item, name) for item in (*before, *after))), None)
    if identifier is not None:
        old, new = ({str(getattr(item, identifier)): item for item in items} for items in (before, after))
        yield from _mappings(old, new, path)
        return
    for index, item in enumerate(before):
        if item not in after:
            yield Change(f"{path}/{index}", ChangeKind.REMOVED, item, None)
    for index, item in enumerate(after):
        if item not in before:
            yield Change(f"{path}/{index}", ChangeKind.ADDED, None, item)
