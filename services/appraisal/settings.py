"""What appraisal reads from its environment."""

from pydantic import Field

from services.kit.startup.setting_types import Address, DatabaseUrl, Secret
from services.kit.startup.settings import ClientSettings


class AppraisalSettings(ClientSettings):
    """appraisal's own variables, beside those that every service has."""

    database_url: DatabaseUrl = Field(validation_alias="MERIT_APPRAISAL_DATABASE_URL")
    port: int = Field(8002, validation_alias="MERIT_APPRAISAL_PORT", ge=1, le=65535)
    incentive_url: Address = Field("http://127.0.0.1:8003", validation_alias="MERIT_INCENTIVE_URL")
    client_secret: Secret = Field(
        validation_alias="MERIT_APPRAISAL_CLIENT_SECRET", description="with which appraisal gets its own token from org"
    )
