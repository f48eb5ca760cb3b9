"""What the mapped rows of the org schema have in common."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from services.kit.database import CONVENTION


class Base(DeclarativeBase):
    """Root of the mapped rows."""

    metadata = MetaData(schema="org", naming_convention=CONVENTION)


UNIT = "org.unit.id"
POSITION = "org.position.id"
EMPLOYEE = "org.employee.id"
