"""Configuration from the environment, each variable also readable from the file that ``<VARIABLE>_FILE`` names."""

import os
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.kit.access.tokens import LIFETIME
from services.kit.clock import Clock, FileClock, SystemClock
from services.kit.encryption import Cipher
from services.kit.startup.setting_types import (
    Address,
    DatabaseUrl,
    EventSecrets,
    LogLevel,
    Networks,
    Secret,
    StorageKeys,
    TimeZone,
)
from services.kit.web.load import REQUESTS_AT_ONCE

PREFIX = "MERIT_"


class UnreadableFile(Exception):
    """The file that a variable names cannot be read; the text names the variable and the reason."""


class FileVariables(PydanticBaseSettingsSource):
    """Reads ``MERIT_X_FILE`` for a field whose variable is ``MERIT_X``, the way container secrets are mounted."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The content of the file named for this field without its last line break, or None."""
        alias = field.validation_alias
        prefix = self.settings_cls.model_config.get("env_prefix", PREFIX)
        variable = alias if isinstance(alias, str) else f"{prefix}{field_name.upper()}"
        path = os.environ.get(f"{variable}_FILE")
        try:
            content = Path(path).read_text(encoding="utf-8").rstrip("\n") if path else None
        except (OSError, UnicodeDecodeError) as reason:
            why = reason.strerror if isinstance(reason, OSError) else "is not text in UTF-8"
            raise UnreadableFile(f"{variable}_FILE: expected a readable file, found {path}: {why}") from reason
        return content, variable_key(field_name, alias), False

    def __call__(self) -> dict[str, Any]:
        """Every field that a file provides."""
        found = (self.get_field_value(field, name) for name, field in self.settings_cls.model_fields.items())
        return {key: value for value, key, _ in found if value is not None}


def variable_key(field_name: str, alias: object) -> str:
    """The key under which pydantic expects a field's value: its alias if it has one."""
    return alias if isinstance(alias, str) else field_name


class ServiceSettings(BaseSettings):
    """What every service reads from its environment. Secrets have no default."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True
    )

    org_url: Address = Field("http://127.0.0.1:8001", description="where the org service is reached")
    issuer: str = Field("merit", description="the `iss` of access tokens")
    token_seconds: int = Field(
        int(LIFETIME.total_seconds()),
        ge=1,
        le=86_400,
        description="for how long an access token may be made to be good",
    )
    org_silence_seconds: int = Field(
        int(LIFETIME.total_seconds()),
        ge=5,
        le=86_400,
        description="for how long what org last said about keys and accounts counts while it does not answer; then 503",
    )
    cursor_key: Secret = Field(description="signs the cursors of lists; the same for all processes of a service")
    event_secret: EventSecrets = Field(
        description="signs events between services; several, parted by spaces, to change it"
    )
    storage_key: StorageKeys = Field(
        description="encrypts what must not be read in the database; several, parted by spaces, to change it"
    )
    event_networks: Networks = Field(
        "", description="networks that are not public and where external subscribers may stand: 10.20.0.0/16, …"
    )
    timezone: TimeZone = Field("Asia/Shanghai", description="zone in which business dates and deadlines are read")
    clock_file: Path | None = Field(None, description="trials only: file with the business moment, see kit.clock")
    host: str = "127.0.0.1"
    pool_size: int = Field(10, ge=1, description="database connections of one process, half of them for reading")
    requests_at_once: int = Field(
        REQUESTS_AT_ONCE, ge=1, description="requests that one process works on together; more wait, or are refused"
    )
    log_level: LogLevel = "INFO"
    worker_health_file: Path | None = Field(
        None, description="a worker touches this file every few seconds while it reaches the database"
    )

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def cipher(self) -> Cipher:
        """What seals with ``storage_key``. Raises ValueError for what is no key."""
        return Cipher(self.storage_key.get_secret_value())

    @property
    def token_lifetime(self) -> timedelta:
        """``token_seconds`` as a span of time."""
        return timedelta(seconds=self.token_seconds)

    @property
    def subscriber_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """``event_networks``, read."""
        return tuple(ip_network(part.strip()) for part in self.event_networks.split(",") if part.strip())

    @property
    def clock(self) -> Clock:
        """The business clock: the machine's, or the file's where one is named."""
        return FileClock(self.clock_file) if self.clock_file else SystemClock()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then variables, then files; no .env file is looked for."""
        return init_settings, env_settings, FileVariables(settings_cls)


class ProcessSettings(ServiceSettings):
    """Those of a service that listens and stores; each names its own variables for these two."""

    database_url: DatabaseUrl
    port: int = Field(ge=1, le=65535)


class ClientSettings(ProcessSettings):
    """Those of a service that calls its neighbours; each names its own variable for its secret."""

    client_secret: Secret
