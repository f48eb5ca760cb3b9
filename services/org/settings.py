"""What org reads from its environment."""

from pydantic import Field, SecretStr

from services.kit.settings import ServiceSettings


class OrgSettings(ServiceSettings):
    """org's own variables, beside those that every service has."""

    database_url: SecretStr = Field(validation_alias="MERIT_ORG_DATABASE_URL")
    port: int = Field(8001, validation_alias="MERIT_ORG_PORT", ge=1, le=65535)
    signing_key: SecretStr = Field(
        validation_alias="MERIT_ORG_SIGNING_KEY", description="Ed25519 private key in PEM that signs access tokens"
    )
    appraisal_url: str = Field("http://127.0.0.1:8002", validation_alias="MERIT_APPRAISAL_URL")
    incentive_url: str = Field("http://127.0.0.1:8003", validation_alias="MERIT_INCENTIVE_URL")


class BootstrapSettings(OrgSettings):
    """What is needed once, to give a new installation its first account and its own client systems."""

    bootstrap_password: SecretStr = Field(description="password of the account `administrator`")
    appraisal_client_secret: SecretStr = Field(validation_alias="MERIT_APPRAISAL_CLIENT_SECRET")
    incentive_client_secret: SecretStr = Field(validation_alias="MERIT_INCENTIVE_CLIENT_SECRET")
