"""Programs that write clients from the descriptions know every media type."""

import json

import pytest

from deploy.database import SERVICES
from deploy.migrations import ROOT
from services.kit.yaml_files import read_yaml

KNOWN = {"application/json", "application/cloudevents+json", "application/problem+json", "multipart/form-data"}
"""What openapi-python-client reads without settings."""


@pytest.mark.req("PLT-03")
def test_the_settings_for_the_python_client_name_every_other_media_type() -> None:
    settings = read_yaml(ROOT / "docs" / "openapi-python-client.yaml")["content_type_overrides"]
    used = set()
    for service in SERVICES:
        document = json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))
        operations = [each for item in document["paths"].values() for each in item.values()]
        for operation in operations:
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                used |= set(part.get("content", {}))
    assert used - KNOWN == set(settings)
