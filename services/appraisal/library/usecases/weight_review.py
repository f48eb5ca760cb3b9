"""The half-yearly review of weights: a new version changes them, or somebody confirms that they stay (APR-02)."""

from uuid import UUID

from services.appraisal.library.domain.scheme_version import SchemeVersion
from services.appraisal.library.store import schemes as store
from services.appraisal.library.usecases.places import demand_subjects
from services.appraisal.library.usecases.schemes import REVIEW, get, hold_newest
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork


async def ask_for_reviews(uow: UnitOfWork) -> int:
    """Let the weights of schemes wait for HR over the whole that nobody has looked at for half a year; how many."""
    waiting = await store.under_review(uow.session, REVIEW)
    found = [
        version
        for version in await store.newest(uow.session)
        if version.id not in waiting and version.review_due_on is not None and version.review_due_on <= uow.today
    ]
    for version in found:
        await _ask(uow, version)
    return len(found)


async def confirm_weights(uow: UnitOfWork, *, scheme_id: UUID, reason: str) -> SchemeVersion:
    """The weights of the newest version stay as they are for another half year (HR of what it covers).

    Raises:
        NoScheme, NotNewestVersion, SubjectsNotYours: as they say.
    """
    seen = await get(uow.session, scheme_id)
    await demand_subjects(uow.session, uow.caller, seen.scheme.subject_kind, seen.subjects)
    await hold_newest(uow, scheme_id)
    await store.set_reviewed(uow.session, scheme_id, uow.today)
    await close_tasks(uow, REVIEW, subject=("scheme", scheme_id))
    after = {"code": seen.scheme.code, "version": seen.scheme.version, "reviewed_on": uow.today, "reason": reason}
    await uow.audit(
        "appraisal.scheme.weights_confirmed",
        subject=("scheme", scheme_id),
        before={"reviewed_on": seen.reviewed_on},
        after=after,
    )
    uow.session.expire_all()
    return await get(uow.session, scheme_id)


async def _ask(uow: UnitOfWork, version: SchemeVersion) -> None:
    name = version.scheme.name
    title = Text(
        f"半年复核考核方案“{name.zh}”的权重：确认不变或另建新版本",
        f"Review the weights of the scheme '{name.en}': confirm them or add a version",
    )
    link = f"/v1/appraisal/schemes/{version.id}"
    await open_task(
        uow, REVIEW, subject=("scheme", version.id), assignee=Assignee(role=Role.HR), title=title, link=link
    )
