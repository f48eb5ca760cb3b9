"""Who may call what, as types. Runs, plans and the journal affect everyone, pay profiles only their person."""

from typing import Annotated

from services.kit.access.callers import permit_work
from services.kit.identity import Role
from services.kit.work.unit_of_work import UnitOfWork

CompensationUnitOfWork = Annotated[UnitOfWork, permit_work(Role.COMPENSATION)]
"""Compensation of some unit; the use case checks that the person sits there."""

CompanyCompensationUnitOfWork = Annotated[UnitOfWork, permit_work(Role.COMPENSATION, whole=True)]
"""Compensation over the whole organisation: plans and runs affect everyone (INC-02)."""

ReviewerUnitOfWork = Annotated[UnitOfWork, permit_work(Role.COMPENSATION, Role.FINANCE, whole=True)]
"""Confirms that the calculation of a run is sound."""

ApproverUnitOfWork = Annotated[UnitOfWork, permit_work(Role.FINANCE, Role.EXECUTIVE, whole=True)]
"""Approves what a run or a dividend pays."""

PayerUnitOfWork = Annotated[UnitOfWork, permit_work(Role.FINANCE, whole=True)]
"""Posts, pays, and reverses what was posted."""

ExecutiveUnitOfWork = Annotated[UnitOfWork, permit_work(Role.EXECUTIVE, whole=True)]
"""Decides what the company adopts."""

ShareGrantUnitOfWork = Annotated[UnitOfWork, permit_work(Role.EXECUTIVE, Role.COMPENSATION, whole=True)]
"""Releases grants of virtual shares."""

HrUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR)]
"""HR of some unit; the use case checks that the person hired sits there."""

CompanyHrUnitOfWork = Annotated[UnitOfWork, permit_work(Role.HR, whole=True)]
"""HR over the whole organisation: what units may spend together concerns all of them."""
