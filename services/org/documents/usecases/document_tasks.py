"""What waits for whom about role documents: versions, requests to amend, reviews (ORG-04, ORG-05, PLT-02)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.kit.deadlines import end_of
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.periods import day_in_words
from services.kit.release import Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.history import actors_of
from services.kit.work.refusal_notices import tell_refusal
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork
from services.org.documents.domain.amendment import AMENDMENT, AmendmentAction
from services.org.documents.domain.role_document_life import DOCUMENT, FOUR_EYES, DocumentAction, DocumentState
from services.org.documents.store.tables import DocumentReviewRow, RoleDocumentRow, RoleDocumentVersionRow
from services.org.documents.usecases.document_subjects import path_of, subject_name, subject_of, unit_name


@dataclass(frozen=True)
class _NextStep:
    """What a version waits for: the kind of the task, the transition that does it, and its name."""

    kind: str
    action: DocumentAction
    verb: Text


_NEXT_STEPS: Final[Mapping[DocumentState, _NextStep]] = {
    DocumentState.HR_REVIEW: _NextStep("role_document.review", DocumentAction.ENDORSE, Text("审核", "Review")),
    DocumentState.REVIEWED: _NextStep("role_document.approve", DocumentAction.APPROVE, Text("审批", "Approve")),
    DocumentState.APPROVED: _NextStep("role_document.sign", DocumentAction.SIGN, Text("签发", "Sign")),
}
"""By the state that waits; a draft is its author's own business, and a signed version waits for its day alone."""

_AGAINST_AUTHOR: Final[Mapping[DocumentAction, Text]] = {
    DocumentAction.RETURN: Text("已退回", "Refused"),
    DocumentAction.RECALL: Text("已被收回修改", "Recalled for changes"),
    DocumentAction.WITHDRAW: Text("已被撤回", "Withdrawn"),
}
"""What somebody else than the author may do with a submitted version, as the notice to its author says it."""


async def await_next_step(uow: UnitOfWork, document: RoleDocumentRow, version: RoleDocumentVersionRow) -> None:
    """Close what waited on the version before it came into its state, and let its next step wait."""
    subject = ("role_document_version", version.id)
    await close_tasks(uow, subject=subject)
    step = _NEXT_STEPS.get(DocumentState(version.state))
    if step is None:
        return
    name = await subject_name(uow.session, subject_of(document), uow.today)
    path = await path_of(uow.session, document, uow.today)
    others = FOUR_EYES.get(step.action, frozenset())
    acted = await actors_of(uow.session, RoleDocumentVersionRow, version.id, *others)
    excluded = {each for actor in acted for each in actor.ids}
    await open_task(
        uow,
        step.kind,
        subject=subject,
        assignee=whoever_may(DOCUMENT, step.action, unit_path=path, excluded_ids=excluded),
        title=Text(
            f"{step.verb.zh}“{name.zh}”说明书第 {version.number} 版",
            f"{step.verb.en} version {version.number} of the role document of {name.en}",
        ),
        link=_link(document, version),
    )


async def tell_author(
    uow: UnitOfWork, document: RoleDocumentRow, version: RoleDocumentVersionRow, action: DocumentAction
) -> None:
    """Let whoever submitted the version read why another person sent it back or took it back, until it is submitted
    again. Other actions tell nobody.
    """
    if action not in _AGAINST_AUTHOR:
        return
    name, done = await subject_name(uow.session, subject_of(document), uow.today), _AGAINST_AUTHOR[action]
    title = Text(
        f"{done.zh}，请查阅原因：“{name.zh}”说明书第 {version.number} 版",
        f"{done.en}, read why: version {version.number} of the role document of {name.en}",
    )
    for author in await actors_of(uow.session, RoleDocumentVersionRow, version.id, DocumentAction.SUBMIT):
        await tell_refusal(
            uow,
            subject=("role_document_version", version.id),
            proposer=author,
            title=title,
            link=_link(document, version),
        )


def _link(document: RoleDocumentRow, version: RoleDocumentVersionRow) -> str:
    return f"/v1/org/role_documents/{document.id}/versions/{version.number}"


async def await_decision(uow: UnitOfWork, document: RoleDocumentRow, amendment_id: UUID) -> None:
    """Let a request to amend, which the caller has just made, wait for another executive in charge."""
    name, today = await subject_name(uow.session, subject_of(document), uow.today), day_in_words(uow.today)
    await open_task(
        uow,
        "amendment.decide",
        subject=("amendment", amendment_id),
        assignee=whoever_may(
            AMENDMENT,
            AmendmentAction.APPROVE,
            unit_path=await path_of(uow.session, document, uow.today),
            excluded_ids=Signature.of(uow.caller).ids,
        ),
        title=Text(
            f"审批“{name.zh}”说明书的修订申请（{uow.caller.name}，{today.zh}）",
            f"Decide on the amendment of the role document of {name.en} ({uow.caller.name}, {today.en})",
        ),
        link=f"/v1/org/amendments/{amendment_id}",
    )


async def await_closing(uow: UnitOfWork, review: DocumentReviewRow, unit_path: Sequence[UUID]) -> None:
    """Let a document review wait for HR over its unit, to the end of the day on which it is due."""
    name, recorded = await unit_name(uow.session, review.unit_id, review.recorded_on), day_in_words(review.recorded_on)
    await open_task(
        uow,
        "document_review.close",
        subject=("document_review", review.id),
        assignee=Assignee(role=Role.HR, unit_path=unit_path),
        title=Text(
            f"完成“{name.zh}”的说明书评估（{recorded.zh}登记）",
            f"Finish the review of the role documents of {name.en} (recorded on {recorded.en})",
        ),
        link=f"/v1/org/document_reviews/{review.id}",
        due_at=end_of(review.due_on, uow.local_now),
    )
