"""Leave of absence: somebody keeps the seat and is away for a time (ORG-07)."""

from enum import StrEnum

from services.kit.errors import Text


class AbsenceKind(StrEnum):
    """Why somebody is away."""

    PARENTAL = "parental"
    SICK = "sick"
    PERSONAL = "personal"
    STUDY = "study"
    UNPAID = "unpaid"


ABSENCE_KIND_NAMES = {
    AbsenceKind.PARENTAL: Text("产假或育儿假", "parental leave"),
    AbsenceKind.SICK: Text("病假", "sick leave"),
    AbsenceKind.PERSONAL: Text("事假", "personal leave"),
    AbsenceKind.STUDY: Text("脱产学习", "study leave"),
    AbsenceKind.UNPAID: Text("停薪留职", "unpaid leave"),
}
