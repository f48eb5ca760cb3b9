"""Work standards as sentences in Chinese and English, for people who read a role document (ORG-03)."""

from services.kit.deadlines import TimeUnit
from services.kit.errors import Text
from services.kit.money import plain
from services.kit.periods import LENGTH_NAMES, WEEKDAY_NAMES
from services.org.documents.domain.work_standard import (
    AroundEvent,
    Comparator,
    DayOfPeriod,
    Deadline,
    EachPeriod,
    Every,
    OnWeekdays,
    WorkStandard,
)

_SIGNS = {
    Comparator.AT_LEAST: "≥",
    Comparator.AT_MOST: "≤",
    Comparator.ABOVE: ">",
    Comparator.BELOW: "<",
    Comparator.EXACTLY: "=",
    Comparator.WITHIN: "±",
}
_HOW = {
    Comparator.AT_LEAST: " ≥ {}",
    Comparator.AT_MOST: " ≤ {}",
    Comparator.ABOVE: " > {}",
    Comparator.BELOW: " < {}",
    Comparator.EXACTLY: "为 {}",
    Comparator.WITHIN: "在 ±{} 以内",
}
_EACH = {
    Comparator.AT_LEAST: "不少于 {}",
    Comparator.AT_MOST: "不超过 {}",
    Comparator.ABOVE: "超过 {}",
    Comparator.BELOW: "少于 {}",
    Comparator.EXACTLY: " {}",
    Comparator.WITHIN: "在 ±{} 以内",
}
_MEASURES = {
    TimeUnit.HOURS: Text("小时", "hours"),
    TimeUnit.WORKING_DAYS: Text("个工作日", "working days"),
    TimeUnit.CALENDAR_DAYS: Text("天", "days"),
    TimeUnit.MONTHS: Text("个月", "months"),
}
_COUNTED = frozenset({Every.DAY, Every.WEEK, Every.YEAR})
"""Periods that need no measure word between number and noun."""


def in_words(standard: WorkStandard) -> Text:
    """The standard as one line: "活动到场率 ≥ 80%" / "event attendance ≥ 80 %"."""
    zh, en = standard.metric
    if standard.comparator is not None and standard.value is not None:
        sign, value = _SIGNS[standard.comparator], plain(standard.value)
        unit = standard.unit or Text("", "")
        en = f"{en} {sign} {value} {unit.en}".rstrip()
        amount = f"{value}%" if unit.zh == "%" else f"{value} {unit.zh}".rstrip()
        if isinstance(standard.deadline, EachPeriod):
            each = deadline_in_words(standard.deadline)
            return Text(f"{zh}：{each.zh}{_EACH[standard.comparator].format(amount)}", f"{en}: {each.en}")
        zh = f"{zh}{_HOW[standard.comparator].format(amount)}"
    if standard.deadline is not None:
        when = deadline_in_words(standard.deadline)
        zh, en = f"{zh}：{when.zh}", f"{en}: {when.en}"
    return Text(zh, en)


def deadline_in_words(deadline: Deadline) -> Text:
    """The deadline alone: "每月 5 日（含）前" / "by day 5 of each month"; it includes its day."""
    match deadline:
        case AroundEvent():
            measure = _MEASURES[deadline.measure]
            if deadline.side == "after":
                zh = f"{deadline.event.zh}后 {deadline.amount} {measure.zh}内"
                return Text(zh, f"within {deadline.amount} {measure.en} after {deadline.event.en}")
            zh = f"{deadline.event.zh}前至少 {deadline.amount} {measure.zh}"
            return Text(zh, f"at least {deadline.amount} {measure.en} before {deadline.event.en}")
        case DayOfPeriod():
            return _day_of_period(deadline)
        case OnWeekdays():
            names = [WEEKDAY_NAMES[day] for day in deadline.days]
            zh = "、".join(name.zh.removeprefix("星期") for name in names)
            return Text(f"每周{zh}", "every " + ", ".join(name.en for name in names))
        case EachPeriod():
            period = LENGTH_NAMES[deadline.every]
            if deadline.step == 1:
                return Text(f"每{period.zh}", f"every {period.en}")
            counted = period.zh if deadline.every in _COUNTED else f"个{period.zh}"
            return Text(f"每 {deadline.step} {counted}", f"every {deadline.step} {period.en}s")


def _day_of_period(deadline: DayOfPeriod) -> Text:
    period = LENGTH_NAMES[deadline.every]
    day = Text("个工作日", "working day") if deadline.counting == "working" else Text("日", "day")
    if deadline.nth < 0:
        return Text(f"不晚于每{period.zh}最后一{day.zh}", f"by the last {day.en} of each {period.en}")
    is_date = deadline.counting == "calendar" and deadline.every is Every.MONTH
    which = f" {deadline.nth}" if is_date else f"第 {deadline.nth}"
    return Text(f"每{period.zh}{which} {day.zh}（含）前", f"by {day.en} {deadline.nth} of each {period.en}")
