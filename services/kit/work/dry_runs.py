"""What a dry run of a file would refuse on other people's data: in the trail as if it had been refused (PLT-04)."""

from collections.abc import Iterable

from services.kit.audit.trail import REFUSED
from services.kit.errors import Part
from services.kit.work.unit_of_work import UnitOfWork


async def record_attempts(uow: UnitOfWork, parts: Iterable[Part]) -> None:
    """Write a line for each attempt; the dry run itself answers as ever."""
    attempts = dict.fromkeys((each.subject, tuple(each.recorded.items())) for each in parts if each.is_attempt)
    for subject, why in attempts:
        await uow.audit(REFUSED, subject=subject, after={"dry_run": True, **dict(why)})
