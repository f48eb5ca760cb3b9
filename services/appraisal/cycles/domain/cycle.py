"""The life of an appraisal cycle, and the policy it was opened under (APR-04)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from services.appraisal.library.domain.scheme import Frequency, SubjectKind
from services.kit.errors import Conflict, FieldError, Invalid, Text, joined
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.workflow import Transition, Workflow

LEAST_PUBLIC_NOTICE = 5


class PublicNoticeTooShort(Invalid):
    """Results are shown for fewer than five working days (APR-13)."""

    code = "public_notice_too_short"
    zh = "公示期不少于 5 个工作日，现为 {found} 个工作日。"
    en = "The public notice must last at least 5 working days; {found} is too short."


class DeadlinesOutOfOrder(Invalid):
    """Ratings would be due before goals."""

    code = "deadlines_out_of_order"
    zh = "评价截止日不能早于目标设定截止日。"
    en = "The deadline for ratings cannot be before the deadline for goals."


class CycleState(StrEnum):
    """The state of a cycle."""

    DRAFT = "draft"
    OPENING = "opening"
    GOAL_SETTING = "goal_setting"
    EVALUATING = "evaluating"
    SCORING = "scoring"
    SCORED = "scored"
    CALIBRATED = "calibrated"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CycleAction(StrEnum):
    """What moves a cycle."""

    OPEN = "open"
    COMPLETE_OPENING = "complete_opening"
    CANCEL_OPENING = "cancel_opening"
    START_EVALUATION = "start_evaluation"
    SCORE = "score"
    COMPLETE_SCORING = "complete_scoring"
    BLOCK = "block"
    FINISH_CALIBRATION = "finish_calibration"
    PUBLISH = "publish"
    CLOSE = "close"
    CANCEL = "cancel"


_HR = frozenset({Role.HR})
_JOB = frozenset({Role.SERVICE})
_S, _A = CycleState, CycleAction

BEFORE_PUBLICATION = (
    _S.DRAFT, _S.OPENING, _S.GOAL_SETTING, _S.EVALUATING, _S.SCORING, _S.SCORED, _S.CALIBRATED,
)  # fmt: skip
"""The states from which a cycle can still be given up."""

CYCLE: Workflow[CycleState, CycleAction] = Workflow(
    "cycle",
    (
        Transition(_S.DRAFT, _A.OPEN, _S.OPENING, _HR),
        Transition(_S.OPENING, _A.COMPLETE_OPENING, _S.GOAL_SETTING, _JOB),
        Transition(_S.OPENING, _A.CANCEL_OPENING, _S.DRAFT, _JOB),
        Transition(_S.GOAL_SETTING, _A.START_EVALUATION, _S.EVALUATING, _HR),
        Transition(_S.EVALUATING, _A.SCORE, _S.SCORING, _HR),
        Transition(_S.SCORING, _A.COMPLETE_SCORING, _S.SCORED, _JOB),
        Transition(_S.SCORING, _A.BLOCK, _S.EVALUATING, _JOB),
        Transition(_S.SCORED, _A.SCORE, _S.SCORING, _HR),
        Transition(_S.SCORED, _A.FINISH_CALIBRATION, _S.CALIBRATED, _HR),
        Transition(_S.CALIBRATED, _A.PUBLISH, _S.PUBLISHED, _HR),
        Transition(_S.PUBLISHED, _A.CLOSE, _S.CLOSED, _HR),
        *(Transition(state, _A.CANCEL, _S.CANCELLED, _HR) for state in BEFORE_PUBLICATION),
    ),
    label=Text("考核周期", "appraisal cycle"),
    states={
        _S.DRAFT: Text("草稿", "draft"),
        _S.OPENING: Text("启动中", "being opened"),
        _S.GOAL_SETTING: Text("目标设定", "goal setting"),
        _S.EVALUATING: Text("评价中", "evaluation"),
        _S.SCORING: Text("计分中", "scoring"),
        _S.SCORED: Text("已计分", "scored"),
        _S.CALIBRATED: Text("已校准", "calibrated"),
        _S.PUBLISHED: Text("公示中", "public notice"),
        _S.CLOSED: Text("已关闭", "closed"),
        _S.CANCELLED: Text("已取消", "cancelled"),
    },
    actions={
        _A.OPEN: Text("启动", "opening"),
        _A.COMPLETE_OPENING: Text("完成启动", "finishing the opening"),
        _A.CANCEL_OPENING: Text("放弃启动", "cancelling the opening"),
        _A.START_EVALUATION: Text("进入评价", "starting evaluation"),
        _A.SCORE: Text("计分", "scoring"),
        _A.COMPLETE_SCORING: Text("完成计分", "finishing scoring"),
        _A.BLOCK: Text("退回评价", "going back to evaluation"),
        _A.FINISH_CALIBRATION: Text("结束校准", "finishing calibration"),
        _A.PUBLISH: Text("公示", "publishing"),
        _A.CLOSE: Text("关闭", "closing"),
        _A.CANCEL: Text("取消", "cancelling"),
    },
)

EXCLUSION_NAMES = {
    "no_main_assignment": Text("期内无主岗", "no primary assignment in the period"),
    "left_in_the_period": Text("期内离职", "left in the period"),
    "too_few_days": Text("考核天数不足", "too few days in the period"),
    "no_scheme": Text("无适用的考核方案", "no scheme applies"),
    "no_unit": Text("负责单元期末已不存在", "the unit responsible no longer exists at the end of the period"),
    "not_classified": Text("供应商尚未定级", "the supplier has not been classified"),
    "recorded_after_opening": Text("启动后才登记，待处理", "recorded after opening, to be decided"),
    "taken_out": Text("经人力资源移出", "excluded by HR"),
}
"""The reason why a subject is not appraised in a cycle, in words."""

BEFORE_SCORING = (_S.DRAFT, _S.OPENING, _S.GOAL_SETTING, _S.EVALUATING)
RESULTS_EXIST = (_S.SCORED, _S.CALIBRATED, _S.PUBLISHED, _S.CLOSED)
RESULTS_PUBLIC = (_S.PUBLISHED, _S.CLOSED)


@dataclass(frozen=True)
class CyclePolicy:
    """Choices made when the cycle is created.

    ``transfers``: one form per main assignment, weighted by days, or one form for the last. ``leavers``: whether people
    who leave within the period are appraised for their days. ``minimum_days``: fewer days in the period exclude.
    ``public_notice_days``: working days of the public notice, the first day counted. ``quota_minimum``: units with
    fewer people are merged with others before a quota of grades is counted (APR-12). ``superior_keeps_raters``: the
    superior, beside HR, keeps and replaces raters who are away, other than themselves (APR-09).
    """

    transfers: Literal["per_assignment", "last_assignment"] = "per_assignment"
    leavers: Literal["include", "exclude"] = "exclude"
    minimum_days: int = 1
    public_notice_days: int = LEAST_PUBLIC_NOTICE
    quota_minimum: int = 5
    superior_keeps_raters: bool = False

    def __post_init__(self) -> None:
        """Raises PublicNoticeTooShort."""
        if self.public_notice_days < LEAST_PUBLIC_NOTICE:
            found = str(self.public_notice_days)
            fault = FieldError("/policy/public_notice_days", found, Text("不少于 5", "at least 5"))
            raise PublicNoticeTooShort(found=found, field_errors=[fault])


_BEFORE_CLOSE = (*BEFORE_PUBLICATION, _S.PUBLISHED)
EDITABLE_IN: Mapping[str, Sequence[CycleState]] = {
    "name": _BEFORE_CLOSE,
    "quota_minimum": (*BEFORE_SCORING, _S.SCORED),
    "public_notice_days": BEFORE_PUBLICATION,
    "superior_keeps_raters": (_S.DRAFT, _S.OPENING, _S.GOAL_SETTING),
}
"""The fields that can still be edited in each state; everything else can be edited only in a draft (APR-04)."""


FIELD_NAMES: Mapping[str, Text] = {
    "code": Text("编码", "code"),
    "name": Text("名称", "name"),
    "period": Text("考核期间", "period"),
    "frequency": Text("考核频率", "frequency"),
    "unit_id": Text("适用单元", "unit"),
    "transfers": Text("调动处理方式", "treatment of transfers"),
    "leavers": Text("离职人员处理方式", "treatment of leavers"),
    "minimum_days": Text("最少在职天数", "minimum number of days"),
    "public_notice_days": Text("公示天数", "days of the public notice"),
    "quota_minimum": Text("单独适用等级比例的最少人数", "smallest number of people for a quota"),
    "superior_keeps_raters": Text("上级是否可保留或更换评价人", "whether the superior keeps raters"),
}
"""What people call the fields of a cycle and its policy."""
TRANSFER_NAMES: Final = {
    "per_assignment": Text("按任职分段考核", "a form for each assignment"),
    "last_assignment": Text("按最后任职考核", "one form, for the last assignment"),
}
LEAVER_NAMES: Final = {"include": Text("参加考核", "appraised"), "exclude": Text("不参加考核", "not appraised")}


class CycleFieldFixed(Conflict):
    """Something about a cycle would be edited that has been used already."""

    code = "cycle_field_fixed"
    zh = "考核周期目前为“{state}”，不能再修改：{fields}。"
    en = "The cycle is in the state '{state}', in which these fields can no longer be changed: {fields}."


def demand_editable(state: CycleState, fields: Iterable[str]) -> None:
    """Refuse to edit what the cycle has gone by already.

    Raises:
        CycleFieldFixed: naming the fields.
    """
    fixed = sorted(field for field in fields if state not in EDITABLE_IN.get(field, (_S.DRAFT,)))
    if fixed:
        expected = Text("请保持不变，或省略", "as it is, or left out")
        field_errors = [FieldError(f"/{field}", None, expected) for field in fixed]
        raise CycleFieldFixed(
            state=CYCLE.states[state], fields=joined(FIELD_NAMES[field] for field in fixed), field_errors=field_errors
        )


@dataclass(frozen=True)
class PhaseDeadlines:
    """The last days on which goals are agreed and ratings given; None: no deadline (APR-05, APR-09)."""

    goals_due_on: date | None = None
    ratings_due_on: date | None = None

    def __post_init__(self) -> None:
        """Raises DeadlinesOutOfOrder."""
        if self.goals_due_on and self.ratings_due_on and self.ratings_due_on < self.goals_due_on:
            expected = Text(f"不早于 {self.goals_due_on}", f"not before {self.goals_due_on}")
            raise DeadlinesOutOfOrder(field_errors=[FieldError("/ratings_due_on", str(self.ratings_due_on), expected)])


@dataclass(frozen=True)
class Cycle:
    """A cycle as it is now. ``unit_name`` is that of its snapshot, so None until it has opened.

    ``cancell…``: who cancelled it, when and why; None unless it is cancelled.
    """

    id: UUID
    code: str
    name: str
    frequency: Frequency
    period: Period
    unit_id: UUID | None
    unit_name: str | None
    unit_name_en: str | None
    policy: CyclePolicy
    state: CycleState
    revision: int
    public_notice: Period | None
    deadlines: PhaseDeadlines
    failure: str | None
    created_at: datetime
    cancelled_at: datetime | None = None
    cancelled_by_name: str | None = None
    cancellation_reason: str | None = None


@dataclass(frozen=True)
class CycleFilter:
    """Which cycles are asked for; None leaves a field open. ``as_of``: those that cover this day."""

    state: CycleState | None = None
    frequency: Frequency | None = None
    code: str | None = None
    unit_id: UUID | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Exclusion:
    """Somebody who is not appraised in a cycle, and why: a key of ``EXCLUSION_NAMES``.

    ``note`` and ``decided_…`` are set where a person decided it.
    """

    subject_kind: SubjectKind
    subject_id: UUID
    subject_code: str
    subject_name: str
    subject_name_en: str
    reason: str
    note: str | None = None
    decided_by_name: str | None = None
    decided_at: datetime | None = None
