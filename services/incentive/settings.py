"""What incentive reads from its environment."""

from pydantic import Field

from services.kit.startup.setting_types import Address, DatabaseUrl, Secret
from services.kit.startup.settings import ClientSettings


class IncentiveSettings(ClientSettings):
    """incentive's own variables, beside those that every service has."""

    database_url: DatabaseUrl = Field(validation_alias="MERIT_INCENTIVE_DATABASE_URL")
    port: int = Field(8003, validation_alias="MERIT_INCENTIVE_PORT", ge=1, le=65535)
    appraisal_url: Address = Field("http://127.0.0.1:8002", validation_alias="MERIT_APPRAISAL_URL")
    client_secret: Secret = Field(
        validation_alias="MERIT_INCENTIVE_CLIENT_SECRET", description="with which incentive gets its own token from org"
    )
