"""What the API is sent and answers about runs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.runs.api.problems import RunProblem, run_problem
from services.incentive.runs.domain.run import RunState
from services.incentive.runs.usecases.runs import RunDetails
from services.kit.errors import Language
from services.kit.fields import CodeText, Id, Model, Money, PeriodLabel, Prose
from services.kit.patterns import SHA_256
from services.kit.work.history import decision_shown

HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
Sha256 = Annotated[str, Field(pattern=SHA_256, examples=[HASH])]
RunIdField = Annotated[Id, Field(description="Id of the run.", examples=["01980000-0000-7000-8000-0000000000b1"])]
PlanCode = Annotated[str, Field(description="Code of the plan.", examples=["QB"])]
PlanNameZh = Annotated[str, Field(description="Name of the plan in Chinese.", examples=["季度奖金"])]
PlanNameEn = Annotated[str, Field(description="Name of the plan in English.", examples=["Quarterly bonus"])]
Bonus = Annotated[str, Field(description="Kind of bonus: the kind of the plan's rule.", examples=["quarterly_bonus"])]
Period = Annotated[str, Field(description="Period that is paid.", examples=["2026-Q1"])]
CycleId = Annotated[
    Id | None,
    Field(
        description="Appraisal cycle whose grades are used; null if the rule needs no grades.",
        examples=["01980000-0000-7000-8000-0000000000c1"],
    ),
]
CycleCode = Annotated[
    str | None, Field(description="Code of the cycle, once the inputs have been taken.", examples=["2026-Q1"])
]
State = Annotated[RunState, Field(description="State of the run.", examples=["calculated"])]
CreatedAt = Annotated[datetime, Field(description="Time of creation.", examples=["2026-04-22T09:00:00+08:00"])]


class RunRequest(Model):
    """A run to be created: a plan and a period."""

    plan_code: CodeText = Field(description="Code of the plan.", examples=["QB"])
    period: PeriodLabel = Field(description="Period to pay, of the kind that the plan's rule pays.")
    cycle_id: Id | None = Field(
        default=None,
        description="Closed appraisal cycle whose grades are used. Required if the rule needs grades, otherwise "
        "refused.",
        examples=["01980000-0000-7000-8000-0000000000c1"],
    )


class RunDecision(Model):
    """A decision on exactly the calculation that the caller saw. If the run was calculated again since, it is
    refused as approval_stale.
    """

    calculation_hash: Sha256 = Field(description="content_hash of the calculation that the caller saw.")


class RunTotal(InCurrency):
    """The total of a run's lines in one currency."""

    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    amount: Money = Field(description="The sum, before tax, as text.", examples=["137520.00"])


class RunSettlement(InCurrency):
    """The payment progress of a posted run, in one currency."""

    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    payable: Money = Field(
        description="Amount to be paid out, before tax: posted, less withheld.", examples=["137520.00"]
    )
    paid: Money = Field(description="Amount paid so far.", examples=["82320.00"])
    left: Money = Field(description="Amount still owed.", examples=["55200.00"])


class InputSnapshot(Model):
    """The inputs of a run, as they were taken."""

    id: Id = Field(description="Id of the snapshot.", examples=["01980000-0000-7000-8000-0000000000d1"])
    plan_version_id: Id = Field(description="Version of the plan.", examples=["01980000-0000-7000-8000-0000000000f1"])
    snapshot_hash: Sha256 | None = Field(description="SHA-256 of the data from org; null for a run of claims.")
    results_hash: Sha256 | None = Field(description="SHA-256 of the results from appraisal; null without a cycle.")
    content_hash: Sha256 = Field(description="SHA-256 of all inputs of the run.")
    people: int = Field(description="Number of people in the snapshot.", examples=[4])
    taken_at: datetime = Field(description="Time of the snapshot.", examples=["2026-04-22T09:00:00+08:00"])


class RunCalculation(Model):
    """The present calculation of a run."""

    id: Id = Field(description="Id of the calculation.", examples=["01980000-0000-7000-8000-0000000000aa"])
    content_hash: Sha256 = Field(description="SHA-256 of the lines and exclusions, which decisions refer to.")
    lines: int = Field(description="Number of lines.", examples=[4])
    excluded: int = Field(description="Number of people without a line; see the run's exclusions.", examples=[0])
    totals: list[RunTotal] = Field(description="Totals by currency.")
    rules: int = Field(description="Version of the calculation rules that produced it.", examples=[2])
    calculated_at: datetime = Field(description="Time of the calculation.", examples=["2026-04-22T09:00:05+08:00"])


class RunProgress(Model):
    """Progress of a calculation."""

    calculated: int = Field(description="Number of people calculated so far.", examples=[42000])
    people: int = Field(
        description="Number of people in all; people of earlier periods count again.", examples=[100000]
    )
    noted_at: datetime = Field(description="Time of the last count.", examples=["2026-04-22T09:00:07+08:00"])


class Run(Model):
    """One calculation of a plan for a period, from draft to paid."""

    id: RunIdField
    plan_code: PlanCode
    plan_name: PlanNameZh
    plan_name_en: PlanNameEn
    bonus: Bonus
    period: Period
    cycle_id: CycleId
    cycle_code: CycleCode
    state: State
    revision: int = Field(description="Revision of the record, for `If-Match`.", examples=[4])
    attempt: int = Field(description="Number of attempts to calculate it.", examples=[1])
    progress: RunProgress | None = Field(
        description="Progress of the calculation while it is running; null in its first second and afterwards."
    )
    problem: RunProblem | None = Field(description="Problem that prevents the calculation; null if there is none.")
    input_snapshot: InputSnapshot | None = Field(description="Inputs of the calculation; null before they are taken.")
    calculation: RunCalculation | None = Field(description="Present calculation; null before the first one.")
    settlement: list[RunSettlement] = Field(
        description="Payment progress by currency; empty before the run is posted.", examples=[[]]
    )
    awaiting_other_approver_id: Id | None = Field(
        description="Employee id of the approver whose own lines wait for another approver, because nobody approves "
        "their own pay.",
        examples=[None],
    )
    awaiting_other_approver_name: str | None = Field(description="Name of that employee.", examples=[None])
    created_at: CreatedAt
    created_by_name: str = Field(description="Name of the person who created it.", examples=["范思齐"])
    cancelled_at: datetime | None = Field(
        description="Time of the cancellation; null unless cancelled.", examples=[None]
    )
    cancelled_by_name: str | None = Field(description="Name of the person who cancelled it.", examples=[None])
    cancellation_reason: str | None = Field(description="Reason for the cancellation.", examples=[None])


class RunCancellation(Model):
    """The reason for cancelling a run."""

    reason: Prose = Field(description="Reason for the cancellation, kept with the run.", examples=["二月产假未录入"])


class RunSummary(Model):
    """A run in a list."""

    id: RunIdField
    plan_code: PlanCode
    plan_name: PlanNameZh
    plan_name_en: PlanNameEn
    bonus: Bonus
    period: Period
    cycle_id: CycleId
    cycle_code: CycleCode
    state: State
    lines: int | None = Field(description="Number of lines in the present calculation.", examples=[4])
    totals: list[RunTotal] = Field(description="Totals by currency of the present calculation.")
    created_at: CreatedAt


class RunTransition(Model):
    """One transition of a run."""

    source: RunState = Field(description="State before the transition.", examples=["calculated"])
    action: str = Field(description="Action that was taken.", examples=["review"])
    target: RunState = Field(description="State after the transition.", examples=["reviewed"])
    actor_id: Id = Field(
        description="Account of the person who acted.", examples=["01980000-0000-7000-8000-0000000000ac"]
    )
    actor_name: str = Field(description="Name of the person who acted.", examples=["程雅琴"])
    note: str | None = Field(
        description="Reason for a cancellation; code of the problem if the calculation failed.", examples=[None]
    )
    occurred_at: datetime = Field(description="Time of the action.", examples=["2026-04-23T09:00:00+08:00"])


_CANCELLED = ("cancelled_at", "cancelled_by_name", "cancellation_reason")
_SUMMARY = ("id", "plan_code", "plan_name", "plan_name_en", "bonus", "period", "cycle_id", "state", "created_at")
_OWN = (*_SUMMARY, "revision", "attempt", "created_by_name")


def write_run(details: RunDetails, language: Language) -> dict[str, Any]:
    """What ``Run`` holds."""
    run, snapshot, awaiting = details.run, details.snapshot, details.awaiting
    counted = _fields(RunCalculation, details.calculation)
    return {
        **{name: getattr(run, name) for name in _OWN},
        "cycle_code": None if snapshot is None else snapshot.cycle_code,
        "progress": _fields(RunProgress, details.progress),
        "problem": run_problem(run.problem, language),
        "input_snapshot": _fields(InputSnapshot, snapshot),
        "calculation": None if counted is None else {**counted, "totals": _totals(counted["totals"])},
        "settlement": [
            {"currency": currency, "payable": left + paid, "paid": paid, "left": left}
            for currency, left, paid in details.settlement
        ],
        "awaiting_other_approver_id": None if awaiting is None else awaiting.employee_id,
        "awaiting_other_approver_name": None if awaiting is None else awaiting.name,
        **decision_shown(details.cancellation, _CANCELLED),
    }


def write_summary(details: RunDetails) -> dict[str, Any]:
    """What ``RunSummary`` holds."""
    run, calculation = details.run, details.calculation
    return {
        **{name: getattr(run, name) for name in _SUMMARY},
        "cycle_code": None if details.snapshot is None else details.snapshot.cycle_code,
        "lines": None if calculation is None else calculation.lines,
        "totals": [] if calculation is None else _totals(calculation.totals),
    }


def _fields(model: type[Model], row: object | None) -> dict[str, Any] | None:
    """What ``model`` says of a row; None where there is none."""
    return None if row is None else {name: getattr(row, name) for name in model.model_fields}


def _totals(stored: Mapping[str, str]) -> list[dict[str, str]]:
    """Sums by currency."""
    return [{"currency": currency, "amount": amount} for currency, amount in stored.items()]
