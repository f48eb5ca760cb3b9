"""Password hashing with the cost that OWASP advises for Argon2id, never more of it at once than there are processors.

It runs in threads of its own. Attempts that had to wait for their turn share one thread, so that whoever floods the
sign-in with guesses leaves the others to everybody else; and whoever has tried least is next, so that guesses from many
addresses keep nobody waiting who comes from another one.
"""

import asyncio
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.org.identity.domain.password import check_password
from services.org.identity.store.common_passwords import common_passwords
from services.org.identity.usecases.ranked_turns import RankedTurns

_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))

# What a password is compared with where there is no account, so that the answer takes as long as elsewhere.
_NOBODY = _HASHER.hash("nobody has this password")

AT_ONCE: Final = max(1, min(4, os.cpu_count() or 1))
_THREADS: Final = ThreadPoolExecutor(AT_ONCE + 1, "password")
_TURNS: Final = RankedTurns(AT_ONCE)
_SLOW_TURNS: Final = RankedTurns(1)


async def hashed(password: str) -> str:
    """The hash to be stored."""
    async with _TURNS.turn(0):
        return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def matches(password: str, stored: str | None, *, slow: bool = False, rank: int = 0) -> bool:
    """Whether a password belongs to a stored hash; takes as long, and says no, where there is none.

    ``rank`` is how often the sender has tried of late: the lowest is checked next.
    """
    async with (_SLOW_TURNS if slow else _TURNS).turn(rank):
        loop = asyncio.get_running_loop()
        right = await loop.run_in_executor(_THREADS, _HASHER.verify, password, stored or _NOBODY)
    return right and stored is not None


def check(password: str, *, names: Iterable[str], pointer: str = "/password") -> None:
    """Refuse a password that is easy to guess; ``names`` are those that it protects.

    Raises:
        PasswordTooWeak: the password is not repeated.
    """
    check_password(password, names=names, common=common_passwords(), pointer=pointer)
