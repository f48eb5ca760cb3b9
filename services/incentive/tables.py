"""All rows of the incentive schema together: what migrations compare with the database."""

from services.incentive.awards.store import tables as awards
from services.incentive.budgets.store import tables as budgets
from services.incentive.claims.store import tables as claims
from services.incentive.journal.store import tables as journal
from services.incentive.pay.store import tables as pay
from services.incentive.payroll.store import tables as payroll
from services.incentive.plans.store import tables as plans
from services.incentive.pools.store import tables as pools
from services.incentive.recognition.store import tables as recognition
from services.incentive.referrals.store import tables as referrals
from services.incentive.runs.store import tables as runs
from services.incentive.schema import Base
from services.incentive.shares.store import tables as shares
from services.incentive.statements.store import tables as statements
from services.kit.startup.tables import adopt

adopt(Base.metadata)

AREAS = (journal, pay, budgets, plans, claims, runs, awards, pools, shares, recognition, referrals, statements, payroll)
"""The modules that hold rows, named here so that migrations see them."""

APPEND_ONLY = (
    journal.entry_link.name,
    *(
        row.__tablename__
        for row in (
            awards.AwardApprovalRow,
            awards.AwardMemberRow,
            claims.ClaimRow,
            journal.AccountRow,
            journal.EntryRow,
            journal.PostingRow,
            pay.NewTermsRow,
            recognition.TeamExpenseRow,
            runs.CalculationInputRow,
            runs.CalculationRow,
            runs.ExclusionRow,
            runs.InputSnapshotRow,
            runs.LineRow,
            runs.SignOffRow,
            runs.SnapshotClaimRow,
            runs.SnapshotEntitlementRow,
            runs.SnapshotUnitRow,
            payroll.PayrollAnswerRow,
            payroll.PayrollFileRow,
            pools.PoolMemberRow,
            payroll.PayrollPaymentRow,
            shares.DividendPartRow,
            statements.StatementNewsRow,
            statements.StatementNoteRow,
        )
    ),
)
