"""What all rows of the incentive service share."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from services.kit import tables
from services.kit.database import CONVENTION

SCHEMA = "incentive"


class Base(DeclarativeBase):
    """Root of the service's tables."""

    metadata = MetaData(schema=SCHEMA, naming_convention=CONVENTION)


tables.adopt(Base.metadata)
