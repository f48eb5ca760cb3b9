"""The kinds of values that settings have, checked when a program starts; each refusal says what is expected."""

from ipaddress import ip_network
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, SecretStr
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from yarl import URL

from services.kit.encryption import Cipher
from services.kit.signatures import key_of, secrets_of

LogLevel = Annotated[
    Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"],
    BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
]
_DRIVER: Final = "postgresql+psycopg"


def _address(text: str) -> str:
    url = URL(text)
    if url.scheme not in {"http", "https"} or not url.host or url.user or url.path not in {"", "/"} or url.query_string:
        raise ValueError("expected an address such as http://127.0.0.1:8001, without path")
    return str(url.origin())


def _origins(text: str) -> str:
    for part in filter(None, map(str.strip, text.split(","))):
        if part != _address(part):
            raise ValueError("expected origins separated by commas, such as https://merit.example, without path")
    return text


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as reason:  # unknown, or a path that is no name
        raise ValueError("expected the name of a time zone such as Asia/Shanghai") from reason
    return name


def _networks(text: str) -> str:
    for part in filter(None, map(str.strip, text.split(","))):
        try:
            ip_network(part)
        except ValueError as reason:
            raise ValueError("expected networks separated by commas, such as 10.20.0.0/16,192.168.7.0/24") from reason
    return text


def _secret(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().strip():
        raise ValueError("expected a secret that is not empty")
    return secret


def _storage_keys(secret: SecretStr) -> SecretStr:
    try:
        Cipher(secret.get_secret_value()).demand_key()
    except (ValueError, RuntimeError) as reason:
        raise ValueError("expected keys of 32 bytes in base64, the new one first") from reason
    return secret


def _event_secrets(secret: SecretStr) -> SecretStr:
    parts = secrets_of(secret.get_secret_value())
    try:
        usable = [key for part in parts if (key := key_of(part))]
    except ValueError:
        usable = []
    if not usable or len(usable) < len(parts):
        raise ValueError("expected whsec_ and a key in base64; several, the one that signs first, separated by spaces")
    return secret


def _database_url(secret: SecretStr) -> SecretStr:
    expected = f"expected {_DRIVER}://role:password@host:5432/database"
    try:
        url = make_url(secret.get_secret_value())
    except (ArgumentError, ValueError) as reason:
        raise ValueError(expected) from reason
    if url.drivername != _DRIVER or not (url.username and url.host and url.database):
        raise ValueError(expected)
    return secret


Address = Annotated[str, AfterValidator(_address)]
"""Where a service is reached: scheme, host and port."""

Origins = Annotated[str, AfterValidator(_origins)]
"""Origins as browsers send them, separated by commas; empty for none."""

TimeZone = Annotated[str, AfterValidator(_time_zone)]
"""A zone of the IANA database."""

Networks = Annotated[str, AfterValidator(_networks)]
"""Networks separated by commas; empty for none."""

Secret = Annotated[SecretStr, AfterValidator(_secret)]
"""Any secret text."""

StorageKeys = Annotated[SecretStr, AfterValidator(_storage_keys)]
EventSecrets = Annotated[SecretStr, AfterValidator(_event_secrets)]
"""Secrets of Standard Webhooks, the one that signs first."""

DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]
"""The address of a PostgreSQL database for SQLAlchemy with psycopg."""
