"""What a form is scored from: frozen with the result, so that the same bytes can be computed again (APR-11)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from services.appraisal.feedback.domain.feedback import Group
from services.appraisal.library.domain.relation import Relation
from services.kit.money import plain


@dataclass(frozen=True)
class Known:
    """A stored number. ``source`` names the record ("measurement:<id>"), ``on`` the day it speaks of."""

    value: Decimal
    source: str
    on: date | None = None


@dataclass(frozen=True)
class LeftOut:
    """Why an item does not count on this form; None for ``by`` means the scheme's policy."""

    reason: str
    source: str


@dataclass(frozen=True)
class ItemInputs:
    """What is known of one item."""

    target: Known | None = None
    actuals: tuple[Known, ...] = ()
    marks: tuple[Known, ...] = ()
    totals: tuple[Known, ...] = ()
    left_out: LeftOut | None = None


NOTHING = ItemInputs()


@dataclass(frozen=True)
class Adjustment:
    """Points added or taken by hand, with the reason."""

    points: Decimal
    reason: str
    source: str


@dataclass(frozen=True)
class FormInputs:
    """Everything that one form is scored from. ``first`` to ``last`` are its days, both included."""

    form_id: str
    scheme: str
    first: date
    last: date
    items: Mapping[str, ItemInputs] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def days(self) -> int:
        """Calendar days of the form."""
        return (self.last - self.first).days + 1

    def of(self, key: str) -> ItemInputs:
        """What is known of an item; nothing, if nothing is."""
        return self.items.get(key, NOTHING)


def as_json(inputs: FormInputs) -> dict[str, Any]:
    """Plain JSON, numbers as text."""
    return {
        "form": inputs.form_id,
        "scheme": inputs.scheme,
        "first": inputs.first.isoformat(),
        "last": inputs.last.isoformat(),
        "items": {key: _item(item) for key, item in inputs.items.items()},
        "groups": [
            {"relations": [r.value for r in group.relations], "answers": group.answers, "mean": str(group.mean)}
            for group in inputs.groups
        ],
        "adjustments": [
            {"points": plain(a.points), "reason": a.reason, "source": a.source} for a in inputs.adjustments
        ],
    }


def from_json(tree: Mapping[str, Any]) -> FormInputs:
    """What ``as_json`` wrote."""
    return FormInputs(
        form_id=tree["form"],
        scheme=tree["scheme"],
        first=date.fromisoformat(tree["first"]),
        last=date.fromisoformat(tree["last"]),
        items={key: _read_item(item) for key, item in tree["items"].items()},
        groups=tuple(
            Group(tuple(Relation(r) for r in group["relations"]), group["answers"], Fraction(group["mean"]))
            for group in tree["groups"]
        ),
        adjustments=tuple(Adjustment(Decimal(a["points"]), a["reason"], a["source"]) for a in tree["adjustments"]),
    )


def _item(item: ItemInputs) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    if item.target:
        tree["target"] = _known(item.target)
    for name, values in (("actuals", item.actuals), ("marks", item.marks), ("totals", item.totals)):
        if values:
            tree[name] = [_known(value) for value in values]
    if item.left_out:
        tree["left_out"] = {"reason": item.left_out.reason, "source": item.left_out.source}
    return tree


def _known(known: Known) -> dict[str, Any]:
    tree: dict[str, Any] = {"value": plain(known.value), "source": known.source}
    if known.on:
        tree["on"] = known.on.isoformat()
    return tree


def _read_item(tree: Mapping[str, Any]) -> ItemInputs:
    left_out = tree.get("left_out")
    return ItemInputs(
        target=_read_known(tree["target"]) if "target" in tree else None,
        actuals=_read_all(tree.get("actuals", ())),
        marks=_read_all(tree.get("marks", ())),
        totals=_read_all(tree.get("totals", ())),
        left_out=LeftOut(left_out["reason"], left_out["source"]) if left_out else None,
    )


def _read_all(trees: Sequence[Mapping[str, Any]]) -> tuple[Known, ...]:
    return tuple(_read_known(tree) for tree in trees)


def _read_known(tree: Mapping[str, Any]) -> Known:
    on = tree.get("on")
    return Known(Decimal(tree["value"]), tree["source"], date.fromisoformat(on) if on else None)
