"""Which scheme a position, unit or class of suppliers is appraised by on a day, and why (APR-02)."""

from dataclasses import dataclass
from uuid import UUID

from services.appraisal.library.domain.scheme import FREQUENCY_NAMES, Frequency, SubjectKind
from services.kit.errors import Text
from services.kit.periods import Period

_KINDS = {
    SubjectKind.EMPLOYEE: Text("岗位", "position"),
    SubjectKind.UNIT: Text("单元", "unit"),
    SubjectKind.SUPPLIER: Text("供应商类别", "class of suppliers"),
}


@dataclass(frozen=True)
class Coverage:
    """A position (where employees are appraised), a unit or a class of suppliers, with the version of a scheme that
    covers it, if one does.

    ``valid``: the days on which that version covers it.
    """

    subject_kind: SubjectKind
    subject_code: str
    subject_name: Text
    frequency: Frequency
    scheme_id: UUID | None = None
    scheme_code: str | None = None
    version: int | None = None
    scheme_name: str | None = None
    scheme_name_en: str | None = None
    valid: Period | None = None

    @property
    def reason(self) -> Text:
        """Why this scheme, or why none, in words."""
        kind, often = _KINDS[self.subject_kind], FREQUENCY_NAMES[self.frequency]
        subject = Text(f"{kind.zh} {self.subject_code}", f"The {kind.en} {self.subject_code}")
        if self.valid is None:
            return Text(
                f"{subject.zh} 当日不在任何{often.zh}考核方案中，其考核对象不参加{often.zh}考核",
                f"{subject.en} is under no scheme for a {often.en} on that day, so nothing there is appraised by one",
            )
        until = Text(f"至 {self.valid.last} ", f" to {self.valid.last}") if self.valid.last else Text("起", " on")
        return Text(
            f"{subject.zh} 自 {self.valid.start} {until.zh}列入{often.zh}方案“{self.scheme_name}”第 {self.version} 版",
            f"{subject.en} is listed in version {self.version} of the scheme '{self.scheme_name_en}' for a {often.en} "
            f"from {self.valid.start}{until.en}",
        )
