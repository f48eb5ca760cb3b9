"""What org reads from its environment."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from services.kit.startup.setting_types import Address, DatabaseUrl, Secret
from services.kit.startup.settings import ProcessSettings
from services.org.employment.domain.probation_review import REVIEW_DAYS
from services.org.identity.usecases.signing import SigningKey


def _signing_key(secret: SecretStr) -> SecretStr:
    try:
        SigningKey.of_pem(secret.get_secret_value(), "merit")
    except ValueError as reason:
        raise ValueError("expected an Ed25519 private key in PEM") from reason
    return secret


class OrgSettings(ProcessSettings):
    """org's own variables, beside those that every service has."""

    database_url: DatabaseUrl = Field(validation_alias="MERIT_ORG_DATABASE_URL")
    port: int = Field(8001, validation_alias="MERIT_ORG_PORT", ge=1, le=65535)
    signing_key: Annotated[SecretStr, AfterValidator(_signing_key)] = Field(
        validation_alias="MERIT_ORG_SIGNING_KEY", description="Ed25519 private key in PEM that signs access tokens"
    )
    probation_review_days: int = Field(
        REVIEW_DAYS,
        ge=0,
        le=180,
        validation_alias="MERIT_ORG_PROBATION_REVIEW_DAYS",
        description="days before the end of probation on which its review opens",
    )
    appraisal_url: Address = Field("http://127.0.0.1:8002", validation_alias="MERIT_APPRAISAL_URL")
    incentive_url: Address = Field("http://127.0.0.1:8003", validation_alias="MERIT_INCENTIVE_URL")


class BootstrapSettings(OrgSettings):
    """What is needed once, to give a new installation its first account and its own client systems."""

    bootstrap_password: Secret = Field(description="password of the account `administrator`")
    bootstrap_second_password: Secret | None = Field(
        None, description="of the account `second.administrator`; without it there is none"
    )
    appraisal_client_secret: Secret = Field(validation_alias="MERIT_APPRAISAL_CLIENT_SECRET")
    incentive_client_secret: Secret = Field(validation_alias="MERIT_INCENTIVE_CLIENT_SECRET")
