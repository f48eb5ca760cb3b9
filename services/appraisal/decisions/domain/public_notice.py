"""The public notice: days on which results are shown in the department and can be appealed against (APR-13)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.kit.errors import Conflict
from services.kit.working_days import WorkingDays


class PublicNoticeOver(Conflict):
    """Appeals are heard only within the public notice."""

    code = "public_notice_over"
    zh = "申诉须在公示期内提出（{first} 至 {last}，含首尾两日）。如在期外发现结果有误，请联系人力资源部申请更正。"
    en = (
        "Appeals can be filed only during the public notice ({first} to {last}, both included). If you find an error "
        "at another time, ask HR for a correction."
    )


class PublicNoticeRunning(Conflict):
    """The cycle cannot close while results can still be appealed against."""

    code = "public_notice_running"
    zh = "公示期至 {last}（含）届满，届满后才能关闭考核周期。"
    en = "The public notice lasts until {last} (included); the cycle can be closed after that."


@dataclass(frozen=True)
class PublicNotice:
    """First and last day of the public notice, both included, in the company's time zone."""

    first: date
    last: date

    @classmethod
    def of(cls, calendar: WorkingDays, *, first: date, working_days: int) -> "PublicNotice":
        """The notice of so many working days from ``first`` on, ``first`` counted if it is one.

        Raises:
            CalendarUnknown: it runs into days that the calendar does not know.
        """
        return cls(first, calendar.add(first - timedelta(days=1), working_days))

    def ends_at(self, zone: ZoneInfo) -> datetime:
        """The first moment after the notice: midnight after its last day."""
        return datetime.combine(self.last + timedelta(days=1), time.min, tzinfo=zone)

    def is_over(self, now: datetime, zone: ZoneInfo) -> bool:
        """Whether the last second of the last day has passed."""
        return now >= self.ends_at(zone)

    def demand_running(self, now: datetime, zone: ZoneInfo) -> None:
        """Refuse what is only possible during the notice.

        Raises:
            PublicNoticeOver: naming its days.
        """
        begins = datetime.combine(self.first, time.min, tzinfo=zone)
        if now < begins or self.is_over(now, zone):
            raise PublicNoticeOver(first=self.first, last=self.last)

    def demand_over(self, now: datetime, zone: ZoneInfo) -> None:
        """Refuse what is only possible after the notice.

        Raises:
            PublicNoticeRunning: naming its last day.
        """
        if not self.is_over(now, zone):
            raise PublicNoticeRunning(last=self.last)
