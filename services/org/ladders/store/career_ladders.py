"""Career ladders and their versions (ORG-10)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import aliased

from services.kit.database.codec import Codec
from services.kit.database.sessions import ReadSession, WriteSession
from services.org.ladders.domain.career_ladder import CareerLadder
from services.org.ladders.domain.ladder_version import Ladder, LadderVersion
from services.org.ladders.store.tables import CareerLadderRow, CareerLadderVersionRow

LADDER: Codec[CareerLadder] = Codec(CareerLadder)
Later = aliased(CareerLadderVersionRow)


def as_of(day: date) -> Select[*tuple[Any, ...]]:
    """Every ladder that is in force on ``day``, with the version that is."""
    row = CareerLadderVersionRow
    superseded = (
        select(Later.id)
        .where(Later.ladder_id == row.ladder_id, Later.number > row.number, Later.valid_from <= day)
        .exists()
    )
    return select(CareerLadderRow, row).join(
        row, and_(row.ladder_id == CareerLadderRow.id, row.valid_from <= day, ~superseded)
    )


async def find_for_update(session: WriteSession, ladder_id: UUID) -> CareerLadderRow | None:
    """The identity of a ladder, locked until the transaction ends."""
    return await session.get(CareerLadderRow, ladder_id, with_for_update=True)


async def versions(session: ReadSession, ladder_id: UUID) -> list[LadderVersion]:
    """Everything that a ladder said, says and will say, the first version first."""
    row = CareerLadderVersionRow
    query = select(row).where(row.ladder_id == ladder_id).order_by(row.number)
    return [version_of(found) for found in (await session.execute(query)).scalars()]


async def add(session: WriteSession, ladder_id: UUID, version: LadderVersion) -> None:
    """Write a version."""
    session.add(
        CareerLadderVersionRow(
            ladder_id=ladder_id,
            number=version.number,
            valid_from=version.valid_from,
            name=version.content.name.zh,
            name_en=version.content.name.en,
            content=LADDER.dump(version.content),
            reason=version.reason,
            created_at=version.created_at,
            created_by=version.created_by,
            created_by_name=version.created_by_name,
        )
    )
    await session.flush()


def version_of(row: CareerLadderVersionRow) -> LadderVersion:
    """A version from its row."""
    return LadderVersion(
        number=row.number,
        valid_from=row.valid_from,
        content=LADDER.load(row.content),
        reason=row.reason,
        created_at=row.created_at,
        created_by=row.created_by,
        created_by_name=row.created_by_name,
    )


def ladder_of(found: Row[*tuple[Any, ...]]) -> Ladder:
    """A ladder from a row of ``as_of``."""
    row = found.CareerLadderRow
    return Ladder(row.id, row.revision, version_of(found.CareerLadderVersionRow))
