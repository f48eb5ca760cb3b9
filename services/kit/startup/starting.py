"""Reads the settings a program starts with; what is wrong with them is one line each, not a traceback (PLT-01)."""

import sys
from collections.abc import Iterator
from typing import Final, TypeVar, get_args

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings

from services.kit.startup.settings import UnreadableFile

Settings = TypeVar("Settings", bound=BaseSettings)

EXIT_BAD_SETTINGS: Final = 78
"""EX_CONFIG of sysexits: a restart does not help until a setting is changed."""


def start_with(program: str, kind: type[Settings]) -> Settings:
    """The settings of a program that starts.

    Raises:
        SystemExit: with `EXIT_BAD_SETTINGS`, after a line for each setting that is wrong on standard error.
    """
    try:
        return kind.model_validate({})
    except (ValidationError, UnreadableFile) as error:
        for line in problems(kind, error):
            print(f"{program}: {line}", file=sys.stderr)  # noqa: T201 - the logs are not set up yet
        raise SystemExit(EXIT_BAD_SETTINGS) from None


def problems(kind: type[BaseSettings], error: ValidationError | UnreadableFile) -> Iterator[str]:
    """One line for each wrong setting: its variable, what is expected, what was found (never of a secret)."""
    if isinstance(error, UnreadableFile):
        yield str(error)
        return
    for details in error.errors(include_url=False, include_context=False):
        yield _line(kind, details)


def variables(kind: type[BaseSettings]) -> dict[str, FieldInfo]:
    """The fields of some settings by the variables that set them."""
    prefix = kind.model_config.get("env_prefix", "")
    return {
        field.validation_alias if isinstance(field.validation_alias, str) else f"{prefix}{name.upper()}": field
        for name, field in kind.model_fields.items()
    }


def _line(kind: type[BaseSettings], details: ErrorDetails) -> str:
    prefix, named = kind.model_config.get("env_prefix", ""), variables(kind)
    place = str(details["loc"][0])
    variable = place if place in named else f"{prefix}{place.upper()}"
    if details["type"] == "missing":
        return f"{variable}: expected a value, found none; set it, or {variable}_FILE to a file that holds it"
    message = details["msg"].removeprefix("Value error, ")
    expected = message if message.startswith("expected") else message.replace("Input should be", "expected", 1)
    found = "something else" if _is_secret(named[variable]) else repr(details["input"])
    return f"{variable}: {expected}, found {found}"


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in (field.annotation, *get_args(field.annotation))
