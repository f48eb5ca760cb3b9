"""Setting aside what the caller enters about themselves, until another person releases it (APR-06)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.appraisal.library.store import indicators as indicator_store
from services.appraisal.tracking.domain.measurement import Measured
from services.appraisal.tracking.domain.proposal import PROPOSAL, release_title
from services.appraisal.tracking.store import proposals as store
from services.appraisal.tracking.store.proposals import Subject
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text
from services.kit.identity import Caller
from services.kit.release import ReleaseAction, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.tasks import open_task
from services.kit.work.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Parted:
    """Measurements apart: of ``others``; the caller's ``own`` by subject; ``repeated`` ones of these wait already."""

    others: Sequence[Measured]
    own: Mapping[Subject, Sequence[Measured]]
    paths: Mapping[Subject, Sequence[UUID]]
    names: Mapping[Subject, Text]
    repeated: int

    @property
    def pending(self) -> int:
        """How many would wait."""
        return sum(len(lines) for lines in self.own.values())


async def part(session: ReadSession, caller: Caller, fresh: Sequence[Measured]) -> Parted:
    """Separate values that affect the caller (the subject, or the head of the unit) from the others."""
    if caller.employee_id is None:
        return Parted(fresh, {}, {}, {}, 0)
    subjects = {_subject(each) for each in fresh}
    found = await store.owned(session, subjects, caller.employee_id)
    paths = {subject: path for subject, (_, path) in found.items()}
    waiting = await store.waiting(session, paths)
    own: dict[Subject, list[Measured]] = defaultdict(list)
    repeated = 0
    for each in fresh:
        if _subject(each) not in paths:
            continue
        if each.content in waiting.get(each.key, ()):
            repeated += 1
        else:
            own[_subject(each)].append(each)
    others = [each for each in fresh if _subject(each) not in paths]
    return Parted(others, own, paths, {subject: name for subject, (name, _) in found.items()}, repeated)


async def propose(uow: UnitOfWork, parted: Parted) -> None:
    """Let the caller's own wait for HR over the unit, without the caller."""
    if not parted.own:
        return
    codes = {each.indicator for lines in parted.own.values() for each in lines}
    known = await indicator_store.latest(uow.session, sorted(codes))
    indicators = {code: each.facts.name for code, each in known.items()}
    for proposal in await store.add(uow, parted.own, parted.paths):
        subject = (PROPOSAL.name, proposal.id)
        after = {"subject_code": proposal.subject_code, "lines": len(proposal.lines)}
        await uow.audit("appraisal.measurement.proposed", subject=subject, after=after)
        await open_task(
            uow,
            f"{PROPOSAL.name}.release",
            subject=subject,
            assignee=whoever_may(
                PROPOSAL,
                ReleaseAction.RELEASE,
                unit_path=proposal.unit_path,
                excluded_ids=Signature.of(uow.caller).ids,
            ),
            title=release_title(
                proposal, uow.caller.name, parted.names[proposal.subject_kind.value, proposal.subject_code], indicators
            ),
            link=f"/v1/appraisal/measurement_proposals/{proposal.id}",
        )


def _subject(each: Measured) -> Subject:
    return (each.subject_kind.value, each.subject_code)
