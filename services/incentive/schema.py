"""What all rows of the incentive service share."""

from decimal import Decimal
from typing import Annotated

from sqlalchemy import MetaData, Numeric, String
from sqlalchemy.orm import DeclarativeBase, mapped_column

from services.kit.database.sessions import CONVENTION

SCHEMA = "incentive"


class Base(DeclarativeBase):
    """Root of the service's tables."""

    metadata = MetaData(schema=SCHEMA, naming_convention=CONVENTION)


Share = Annotated[Decimal, mapped_column(Numeric(9, 4))]
Currency = Annotated[str, mapped_column(String(3))]
