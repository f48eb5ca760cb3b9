"""Password hashing, in a thread so that nobody else waits, with the cost that OWASP advises for Argon2id."""

import asyncio

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))

# What a password is compared with where there is no account, so that the answer takes as long as elsewhere.
_NOBODY = _HASHER.hash("nobody has this password")


async def hashed(password: str) -> str:
    """The hash to be stored."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(password: str, stored: str | None) -> bool:
    """Whether a password belongs to a stored hash; takes as long, and says no, where there is none."""
    right = await asyncio.to_thread(_HASHER.verify, password, stored or _NOBODY)
    return right and stored is not None
