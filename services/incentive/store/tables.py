"""Every table of the schema ``incentive``; migrations read them here."""

from services.incentive.store.tables_base import SCHEMA, Base
from services.incentive.store.tables_journal import AccountRow, EntryRow, PostingRow
from services.incentive.store.tables_pay import PayProfileRow, PersonRow, PlanVersionRow
from services.incentive.store.tables_runs import (
    CalculationRow,
    CollectedUnitRow,
    CollectionRow,
    DossierRow,
    HandRow,
    LeftOutRow,
    LineRow,
    PayrollFileRow,
    RunRow,
    StatementNoteRow,
    StatementRow,
)

__all__ = [
    "SCHEMA",
    "AccountRow",
    "Base",
    "CalculationRow",
    "CollectedUnitRow",
    "CollectionRow",
    "DossierRow",
    "EntryRow",
    "HandRow",
    "LeftOutRow",
    "LineRow",
    "PayProfileRow",
    "PayrollFileRow",
    "PersonRow",
    "PlanVersionRow",
    "PostingRow",
    "RunRow",
    "StatementNoteRow",
    "StatementRow",
]
