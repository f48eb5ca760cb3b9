"""How far the calendar of dated changes has been announced."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from services.kit.database.sessions import Code
from services.org.schema import Base


class CalendarMarkRow(Base):
    """Up to which day a task that follows the calendar has done its work."""

    __tablename__ = "calendar_mark"

    task: Mapped[Code] = mapped_column(primary_key=True)
    done_until: Mapped[date]
