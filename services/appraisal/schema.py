"""The root of appraisal's mapped rows, and column types that they share."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from sqlalchemy import MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, mapped_column

from services.kit.database.sessions import CONVENTION

Exact = Annotated[Decimal, mapped_column(Numeric)]
Points = Annotated[Decimal, mapped_column(Numeric(7, 2))]
Path = Annotated[list[UUID], mapped_column(ARRAY(Uuid))]
Said = Annotated[str, mapped_column(Text)]


class Base(DeclarativeBase):
    """Root of the mapped rows."""

    metadata = MetaData(schema="appraisal", naming_convention=CONVENTION)
