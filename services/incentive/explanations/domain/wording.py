"""How an explanation's steps are presented to an employee: what, how in words, with which numbers, how much (INC-11).

The stored tree is unchanged; here it becomes the rows of a page in one language. A step that is not known by name is
shown with its label, its formula and its value.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.kit.errors import Language, Text
from services.kit.explanation import Input, Step

DIFFERENCE: Final = "difference"
"""The name of the step at the top of a line that books a difference; the whole amount is the step below it."""
BASE: Final = Text("月度奖金基数", "Monthly bonus base")
ROUNDED: Final[Mapping[int, tuple[Text, str]]] = {
    2: (Text("取整方式：四舍五入到分", "rounded half up to the cent"), "0.01"),
    0: (Text("取整方式：四舍五入到整数", "rounded half up to a whole amount"), "1"),
}
"""How a line is rounded, by the places of its currency: the name of the input and its value."""
_ROUNDINGS: Final = {name for name, _ in ROUNDED.values()}
_LONG_NUMBER = re.compile(r"(?<![\d.])(?<!\d-)\d{4,}(?:\.\d+)?(?!-?\d)", re.ASCII)
_WORDS: Final[Mapping[str, Text]] = {
    "monthly_base": Text("固定月薪 × 浮动占比 ÷ 固定占比", "fixed monthly pay × variable share ÷ fixed share"),
    DIFFERENCE: Text("现应发金额 − 此前已过账金额", "now due − posted before"),
}
_MONTHS: Final = Text("奖金月数", "months")
_DAYS: Final = Text("本段天数/期间总天数", "days of this part / days of the period")
_ROUNDED_TO: Final = {
    "0.01": Text("四舍五入到分", "rounded half up to the cent"),
    "1": Text("四舍五入到整数", "rounded half up to a whole amount"),
}
_SUM: Final = Text("各段相加，", "the parts added up, ")
_TOTAL: Final = Text("合计", "Total")
_SIGNS: Final = {
    "≈": Text("约 ", "about "),
    "→ —": Text("→ 无", "→ none"),
    "— →": Text("无 →", "none →"),
    " %": Text("%", " %"),
}
_BEFORE_PERIOD: Final = re.compile(r" (?=(?:(?:[a-z]+ ){2}of |[A-Z][a-z]+ )?\d{4} \()", re.ASCII)
_SPAN: Final = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)?", re.ASCII)
_VALUES: Final = {"passed": Text("通过", "passed")}
_CUT: Final = "0.01"
"""To what a step that says how it rounds or shares out does so: the words say it already."""
_COMPARES: Final = " < "
_PARTS: Final = frozenset({"segment", "cap"})


@dataclass(frozen=True)
class Row:
    """A line of the page: ``text`` says what, ``words`` how, ``figures`` with which numbers; empty where nothing is."""

    level: int
    text: str
    words: str = ""
    figures: str = ""
    amount: str = ""


def narration(step: Step, language: Language) -> list[str]:
    """The same as lines to be read from top to bottom, two spaces a level; below a difference the whole amount."""
    said = [f"{headline(step, language)}{_colon(language)}{numbers(step.value, language)}"]
    if step.rule == DIFFERENCE:
        said += [_line(row, language, 1) for row in changes(step, language)]
        return [*said, *narration(step.steps[-1], language)]
    return [*said, *(_line(row, language, row.level + 1) for row in rows(step, language))]


def headline(step: Step, language: Language) -> str:
    """The label of a whole amount; in English a comma, which what is stored lacks, parts the bonus from its period."""
    label = _begun(step.label.in_language(language))
    return label if language == "zh" else _BEFORE_PERIOD.sub(", ", label, count=1)


def _line(row: Row, language: Language, level: int) -> str:
    worth = " = ".join(part for part in (row.figures, row.amount) if part)
    said = f"{'  ' * level}{row.text}{_colon(language) if worth else ''}{worth}"
    if not row.words:
        return said
    return f"{said}（{row.words}）" if language == "zh" else f"{said} ({row.words})"


def _colon(language: Language) -> str:
    return "：" if language == "zh" else ": "


def rows(step: Step, language: Language) -> list[Row]:
    """The rows that explain the whole amount of ``step``, with its sum last."""
    lines = [row for child in step.steps for row in _lines_of(child, language, 0)]
    grounds = [_ground(given, language, 0) for given in step.inputs if given.name not in _ROUNDINGS]
    parts = [child for child in step.steps if child.rule in _PARTS]
    rounded = next((_ROUNDED_TO[given.value] for given in step.inputs if given.name in _ROUNDINGS), _ROUNDED_TO["0.01"])
    added = _SUM.in_language(language) if len(parts) > 1 else ""
    words = f"{added}{rounded.in_language(language)}" if parts else ""
    figures = numbers(step.formula, language) if len(parts) > 1 else ""
    total = Row(0, _TOTAL.in_language(language), words, figures, numbers(step.value, language))
    return [*grounds, *lines, total]


def changes(step: Step, language: Language) -> list[Row]:
    """The text of a difference: what was posted before, what changed, and its amount."""
    words = _WORDS[DIFFERENCE].in_language(language)
    total = Row(0, _TOTAL.in_language(language), words, numbers(step.formula, language), numbers(step.value, language))
    return [*(_ground(given, language, 0) for given in step.inputs), total]


def numbers(written: str, language: Language) -> str:
    """Figures and spans of days as people write them: thousands apart, and what is not exact said so."""
    if written in _VALUES:
        return _VALUES[written].in_language(language)
    apart = _LONG_NUMBER.sub(lambda match: f"{Decimal(match[0]):,f}", written)
    apart = _SPAN.sub(lambda match: _days(match[1], match[2]).in_language(language), apart)
    for sign, words in _SIGNS.items():
        apart = apart.replace(sign, words.in_language(language))
    return apart


def _days(first: str, last: str | None) -> Text:
    return Text(f"{first} 起", f"from {first}") if last is None else Text(f"{first} 至 {last}", f"{first} to {last}")


def _lines_of(step: Step, language: Language, level: int) -> Iterator[Row]:
    value = numbers(step.value, language)
    says_nothing = step.formula in {step.value, "0"} or _COMPARES in step.formula  # the words say what is too few
    figures = "" if says_nothing else numbers(step.formula, language)
    yield Row(level, _begun(step.label.in_language(language)), _in_words(step, language), figures, value)
    yield from (_ground(given, language, level + 1) for given in step.inputs if given.name not in _ROUNDINGS)
    for child in step.steps:
        yield from _lines_of(child, language, level + 1)


def _ground(given: Input, language: Language, level: int) -> Row:
    """What a step took as given. The plan is named, its code is for machines."""
    name = given.name.in_language(language)
    is_plan = given.source is not None and given.source.startswith(f"plan:{given.value}@")
    says_all = is_plan or (given.source is None and given.value == _CUT)
    return Row(level, _begun(name if says_all else f"{name}{_colon(language)}{numbers(given.value, language)}"))


def _in_words(step: Step, language: Language) -> str:
    known = _WORDS.get(step.rule)
    if known is not None:
        return known.in_language(language)
    # A base that does not come out even stands in the formula as a division in brackets: one factor.
    factors = re.sub(r"\(.*?\)", "()", step.formula).split(" × ")
    names = [_short(given.name.in_language(language)) for given in step.inputs]
    rests_on_base = [child for child in step.steps if child.label == BASE]
    by_months = len(factors) == len(names) + 3 and "/" in factors[2]
    if step.rule != "segment" or not rests_on_base or not by_months:
        return ""
    base = [BASE.in_language(language)] if language == "zh" else [BASE.en.lower()]
    time = [_MONTHS.in_language(language), _DAYS.in_language(language)]
    return " × ".join((*base, *time, *names))


def _begun(sentence: str) -> str:
    """A sentence begins with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def _short(name: str) -> str:
    """A name without the part in brackets."""
    return re.split(r"（| \(", name, maxsplit=1)[0]
