"""Whether what a request names exists on all the days for which it is named."""

from collections.abc import Iterable
from uuid import UUID

from services.kit.errors import FieldError, Invalid, Text
from services.kit.periods import Period
from services.kit.timeline import gaps

UNIT = Text("单元", "unit")
POSITION = Text("岗位", "position")
EMPLOYEE = Text("在职员工", "employed person")
PERSON = Text("员工", "employee")


class ReferenceNotInForce(Invalid):
    """A unit, position or person named here does not exist on all the days concerned."""

    code = "reference_not_in_force"
    zh = "所引用的{noun}在 {day} 不存在或已失效。"
    en = "The {noun} given here is not in force on {day}."


def called(noun: Text, names: Iterable[str]) -> list[Text]:
    """Several of one kind, each with its kind, for a sentence."""
    return [Text(f"{noun.zh} {name}", f"{noun.en} {name}") for name in names]


def _in_force_throughout(noun: Text, span: Period) -> Text:
    if span.last is None:
        return Text(f"自 {span.start} 起一直有效的{noun.zh}", f"a {noun.en} in force from {span.start} on")
    return Text(
        f"在 {span.start} 至 {span.last} 期间一直有效的{noun.zh}",
        f"a {noun.en} in force on all days from {span.start} to {span.last}",
    )


def require_in_force(pointer: str, named: UUID, needed: Period, known: list[Period], noun: Text) -> None:
    """Check that what is named exists on all days needed.

    Raises:
        ReferenceNotInForce: naming the first day on which it does not.
    """
    missing = gaps(needed, known)
    if missing:
        expected = _in_force_throughout(noun, needed)
        field_errors = [FieldError(pointer, str(named), expected)]
        raise ReferenceNotInForce(noun=noun, day=missing[0].start, field_errors=field_errors)
