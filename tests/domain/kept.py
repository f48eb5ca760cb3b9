"""Examples of what the rules write, kept to the byte, one folder a version: whoever changes the bytes raises it."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file, in hexadecimal."""
    return {name: sha256(content).hexdigest() for name, content in files.items()}


def kept(folder: Path, version: int) -> dict[str, bytes]:
    """The example of a version; empty if there is none."""
    return {path.name: path.read_bytes() for path in sorted((folder / f"rules_{version}").glob("*.json"))}


def keep(folder: Path, version: int, files: Mapping[str, bytes]) -> None:
    """Write the example of a new version.

    Raises:
        FileExistsError: the version has one; what it wrote once is not to be changed.
    """
    target = folder / f"rules_{version}"
    target.mkdir(parents=True)
    for name, content in files.items():
        (target / name).write_bytes(content)
