"""What the gateway reads from its environment: addresses, patience and limits."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.rates import Rate
from services.kit.startup.setting_types import Address, LogLevel, Origins
from services.kit.startup.settings import FileVariables

REPOSITORY = Path(__file__).resolve().parent.parent


def _rate(text: str) -> str:
    """A rate as it is written; checked here so that a typing error stops the start."""
    Rate.parse(text)
    return text


WrittenRate = Annotated[str, AfterValidator(_rate)]


class GatewaySettings(BaseSettings):
    """Every knob of the gateway. Its one secret is that of its figures: it neither signs nor verifies anything.

    What it shares with the services is read from ``MERIT_…``, what is its own from ``MERIT_GATEWAY_…``.
    """

    model_config = SettingsConfigDict(
        env_prefix="MERIT_GATEWAY_", frozen=True, extra="ignore", populate_by_name=True, env_ignore_empty=True
    )

    host: str = Field(default="127.0.0.1", validation_alias="MERIT_HOST")
    port: int = Field(default=8000, ge=0, le=65535, validation_alias="MERIT_PORT")
    log_level: LogLevel = Field(default="INFO", validation_alias="MERIT_LOG_LEVEL")
    traces_exporter: str = Field(default="none", validation_alias="OTEL_TRACES_EXPORTER")
    org_url: Address = Field(default="http://127.0.0.1:8001", validation_alias="MERIT_ORG_URL")
    appraisal_url: Address = Field(default="http://127.0.0.1:8002", validation_alias="MERIT_APPRAISAL_URL")
    incentive_url: Address = Field(default="http://127.0.0.1:8003", validation_alias="MERIT_INCENTIVE_URL")

    processes: int = Field(default=1, ge=1, description="processes behind the port")
    api_documents: Path = Field(default=REPOSITORY / "services", description="folder with <service>/openapi.json")
    trusted_proxies: str = Field(default="", description="addresses whose X-Forwarded-For is believed, by commas")

    allowed_origins: Origins = Field(default="", description="origins of pages that may call the API, by commas")
    metrics_token: SecretStr | None = Field(
        default=None,
        min_length=16,
        validation_alias="MERIT_GATEWAY_METRICS_TOKEN",
        description="bearer token that /metrics asks for; without it there is no such page",
    )

    max_body_bytes: int = Field(default=32 * 1024 * 1024, ge=1, description="largest request body, imports included")
    max_spooled_bytes: int = Field(
        default=1024 * 1024 * 1024, ge=1, description="of all long bodies under way, which wait in temporary files"
    )
    body_seconds: float = Field(default=120.0, gt=0, description="from a request's head to the end of its body")
    body_grace_seconds: float = Field(default=5.0, gt=0, description="before the least rate of a body counts")
    body_bytes_per_second: int = Field(default=4096, ge=1, description="least rate of a body")
    bodies_per_caller: int = Field(
        default=16, ge=1, description="unfinished bodies of one account, or address before sign-in; the oldest ends"
    )
    connect_seconds: float = Field(default=1.0, gt=0, description="to reach a service")
    answer_seconds: float = Field(default=4.8, gt=0, description="from the end of a request to its answer's first byte")
    stall_seconds: float = Field(default=30.0, gt=0, description="silence of a service borne within an answer")
    connections: int = Field(default=32, ge=1, description="at once to one service, and as many again for sign-ins")
    requests_per_caller: int = Field(default=16, ge=1, description="under way at once for one account")
    requests_per_address: int = Field(
        default=256, ge=1, description="under way at once from one address before sign-in; offices share one"
    )
    wait_seconds: float = Field(default=0.4, gt=0, description="to wait for a turn that is not to be expected soon")

    rate_per_address: WrittenRate = Field(default="60000/minute", description="all from one address; offices share one")
    rate_per_token: WrittenRate = Field(default="12000/minute", description="all with one access token")

    @property
    def traced(self) -> bool:
        """Whether spans go anywhere; if not, none are made and the client's trace parent is passed on as it is."""
        return self.traces_exporter != "none"

    @property
    def upstreams(self) -> dict[str, str]:
        """The origin of each service that the gateway forwards to."""
        return {"org": self.org_url, "appraisal": self.appraisal_url, "incentive": self.incentive_url}

    @property
    def browser_origins(self) -> tuple[str, ...]:
        """``allowed_origins``, read."""
        return tuple(part.strip() for part in self.allowed_origins.split(",") if part.strip())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first, then variables, then the files that variables name."""
        return init_settings, env_settings, FileVariables(settings_cls)

    def rate(self, name: str) -> Rate:
        """One of the rates above: "per_address", "per_token" …"""
        return Rate.parse(getattr(self, f"rate_{name}"))
