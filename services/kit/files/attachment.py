"""The name under which a browser saves an answer."""

import re
from typing import Final
from urllib.parse import quote

_UNUSABLE: Final = re.compile(r'[\x00-\x1f\x7f\s/\\:*?"<>|]+')
"""Characters that some file system does not take in a name, and spaces."""


def attachment(*parts: str, suffix: str) -> dict[str, str]:
    """The headers with which an answer is saved as a file called by ``parts``, joined by hyphens, and not cached.

    Whoever saves many of them tells them apart by name: it says what the file is, whose it is and of which period.
    """
    name = "-".join(_UNUSABLE.sub("-", part).strip("-.") for part in parts)
    disposition = f"attachment; filename*=UTF-8''{quote(f'{name}.{suffix}')}"
    return {"Content-Disposition": disposition, "Cache-Control": "no-store"}
