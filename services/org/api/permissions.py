"""Who may call what, as types. How far HR reaches is decided in the use cases, where the units are."""

from typing import Annotated

from services.kit.callers import AnyCaller, permit
from services.kit.identity import Caller, Role

PEOPLE = (
    Role.EMPLOYEE,
    Role.HR,
    Role.COMPENSATION,
    Role.FINANCE,
    Role.EXECUTIVE,
    Role.TALENT,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)

Reader = Annotated[Caller, permit(*PEOPLE, scope="directory")]
"""Everybody who works here reads the organisation, and client systems with the scope."""

Hr = Annotated[Caller, permit(Role.HR)]
"""HR of some unit; the use case checks that the unit is hers."""

Administrator = Annotated[Caller, permit(Role.ADMINISTRATOR, fresh=True)]
"""Keeps accounts; neither pay nor appraisals."""

AccountReader = Annotated[Caller, permit(Role.ADMINISTRATOR, Role.AUDITOR)]
"""Sees who may sign in and as what."""

SnapshotReader = Annotated[Caller, permit(scope="snapshot")]
"""A client system that copies the organisation of a period."""

__all__ = ["AccountReader", "Administrator", "AnyCaller", "Hr", "Reader", "SnapshotReader"]
