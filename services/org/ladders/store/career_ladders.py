"""Career ladders and their versions (ORG-10)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from services.kit.codec import Codec
from services.kit.database import ReadSession, WriteSession
from services.org.ladders.domain.career_ladder import CareerLadder
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


async def code_taken(session: ReadSession, code: str) -> bool:
    """Whether a ladder has this code."""
    return (await session.execute(select(CareerLadderRow.id).where(CareerLadderRow.code == code))).first() is not None


async def find_for_update(session: WriteSession, ladder_id: UUID) -> CareerLadderRow | None:
    """The identity of a ladder, locked until the transaction ends."""
    return await session.get(CareerLadderRow, ladder_id, with_for_update=True)


async def versions(session: ReadSession, ladder_id: UUID) -> list[CareerLadderVersionRow]:
    """Everything that a ladder said, says and will say, the first version first."""
    row = CareerLadderVersionRow
    query = select(row).where(row.ladder_id == ladder_id).order_by(row.number)
    return list((await session.execute(query)).scalars())


async def add(
    session: WriteSession,
    ladder: CareerLadder,
    *,
    ladder_id: UUID,
    number: int,
    valid_from: date,
    reason: str,
    made_at: datetime,
    actors_of: UUID,
) -> None:
    """Write a version."""
    session.add(
        CareerLadderVersionRow(
            ladder_id=ladder_id,
            number=number,
            valid_from=valid_from,
            name=ladder.name.zh,
            name_en=ladder.name.en,
            content=LADDER.dump(ladder),
            reason=reason,
            made_at=made_at,
            actors_of=actors_of,
        )
    )
    await session.flush()


def ladder_of(row: CareerLadderVersionRow) -> CareerLadder:
    """What a version says."""
    return LADDER.load(row.content)
