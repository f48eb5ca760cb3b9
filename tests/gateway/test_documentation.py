"""One description of everything, and a page for it that needs no other host (PLT-01)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gateway.documentation import DocumentMissing, load_documents, merge
from gateway.pages import ASSETS
from gateway.settings import REPOSITORY
from tests.gateway.conftest import document

pytestmark = pytest.mark.req("PLT-01")

DOCUMENTS = {service: document(service) for service in ("org", "appraisal", "incentive")}


def references(value: Any) -> Iterator[str]:
    """Every schema name that a document refers to."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].rpartition("/")[2]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_the_document_holds_every_route_of_every_service_and_the_gateways_own(client: httpx2.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for service in DOCUMENTS:
        assert set(paths[f"/v1/{service}/echo"]) == {"get", "put", "post", "patch", "delete", "head"}
    assert list(paths)[:4] == ["/v1/sign_in", "/v1/sign_in/refresh", "/v1/sign_out", "/v1/my/tasks"]


def test_internal_routes_are_in_no_public_document(client: httpx2.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert not [path for path in paths if "inbox" in path or "health" in path]


def test_names_that_clash_are_kept_apart_and_equal_ones_kept_once() -> None:
    schemas = merge(DOCUMENTS)["components"]["schemas"]
    assert set(schemas) == {
        *("OrgThing", "AppraisalThing", "IncentiveThing", "Problem"),
        *("MissingPart", "MyTasks", "TaskSummary"),
    }
    assert "appraisal" in schemas["AppraisalThing"]["properties"]


def test_every_reference_leads_somewhere_and_operation_ids_are_unique() -> None:
    merged = merge(DOCUMENTS)
    assert set(references(merged)) <= merged["components"]["schemas"].keys()
    ids = [operation["operationId"] for item in merged["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))


def test_the_services_own_documents_merge_into_one_that_is_whole() -> None:
    merged = merge(load_documents(REPOSITORY / "services"))
    parts = {name for kind in ("schemas", "parameters", "responses") for name in merged["components"][kind]}
    assert set(references(merged)) == parts
    ids = [operation["operationId"] for item in merged["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))
    assert {"/v1/sign_in", "/v1/sign_in/refresh", "/v1/sign_out"} <= merged["paths"].keys()
    assert not [path for path in merged["paths"] if "inbox" in path]


def test_each_operation_says_in_both_languages_who_may_call_it() -> None:
    operation = merge(DOCUMENTS)["paths"]["/v1/org/echo"]["get"]
    assert "人力资源 hr" in operation["description"]
    assert operation["security"] == [{"access_token": []}]


def test_the_document_has_an_entity_tag_and_is_not_sent_twice(client: httpx2.Client) -> None:
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/openapi.json", headers={"If-None-Match": '"old"'}).status_code == 200


def test_the_page_names_no_other_host_and_forbids_loading_from_one(client: httpx2.Client) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert loaded
    assert all(address.startswith(("/", "?")) and not address.startswith("//") for address in loaded)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]


def test_the_page_speaks_both_languages(client: httpx2.Client) -> None:
    assert "接口文档" in client.get("/docs").text
    assert "Sign in" in client.get("/docs", headers={"Accept-Language": "en"}).text
    assert "Sign in" in client.get("/docs?lang=en").text


@pytest.mark.parametrize("name", ASSETS)
def test_every_part_of_the_page_is_served_by_the_gateway(client: httpx2.Client, name: str) -> None:
    part = client.get(f"/docs/assets/{name}")
    assert part.status_code == 200
    assert part.headers["content-type"] == ASSETS[name][1]
    assert len(part.content) > 100


def test_the_start_page_leads_to_the_documentation(client: httpx2.Client) -> None:
    assert client.get("/").headers["location"] == "/docs"


def test_without_a_services_document_the_gateway_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "org").mkdir()
    (tmp_path / "org" / "openapi.json").write_text(json.dumps(document("org")))
    with pytest.raises(DocumentMissing, match=r"appraisal.*make openapi"):
        load_documents(tmp_path)
