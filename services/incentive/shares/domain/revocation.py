"""Revoking a grant of virtual shares: from which day, and by which two people (INC-07)."""

from datetime import date
from typing import Final

from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.release import release_workflow

SHARE_REVOCATION: Final = release_workflow(
    "share_revocation",
    Text("虚拟股票授予的撤销", "revocation of a grant of virtual shares"),
    [Role.EXECUTIVE, Role.COMPENSATION],
)


class RevocationUnsound(Invalid):
    """The day of a revocation lies before the grant or ahead."""

    code = "share_revocation_unsound"
    zh = "撤销内容有误，请按下列提示修改。"
    en = "The revocation is not valid; correct it as follows."


class GrantNotRevocable(Conflict):
    """Only what was released, and not revoked before, is revoked; what only waits is refused."""

    code = "share_grant_not_revocable"
    zh = "只有已确认且未撤销的授予才能撤销；尚待确认的授予请退回。"
    en = "Only a released grant that was not revoked before can be revoked; one that waits to be released is refused."


class RevocationProposed(Conflict):
    """A revocation of the grant waits for release already."""

    code = "share_revocation_proposed"
    zh = "该授予已有待确认的撤销，请先办理。"
    en = "A revocation of this grant waits to be released; decide about that one first."


def check_day(revoked_on: date, *, granted_on: date, today: date) -> None:
    """Refuse a day on which a grant cannot be revoked.

    Raises:
        RevocationUnsound.
    """
    if not granted_on <= revoked_on <= today:
        expected = Text(f"{granted_on} 至 {today} 之间的日期", f"a day from {granted_on} to {today}")
        raise RevocationUnsound(field_errors=[FieldError("/revoked_on", str(revoked_on), expected)])
