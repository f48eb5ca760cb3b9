"""What the routes that verify a chain of hashes answer: how far it goes, and what is wrong with it."""

from typing import Any

from pydantic import Field

from services.kit.audit import hash_chain
from services.kit.audit.hash_chain import Chain, Fault
from services.kit.database.sessions import Sessions
from services.kit.fields import Id, Model

_ID = "0197a3c2-8f4e-7c31-9a57-3d1f0a2b4c5d"
_HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class ChainFault(Model):
    """A fault in the chained lines."""

    fault: Fault = Field(
        description="Kind of fault: a line changed or missing, a line without a link (`unlinked`: inserted), a link "
        "that does not follow from the one before (`broken`), or a chain that ends too early (`cut_off`).",
        examples=["changed"],
    )
    number: int | None = Field(description="Number of the link, from 1; null without one.", examples=[17])
    line_id: Id | None = Field(
        description="Id of the audit entry or journal entry; null if it is not known.",
        examples=[_ID],
    )


class HashChain(Model):
    """The check of a hash chain over append-only lines."""

    number: int = Field(description="Number of lines in the chain.", examples=[1204])
    hash: str = Field(description="Hash of the newest link, in hexadecimal.", examples=[_HASH])
    waiting: int = Field(
        description="Number of recent lines, up to about a minute old, that are not in the chain yet.", examples=[3]
    )
    faults: list[ChainFault] = Field(description="First hundred faults; empty if nothing was changed.", examples=[[]])


async def verified(sessions: Sessions, chain: Chain) -> dict[str, Any]:
    """What ``HashChain`` holds of a chain, as of now."""
    newest, faults = await hash_chain.verify(sessions, chain)
    async with sessions.read() as session:
        waiting = await hash_chain.waiting(session, chain)
    found = [ChainFault(**vars(fault)) for fault in faults]
    return {"number": newest.number, "hash": newest.hash, "waiting": waiting, "faults": found}
