"""Who may approve what, up to which amount, and who is next (ORG-09).

A position gives its holder a limit per authority type, in its unit and everything below. The holder may delegate part
of it to somebody else, for a time, never more than their own limit: that is checked when the delegation is made, and
each time it is used, so that a delegation shrinks with the delegator's own limit. What was
delegated is not delegated on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from services.kit.errors import FieldError, Invalid, Text
from services.kit.money import plain
from services.kit.periods import cut
from services.org.authority.domain.authority_type import (
    AUTHORITY_TYPE_NAMES,
    AuthorityType,
    EmployeeLimit,
    TwoApprovers,
    covers,
    limit_in_words,
    narrower,
)
from services.org.authority.domain.delegation import Delegation, DelegationTooWide, require_valid


class ApproversShort(Invalid):
    """Too few different people with an authority of their own have approved."""

    code = "approvers_short"
    zh = "该事项须由 {needed} 名具有权限的人分别审批，目前只有 {found} 名。"
    en = "This needs {needed} different approvers with authority; only {found} can be found."


@dataclass(frozen=True)
class ApprovalCheck:
    """Whether a person may approve ``amount`` in the unit at the end of ``unit_path`` (root first) on ``day``.

    ``requester_id`` is the person who asks for the money: nobody approves their own request. ``barred_ids`` are those
    whom it concerns, as the people who are paid: they neither approve nor lend others the authority to.
    """

    authority_type: AuthorityType
    amount: Decimal
    unit_path: tuple[UUID, ...]
    day: date
    requester_id: UUID | None = None
    barred_ids: frozenset[UUID] = frozenset()

    def bars(self, employee_id: UUID) -> bool:
        """Whether a person's authority, used by themselves or by a delegate, does not count here."""
        return employee_id == self.requester_id or employee_id in self.barred_ids


Verdict = Literal["own_limit", "delegated", "over_limit", "no_authority", "own_request", "own_interest"]
VERDICT_NAMES: Final[dict[Verdict, Text]] = {
    "own_limit": Text("本人额度足够", "own limit suffices"),
    "delegated": Text("受托额度足够", "delegated limit suffices"),
    "over_limit": Text("额度不足", "limit too low"),
    "no_authority": Text("无审批权限", "no authority"),
    "own_request": Text("本人的申请", "own request"),
    "own_interest": Text("涉及本人利益", "own interest"),
}

_REASONS: dict[Verdict, Text] = {
    "own_limit": Text("本人额度{limit}，可以审批", "own limit suffices: {limit}"),
    "delegated": Text("受托额度{limit}，可以审批", "delegated limit suffices: {limit}"),
    "over_limit": Text("额度{limit}，不足，须由上级审批", "limit {limit} is too low; a superior has to approve"),
    "no_authority": Text("在该单元没有{type}权限", "no authority for {type} in this unit"),
    "own_request": Text("不能审批本人的申请，须由他人审批", "nobody approves their own request"),
    "own_interest": Text("该事项涉及本人利益，须由他人审批", "nobody approves what benefits themselves"),
}


@dataclass(frozen=True)
class ChainLink:
    """One person of the chain and why they may or may not approve. ``limit`` None may be without upper bound."""

    employee_id: UUID
    verdict: Verdict
    limit: Decimal | None = None
    acting_for: UUID | None = None
    delegation_id: UUID | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether this person may approve."""
        return self.verdict in {"own_limit", "delegated"}

    @property
    def source(self) -> UUID:
        """Whose authority it is in the end."""
        return self.acting_for or self.employee_id

    def reason(self, authority_type: AuthorityType) -> Text:
        """The verdict in words, the limit in the unit of ``authority_type``."""
        words = _REASONS[self.verdict]
        limit = limit_in_words(self.limit, authority_type)
        named = AUTHORITY_TYPE_NAMES[authority_type]
        return Text(words.zh.format(limit=limit.zh, type=named.zh), words.en.format(limit=limit.en, type=named.en))


@dataclass(frozen=True)
class Decision:
    """The answer. ``next_id`` is who has to be asked: instead, where not allowed; as second, where two are needed.

    None although an approver is needed means that nobody in the chain can approve.
    """

    allowed: bool
    needed: int
    next_id: UUID | None
    chain: tuple[ChainLink, ...]


@dataclass
class AuthorityBook:
    """All that is known of limits and delegations, looked up by person, for many checks at once."""

    held: Iterable[EmployeeLimit] = ()
    delegations: Iterable[Delegation] = ()
    policy: TwoApprovers = field(default_factory=TwoApprovers)

    def __post_init__(self) -> None:
        """Sorts what was given by person."""
        self._own: dict[UUID, list[EmployeeLimit]] = defaultdict(list)
        self._lent: dict[UUID, list[Delegation]] = defaultdict(list)
        for right in self.held:
            self._own[right.employee_id].append(right)
        for delegation in self.delegations:
            self._lent[delegation.delegate_id].append(delegation)

    def check(self, employee_id: UUID, question: ApprovalCheck) -> ChainLink:
        """Whether one person may approve, by their own limit before a delegated one, and why."""
        ways = self._ways(employee_id, question)
        if ways:
            return ways[0]
        if employee_id == question.requester_id:
            return ChainLink(employee_id, "own_request")
        if question.bars(employee_id):
            return ChainLink(employee_id, "own_interest")
        own = self._best_own(employee_id, question)
        if own is not None:
            return ChainLink(employee_id, "over_limit", own.limit)
        lent = [link for given in self._lent[employee_id] for link in self._used(given, question)]
        return next(iter(lent), ChainLink(employee_id, "no_authority"))

    def decide(self, employee_id: UUID, question: ApprovalCheck, superiors: Sequence[UUID]) -> Decision:
        """Whether ``employee_id`` may approve; if not, or if a second is needed, who of their ``superiors`` is next.

        The chain begins with that person and ends with the first people who together suffice.
        """
        needed = self.policy.needed(question.authority_type, question.amount)
        chain: list[ChainLink] = []
        sources: set[UUID] = set()
        approvers: list[UUID] = []
        for person in dict.fromkeys((employee_id, *superiors)):
            chain.append(self.check(person, question))
            own_sources = self._sources(person, question)
            if own_sources and (not approvers or len(sources | own_sources) > 1):
                sources |= own_sources
                approvers.append(person)
            if len(approvers) == needed:
                break
        allowed = chain[0].is_allowed
        others = [person for person in approvers if person != employee_id]
        following = others[0] if others and (needed > 1 or not allowed) else None
        return Decision(allowed, needed, following, tuple(chain))

    def require_enough(self, approvers: Iterable[UUID], question: ApprovalCheck) -> None:
        """Accept approvals by as many different people as the policy wants.

        A delegate acts in the name of the delegator, so the two together count as one approval.

        Raises:
            ApproversShort: too few.
        """
        needed = self.policy.needed(question.authority_type, question.amount)
        sources = [self._sources(person, question) for person in dict.fromkeys(approvers)]
        found = min(sum(1 for own in sources if own), len(set[UUID]().union(*sources)))
        if found < needed:
            expected = Text(f"{needed} 名具有权限的不同人员", f"{needed} different people with authority")
            raise ApproversShort(
                needed=needed, found=found, field_errors=[FieldError("/approvers", str(found), expected)]
            )

    def require_delegable(self, wanted: Delegation, unit_path: Sequence[UUID], *, pointer: str = "") -> None:
        """Accept a delegation that its delegator can give on each of its days. ``unit_path`` leads to its unit.

        Raises:
            DelegationInvalid: to oneself, without an end, or of a negative amount.
            DelegationTooWide: more than the delegator's own on some day, or in a unit that is not theirs.
        """
        require_valid(wanted, pointer)
        edges = [day for own in self._own[wanted.delegator_id] for day in (own.valid.start, own.valid.end) if day]
        for part in cut(wanted.valid, edges):
            asked = ApprovalCheck(wanted.authority_type, Decimal(0), tuple(unit_path), part.start)
            own = self._best_own(wanted.delegator_id, asked)
            if own is None:
                expected = Text(
                    "授权人在该单元、该期间自身拥有的权限",
                    "an authority that the delegator has in that unit at that time",
                )
                raise DelegationTooWide(
                    field_errors=[FieldError(f"{pointer}/authority_type", wanted.authority_type.value, expected)]
                )
            if narrower(wanted.limit, own.limit) != wanted.limit:
                bound = limit_in_words(own.limit, wanted.authority_type)
                expected = Text(f"自 {part.start} 起额度不超过{bound.zh}", f"at most {bound.en} from {part.start} on")
                found = None if wanted.limit is None else plain(wanted.limit)
                raise DelegationTooWide(field_errors=[FieldError(f"{pointer}/limit", found, expected)])

    def _ways(self, employee_id: UUID, question: ApprovalCheck) -> list[ChainLink]:
        """How a person may approve: by their own limit, or for each of those who delegated enough to them."""
        if question.bars(employee_id):
            return []
        own = self._best_own(employee_id, question)
        lent = [link for given in self._lent[employee_id] for link in self._used(given, question) if link.is_allowed]
        if own is not None and covers(own.limit, question.amount):
            return [ChainLink(employee_id, "own_limit", own.limit), *lent]
        return lent

    def _sources(self, employee_id: UUID, question: ApprovalCheck) -> set[UUID]:
        return {link.source for link in self._ways(employee_id, question)}

    def _best_own(self, employee_id: UUID, question: ApprovalCheck) -> EmployeeLimit | None:
        own = [
            held
            for held in self._own[employee_id]
            if held.authority_type is question.authority_type
            and held.unit_id in question.unit_path
            and held.valid.contains(question.day)
        ]
        return max(own, key=lambda held: (held.limit is None, held.limit or Decimal(0)), default=None)

    def _used(self, given: Delegation, question: ApprovalCheck) -> Iterable[ChainLink]:
        if (
            given.authority_type is not question.authority_type
            or given.unit_id not in question.unit_path
            or not given.is_in_force_on(question.day)
            or question.bars(given.delegator_id)
        ):
            return
        own = self._best_own(given.delegator_id, question)
        if own is not None:
            limit = narrower(given.limit, own.limit)
            verdict: Verdict = "delegated" if covers(limit, question.amount) else "over_limit"
            yield ChainLink(given.delegate_id, verdict, limit, given.delegator_id, given.id)
