"""A supplier, and how it leaves and comes back (APR-03)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.appraisal.library.domain.supplier_class import SupplierClass
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.workflow import Transition, Workflow


class SupplierState(StrEnum):
    """The state of a supplier."""

    ACTIVE = "active"
    ELIMINATED = "eliminated"


class SupplierAction(StrEnum):
    """What moves a supplier."""

    ELIMINATE = "eliminate"
    REINSTATE = "reinstate"


_S, _A = SupplierState, SupplierAction

SUPPLIER: Workflow[SupplierState, SupplierAction] = Workflow(
    "supplier",
    (
        Transition(_S.ACTIVE, _A.ELIMINATE, _S.ELIMINATED, frozenset({Role.HR, Role.EXECUTIVE}), follows=True),
        Transition(_S.ELIMINATED, _A.REINSTATE, _S.ACTIVE, frozenset({Role.HR, Role.EXECUTIVE})),
    ),
    label=Text("供应商", "supplier"),
    states={_S.ACTIVE: Text("合作中", "active"), _S.ELIMINATED: Text("已淘汰", "eliminated")},
    actions={_A.ELIMINATE: Text("淘汰", "elimination"), _A.REINSTATE: Text("恢复合作", "reinstatement")},
)


@dataclass(frozen=True)
class Supplier:
    """A supplier as of a day. ``unit_name`` is None while org has not reported the unit, or reports it no more.

    ``preferred``: preferred for large orders, as it is active, of class A, has a framework agreement in force, no
    elimination waiting for a decision, and its last scores do not all call for one, whatever was decided then.
    ``decided_…``: the last elimination or reinstatement; None also for whoever may not read decisions.
    """

    id: UUID
    code: str
    name: str
    unit_code: str
    unit_name: str | None
    unit_name_en: str | None
    state: SupplierState
    revision: int
    supplier_class: SupplierClass | None
    classified_from: date | None
    agreement_to: date | None
    has_agreement: bool
    elimination_pending: bool
    preferred: bool
    created_at: datetime
    unit_path: tuple[UUID, ...]
    decided_at: datetime | None = None
    decided_by_name: str | None = None
    decision: str | None = None


@dataclass(frozen=True)
class SupplierFilter:
    """Which suppliers are asked for; None leaves a field open. ``search`` looks into code and name."""

    state: SupplierState | None = None
    supplier_class: SupplierClass | None = None
    preferred: bool | None = None
    unit_code: str | None = None
    search: str | None = None
