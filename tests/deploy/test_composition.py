"""docker-compose.yml, the settings of the programs and docs/operations.md tell the same (PLT-01)."""

import re
from collections.abc import Mapping
from typing import Any, Final

import pytest

from deploy.healthy import FRESH_SECONDS
from deploy.migrations import ROOT
from deploy.secrets import MADE
from deploy.settings import PROGRAMS
from gates.operations import blocks
from gateway.settings import GatewaySettings
from services.kit.startup.starting import variables
from services.kit.yaml_files import read_yaml
from services.org.settings import OrgSettings

pytestmark = pytest.mark.req("PLT-01")

COMPOSITION: Final[dict[str, Any]] = read_yaml(ROOT / "docker-compose.yml")
SERVICES: Final[Mapping[str, dict[str, Any]]] = COMPOSITION["services"]
PAGE: Final = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS: Final = blocks(PAGE)

SETTINGS: Final = {
    **{name: kind for name, kind in PROGRAMS.items() if name != "org"},
    **{f"{name}-worker": PROGRAMS[name] for name in ("appraisal", "incentive")},
    "org": OrgSettings,
    "org-worker": OrgSettings,
    "org-bootstrap": PROGRAMS["org"],
}
"""What each container that runs a program of ours reads."""

FIXED_INSIDE: Final = {"MERIT_ORG_PORT", "MERIT_APPRAISAL_PORT", "MERIT_INCENTIVE_PORT"}
"""The ports of the services are those that the composition's addresses name."""

LOCAL_ONLY: Final = {"MERIT_CLOCK_FILE", "MERIT_GATEWAY_API_DOCUMENTS"}
"""The business clock of demonstrations, and a folder that is part of the image."""

PREPARATION: Final = {"MERIT_ADMIN_URL"} | {
    f"MERIT_{name}_{kind}_URL" for name in ("ORG", "APPRAISAL", "INCENTIVE") for kind in ("ADMIN", "OWNER", "DATABASE")
}


def passed(container: str) -> set[str]:
    """The variables of ours that a container is given, as themselves or as a file."""
    names = SERVICES[container].get("environment", {})
    return {name.removesuffix("_FILE") if str(names[name]).startswith("/run/secrets/") else name for name in names}


@pytest.mark.parametrize("container", sorted(SETTINGS))
def test_a_container_is_given_every_setting_of_its_program_and_no_other(container: str) -> None:
    given = {name for name in passed(container) if name.startswith("MERIT_")}
    read = set(variables(SETTINGS[container])) - FIXED_INSIDE - LOCAL_ONLY
    read = {name for name in read if name.startswith("MERIT_")}
    assert read - given == set()
    known = set().union(*(variables(kind) for kind in PROGRAMS.values()))
    assert given - known == set()


def test_what_checks_all_settings_is_given_all_settings() -> None:
    read = set().union(*(variables(kind) for kind in PROGRAMS.values())) - FIXED_INSIDE - LOCAL_ONLY
    assert read - passed("settings") - {"MERIT_PORT"} == set()
    assert SERVICES["settings"]["network_mode"] == "none"
    assert SERVICES["settings"]["restart"] == "no"


@pytest.mark.parametrize("container", sorted(SERVICES))
def test_a_container_is_given_each_secret_that_its_settings_name_and_no_other(container: str) -> None:
    values = map(str, SERVICES[container].get("environment", {}).values())
    named = {value.removeprefix("/run/secrets/") for value in values if value.startswith("/run/secrets/")}
    assert named == set(SERVICES[container].get("secrets", ()))


def test_every_documented_setting_exists_and_every_setting_is_documented() -> None:
    section = PAGE.split("## Settings")[1].split("\n## ")[0]
    documented = set()
    for name in re.findall(r"MERIT_[A-Z_<>]+", section):
        spelled = [name.replace("<SERVICE>", service) for service in ("ORG", "APPRAISAL", "INCENTIVE")]
        documented |= {each for each in spelled if not each.startswith("MERIT_X") and not each.endswith("_")}
    known = set().union(*(variables(kind) for kind in PROGRAMS.values())) - LOCAL_ONLY
    assert {name for name in known if name.startswith("MERIT_")} - documented == set()
    assert documented - known - PREPARATION == set()


def test_settings_without_a_value_of_their_own_come_from_outside() -> None:
    tunable = {"MERIT_TIMEZONE", "MERIT_LOG_LEVEL", "MERIT_POOL_SIZE", "MERIT_EVENT_NETWORKS", "MERIT_TOKEN_SECONDS"}
    for container in ("org", "org-worker", "appraisal-worker", "incentive"):
        assert {name: SERVICES[container]["environment"][name] for name in tunable} == dict.fromkeys(tunable)
    own = {name for name in variables(GatewaySettings) if name.startswith("MERIT_GATEWAY_")} - LOCAL_ONLY
    assert {SERVICES["gateway"]["environment"][name] for name in own} == {None}


@pytest.mark.parametrize("container", sorted(SERVICES))
def test_no_container_has_capabilities_or_may_gain_rights(container: str) -> None:
    service = SERVICES[container]
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True


@pytest.mark.parametrize("container", sorted(name for name in SERVICES if "restart" in SERVICES[name]))
def test_what_restarts_by_itself_has_a_health_check(container: str) -> None:
    if SERVICES[container]["restart"] != "no":
        assert SERVICES[container]["healthcheck"]["test"]
    if container.endswith("-worker"):
        file = SERVICES[container]["environment"]["MERIT_WORKER_HEALTH_FILE"]
        assert SERVICES[container]["healthcheck"]["test"][-1] == file
        assert any(file.startswith(f"{folder}/") for folder in SERVICES[container]["tmpfs"])
        assert FRESH_SECONDS > 10  # not before another worker takes over its jobs


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.title}: {block.commands.splitlines()[0][:40]}")
def test_each_command_of_the_page_fits_the_composition(block: Any) -> None:
    for line in block.commands.splitlines():
        command = line.split("#")[0]
        for name in re.findall(r"secrets/([a-z_]+)(?:\s|$|\))", command):
            assert name in {*MADE, "admin_url", "postgres_password"}
        compose = re.search(r"docker compose (?P<verb>\S+)(?P<rest>[^|<>]*)", command)
        if compose is None:
            continue
        words = [word for word in compose["rest"].split() if not word.startswith("-")]
        named = words[:1] if compose["verb"] in {"exec", "run"} else words
        assert set(named) <= set(SERVICES), line
        if compose["verb"] == "exec" and "--username" in command:
            assert "--username=postgres" in command  # the only role that the image makes


def test_the_page_shows_how_to_back_up_restore_release_and_change_each_secret() -> None:
    commands = "\n".join(block.commands for block in BLOCKS)
    for secret in sorted(set(MADE) - {"bootstrap_password", "bootstrap_second_password"}):
        assert f"secrets/{secret}" in commands
    for program in ("pg_dump", "pg_restore", "compose run --rm migrate", "compose run --rm settings"):
        assert program in commands
