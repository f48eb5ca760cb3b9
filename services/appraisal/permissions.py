"""Who may call what, as types. Unit scope and reporting line are decided in the use cases, where the data is."""

from typing import Annotated

from services.kit.access.callers import AnyCaller, AnyCallerUnitOfWork, permit, permit_work
from services.kit.identity import Caller, Role
from services.kit.work.unit_of_work import UnitOfWork

Hr = Annotated[Caller, permit(Role.HR)]
HrUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR)]
"""HR of some unit; the use case checks that the unit is hers."""

CompanyHrUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR, whole=True)]
"""HR over the whole organisation: indicators and templates are shared by everyone (APR-01)."""

Approver = Annotated[Caller, permit(Role.HR, Role.EXECUTIVE)]
ApproverUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR, Role.EXECUTIVE)]
"""The second person of a correction."""

CorrectionReader = Annotated[Caller, permit(Role.HR, Role.EXECUTIVE, Role.AUDITOR)]
"""Reads corrections in the scope of the role."""

Overseer = Annotated[Caller, permit(Role.HR, Role.AUDITOR)]
"""Reads what concerns a whole cycle."""

ReportReader = Annotated[Caller, permit(Role.HR, Role.AUDITOR, Role.EXECUTIVE, Role.EMPLOYEE)]
"""Reads reports of the units of a role, and of the people below a manager."""

ReporterUnitOfWork = Annotated[UnitOfWork, permit_work(Role.EMPLOYEE, Role.HR)]
"""Reports an incident: whoever sees one."""

BriefWriter = Annotated[UnitOfWork, permit_work(Role.EMPLOYEE, Role.HR)]
"""Drafts, completes and signs monthly briefs: the head, a superior or HR of the unit, as the use case finds."""

SupplierReader = Annotated[Caller, permit(Role.HR, Role.EXECUTIVE, Role.AUDITOR)]
"""Reads prices, findings and decisions about suppliers, in the scope of the role."""

Librarian = Annotated[Caller, permit(Role.HR, Role.AUDITOR, Role.EXECUTIVE, Role.EMPLOYEE)]
"""Reads the library and the schemes, which every appraised person may know."""

Feeder = Annotated[Caller, permit(Role.HR, scope="measurements")]
FeederUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR, scope="measurements")]
"""Sends measurements: HR, or a client system with the scope."""

MeasurementReader = Annotated[Caller, permit(Role.HR, Role.AUDITOR, scope="measurements")]
"""Reads measurements: client systems with the scope, HR, auditors."""

ResultReader = Annotated[Caller, permit(Role.HR, Role.AUDITOR, scope="results")]
"""Reads all results of a closed cycle: client systems with the scope, HR, auditors."""

__all__ = [
    "AnyCaller",
    "AnyCallerUnitOfWork",
    "Approver",
    "BriefWriter",
    "CorrectionReader",
    "Feeder",
    "Hr",
    "Librarian",
    "MeasurementReader",
    "Overseer",
    "ReportReader",
    "ReporterUnitOfWork",
    "ResultReader",
    "SupplierReader",
]
