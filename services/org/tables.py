"""All rows of the org schema together: what migrations compare with the database."""

from services.kit.startup.tables import adopt
from services.org.authority.store import tables as authority
from services.org.documents.store import tables as documents
from services.org.exchange.store import tables as exchange
from services.org.identity.store import tables as identity
from services.org.ladders.store import tables as ladders
from services.org.people.store import tables as people
from services.org.schema import Base
from services.org.structure.store import tables as structure

adopt(Base.metadata)

AREAS = (structure, people, identity, authority, documents, ladders, exchange)
"""The modules that hold rows, named here so that migrations see them."""

APPEND_ONLY = tuple(row.__tablename__ for row in (ladders.CareerLadderVersionRow, authority.DelegationRow))
