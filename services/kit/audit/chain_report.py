"""``python -m services.<service> verify_…``: verifies a hash chain on the host and prints one line per fault."""

import sys

from services.kit.audit.hash_chain import Chain, Finding, Head, verify
from services.kit.database.sessions import Database


async def verified(url: str, chain: Chain, known: str | None) -> int:
    """Write what is wrong with the chained lines, and the newest link, to standard output; the exit status.

    ``known`` is a link seen earlier, as ``NUMBER:HASH``: it must still be there. Keep the newest link elsewhere, and
    give it here the next time.
    """
    database = Database(url, pool_size=1)
    try:
        newest, faults = await verify(database, chain, known=_head(known))
    finally:
        await database.close()
    sys.stdout.writelines(f"{_line(fault)}\n" for fault in faults)
    sys.stdout.write(f"{newest.number} lines in the chain, the newest link is {newest.number}:{newest.hash}\n")
    return 1 if faults else 0


def _head(written: str | None) -> Head | None:
    if written is None:
        return None
    number, _, digest = written.partition(":")
    return Head(int(number), digest)


def _line(fault: Finding) -> str:
    where = "" if fault.number is None else f" link {fault.number}"
    return f"{fault.fault}:{where}{'' if fault.line_id is None else f' line {fault.line_id}'}"
