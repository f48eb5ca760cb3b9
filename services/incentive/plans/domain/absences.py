"""Kinds of absence, as reported by org, and which of them earn nothing unless a plan says otherwise (INC-02)."""

from enum import StrEnum
from typing import Final

from services.kit.errors import Text


class AbsenceKind(StrEnum):
    """The reason for an absence."""

    SICK = "sick"
    PERSONAL = "personal"
    UNPAID = "unpaid"
    MATERNITY = "maternity"
    PATERNITY = "paternity"
    CHILDCARE = "childcare"
    INJURY = "injury"
    MARRIAGE = "marriage"
    BEREAVEMENT = "bereavement"
    ANNUAL = "annual"
    STUDY = "study"


ABSENCES: Final = {
    AbsenceKind.SICK: Text("病假", "sick leave"),
    AbsenceKind.PERSONAL: Text("事假", "personal leave"),
    AbsenceKind.UNPAID: Text("无薪假", "unpaid leave"),
    AbsenceKind.MATERNITY: Text("产假", "maternity leave"),
    AbsenceKind.PATERNITY: Text("陪产假", "paternity leave"),
    AbsenceKind.CHILDCARE: Text("育儿假", "childcare leave"),
    AbsenceKind.INJURY: Text("工伤停工留薪期", "work injury leave with pay"),
    AbsenceKind.MARRIAGE: Text("婚假", "marriage leave"),
    AbsenceKind.BEREAVEMENT: Text("丧假", "bereavement leave"),
    AbsenceKind.ANNUAL: Text("年休假", "annual leave"),
    AbsenceKind.STUDY: Text("脱产学习", "study leave"),
}
EARN_NOTHING: Final = (AbsenceKind.PERSONAL, AbsenceKind.UNPAID)
