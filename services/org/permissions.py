"""Who may call what, as types. Over which units HR may act is decided in the use cases, where the units are."""

from typing import Annotated

from services.kit.access.callers import AnyCaller, permit, permit_work
from services.kit.identity import Caller, Role
from services.kit.work.unit_of_work import UnitOfWork

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
"""Every employee reads the organisation, and so do client systems with the scope."""

Hr = Annotated[Caller, permit(Role.HR)]
HrUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR)]
"""HR of some unit; the use case checks that it is this one."""

CompanyHrUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR, whole=True)]
"""HR over the whole organisation: calendar, career ladders and imports affect everyone."""

Administrator = Annotated[Caller, permit(Role.ADMINISTRATOR, whole=True)]
AdministratorUnitOfWork = Annotated[UnitOfWork, permit_work(Role.ADMINISTRATOR, whole=True)]
"""Manages accounts; sees neither pay nor appraisals."""

AccountReader = Annotated[Caller, permit(Role.ADMINISTRATOR, Role.AUDITOR, whole=True)]
"""Sees who may sign in and as what, in the whole organisation."""

SnapshotReader = Annotated[Caller, permit(scope="snapshot")]
"""A client system that copies the organisation of a period."""

AuthoritySetter = Annotated[Caller, permit(Role.HR, Role.EXECUTIVE)]
AuthoritySetterUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR, Role.EXECUTIVE)]
"""Sets what positions may approve; the use case checks the unit, and that it is not their own position."""

CompanyAuthoritySetterUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR, Role.EXECUTIVE, whole=True)]
"""Sets the amount from which two people have to approve, which affects everyone (ORG-09)."""

Delegating = Annotated[Caller, permit(*PEOPLE)]
DelegatingUnitOfWork = Annotated[UnitOfWork, permit_work(*PEOPLE)]
"""Gives or takes back an authority; the use case checks whose."""

Author = Annotated[Caller, permit(Role.EMPLOYEE, Role.HR)]
AuthorUnitOfWork = Annotated[UnitOfWork, permit_work(Role.EMPLOYEE, Role.HR)]
"""HR, or who heads the unit concerned: the use case looks at the reporting line."""

ProbationReader = Annotated[Caller, permit(Role.EMPLOYEE, Role.HR, Role.AUDITOR)]
ProbationDeciderUnitOfWork = Annotated[UnitOfWork, permit_work(Role.EMPLOYEE, Role.HR)]
"""The superior of a person on probation, or HR over their unit: the use case checks line and unit (ORG-15)."""

AmendmentReader = Annotated[Caller, permit(Role.EMPLOYEE, Role.HR, Role.EXECUTIVE, Role.AUDITOR)]
"""Takes part in an amendment, or audits those who do; the use case looks at the unit."""

DeciderUnitOfWork = Annotated[UnitOfWork, permit_work(Role.EMPLOYEE, Role.HR, Role.EXECUTIVE)]
"""Who makes moves of a workflow; which role may make which is in the workflow's table."""

Overseer = Annotated[Caller, permit(Role.HR, Role.EXECUTIVE, Role.AUDITOR)]
"""Sees the work that waits in a whole area."""

__all__ = [
    "AccountReader",
    "Administrator",
    "AnyCaller",
    "AuthoritySetter",
    "Delegating",
    "Hr",
    "Reader",
    "SnapshotReader",
]
