"""The life of a role document (ORG-04): drafted, reviewed by HR, approved, signed, in force, superseded.

``valid`` is half-open. A signed version is in force from its signing date, which may be in the future; the version
before it is in force until then. What was in force on a past day never changes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from services.kit.errors import Conflict, FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.periods import Period
from services.kit.workflow import Transition, Workflow


class DocumentState(StrEnum):
    """The state of a version of a role document."""

    DRAFT = "draft"
    HR_REVIEW = "hr_review"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    SIGNED = "signed"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class DocumentAction(StrEnum):
    """What can be done with it. TAKE_EFFECT and SUPERSEDE are the daily job's, or follow from signing for today."""

    SUBMIT = "submit"
    RECALL = "recall"
    ENDORSE = "endorse"
    RETURN = "return"
    APPROVE = "approve"
    SIGN = "sign"
    REVOKE_SIGNATURE = "revoke_signature"
    TAKE_EFFECT = "take_effect"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


_D, _A = DocumentState, DocumentAction
_AUTHORS = frozenset({Role.HR, Role.MANAGER})
_HR = frozenset({Role.HR})
_EXECUTIVE = frozenset({Role.EXECUTIVE})
_JOB = frozenset({Role.SERVICE})

DOCUMENT = Workflow(
    "role_document",
    [
        Transition(_D.DRAFT, _A.SUBMIT, _D.HR_REVIEW, _AUTHORS),
        Transition(_D.HR_REVIEW, _A.RECALL, _D.DRAFT, _AUTHORS),
        Transition(_D.HR_REVIEW, _A.RETURN, _D.DRAFT, _HR),
        Transition(_D.HR_REVIEW, _A.ENDORSE, _D.REVIEWED, _HR),
        Transition(_D.REVIEWED, _A.RETURN, _D.DRAFT, _EXECUTIVE),
        Transition(_D.REVIEWED, _A.APPROVE, _D.APPROVED, _EXECUTIVE),
        Transition(_D.APPROVED, _A.RETURN, _D.DRAFT, _HR),
        Transition(_D.APPROVED, _A.SIGN, _D.SIGNED, _HR),
        Transition(_D.SIGNED, _A.REVOKE_SIGNATURE, _D.APPROVED, _HR),
        Transition(_D.SIGNED, _A.TAKE_EFFECT, _D.EFFECTIVE, _JOB),
        Transition(_D.EFFECTIVE, _A.SUPERSEDE, _D.SUPERSEDED, _JOB),
        Transition(_D.DRAFT, _A.WITHDRAW, _D.WITHDRAWN, _AUTHORS),
        Transition(_D.HR_REVIEW, _A.WITHDRAW, _D.WITHDRAWN, _AUTHORS),
        Transition(_D.REVIEWED, _A.WITHDRAW, _D.WITHDRAWN, _HR),
        Transition(_D.APPROVED, _A.WITHDRAW, _D.WITHDRAWN, _HR),
    ],
    label=Text("说明书版本", "role document version"),
    states={
        _D.DRAFT: Text("草稿", "draft"),
        _D.HR_REVIEW: Text("人力资源审核中", "in HR review"),
        _D.REVIEWED: Text("已审核", "reviewed"),
        _D.APPROVED: Text("已审批", "approved"),
        _D.SIGNED: Text("已签发待生效", "signed, not yet in force"),
        _D.EFFECTIVE: Text("生效中", "in force"),
        _D.SUPERSEDED: Text("已被取代", "superseded"),
        _D.WITHDRAWN: Text("已撤回", "withdrawn"),
    },
    actions={
        _A.SUBMIT: Text("提交", "submitting"),
        _A.RECALL: Text("收回修改", "recalling for changes"),
        _A.ENDORSE: Text("审核通过", "endorsing"),
        _A.RETURN: Text("退回", "returning"),
        _A.APPROVE: Text("审批", "approving"),
        _A.SIGN: Text("签发", "signing"),
        _A.REVOKE_SIGNATURE: Text("撤销签发", "revoking the signature"),
        _A.TAKE_EFFECT: Text("生效", "taking effect"),
        _A.SUPERSEDE: Text("取代", "superseding"),
        _A.WITHDRAW: Text("撤回", "withdrawing"),
    },
)

EVENTS = {
    DocumentAction.SUBMIT: "org.role_document.submitted",
    DocumentAction.RECALL: "org.role_document.recalled",
    DocumentAction.ENDORSE: "org.role_document.endorsed",
    DocumentAction.RETURN: "org.role_document.returned",
    DocumentAction.APPROVE: "org.role_document.approved",
    DocumentAction.SIGN: "org.role_document.signed",
    DocumentAction.REVOKE_SIGNATURE: "org.role_document.signature_revoked",
    DocumentAction.TAKE_EFFECT: "org.role_document.took_effect",
    DocumentAction.SUPERSEDE: "org.role_document.superseded",
    DocumentAction.WITHDRAW: "org.role_document.withdrawn",
}
"""How each transition is called in the audit trail and in events."""

BY_PEOPLE = tuple(sorted({move.action for move in DOCUMENT.moves if move.by != _JOB}))
"""What people do with a version; whoever reads it sees who took the last step, when and with which note."""

EDITABLE = frozenset({DocumentState.DRAFT})
"""Only here may the content change; everything later is changed by a new version."""

DATED = frozenset({DocumentState.SIGNED, DocumentState.EFFECTIVE, DocumentState.SUPERSEDED})
"""The states with days on which the version is in force."""

FOUR_EYES = {
    DocumentAction.ENDORSE: frozenset({DocumentAction.SUBMIT}),
    DocumentAction.APPROVE: frozenset({DocumentAction.SUBMIT, DocumentAction.ENDORSE}),
}
"""Who did one of these on the version cannot do that as well."""


class SigningBackdated(Invalid):
    """The signing date is past, or not after the first day of the version that it follows."""

    code = "signing_backdated"
    zh = "签发日期不能早于 {earliest}。"
    en = "The signing date cannot be before {earliest}."


class AlreadySigned(Conflict):
    """Another version of the same subject is signed and not yet in force."""

    code = "already_signed"
    zh = "版本 {version} 已签发待生效，请先撤销其签发。"
    en = "Version {version} is signed and not yet in force; revoke its signature first."


class AlreadyInForce(Conflict):
    """The signature of a version that is in force cannot be revoked."""

    code = "already_in_force"
    zh = "版本 {version} 已经生效，不能撤销签发；如需修改，请新建版本。"
    en = "Version {version} is already in force, so its signature cannot be revoked; create a new version to change it."


class VariantNotRegistered(Conflict):
    """A local variant cannot be signed before it is registered with HR (ORG-06)."""

    code = "variant_not_registered"
    zh = "实施细则须先报人力资源部备案，再行签发。"
    en = "A local variant must be registered with HR before it is signed."


@dataclass(frozen=True)
class Issued:
    """A version of one subject's document and the days on which it is in force."""

    version: int
    valid: Period


def in_force(issued: Iterable[Issued], day: date) -> Issued | None:
    """The one version in force on ``day``."""
    return next((one for one in issued if one.valid.contains(day)), None)


def signed(issued: Sequence[Issued], *, version: int, signed_on: date, today: date) -> list[Issued]:
    """The subject's versions once ``version`` is in force from ``signed_on``; the one before it ends the day before.

    Raises:
        SigningBackdated: the day is past, or not after the first day of the version now in force.
        AlreadySigned: a signed version is not yet in force.
    """
    waiting = next((one for one in issued if one.valid.start > today), None)
    if waiting is not None:
        raise AlreadySigned(version=waiting.version)
    current = next((one for one in issued if one.valid.end is None), None)
    earliest = today if current is None else max(today, current.valid.start + date.resolution)
    if signed_on < earliest:
        expected = Text(f"不早于 {earliest}", f"not before {earliest}")
        raise SigningBackdated(earliest=earliest, field_errors=[FieldError("/signed_on", str(signed_on), expected)])
    kept = [replace(one, valid=Period(one.valid.start, signed_on)) if one.valid.end is None else one for one in issued]
    return [*kept, Issued(version, Period(signed_on))]


def signature_revoked(issued: Sequence[Issued], *, version: int, today: date) -> list[Issued]:
    """The subject's versions without one that is not yet in force: the one before it continues without end.

    Raises:
        AlreadyInForce: only a new version can follow it.
    """
    waiting = next((one for one in issued if one.version == version and one.valid.start > today), None)
    if waiting is None:
        raise AlreadyInForce(version=version)
    return [
        replace(one, valid=Period(one.valid.start)) if one.valid.end == waiting.valid.start else one
        for one in issued
        if one is not waiting
    ]


def due_transitions(state: DocumentState, valid: Period, today: date) -> tuple[DocumentAction, ...]:
    """The transitions that the daily job has to make, in order; several if the system was down for days."""
    due = []
    if state is DocumentState.SIGNED and valid.start <= today:
        due.append(DocumentAction.TAKE_EFFECT)
    if due or state is DocumentState.EFFECTIVE:
        due.extend([DocumentAction.SUPERSEDE] if valid.end is not None and valid.end <= today else [])
    return tuple(due)


def demand_registered(*, variant: bool, registered: bool) -> None:
    """Accept the signing of a document that is no variant, or one that is registered with HR.

    Raises:
        VariantNotRegistered: it is a variant and is not.
    """
    if variant and not registered:
        raise VariantNotRegistered
