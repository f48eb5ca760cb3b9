"""The documentation page: one language at a time, and a sign-in that outlasts a reload (PLT-01)."""

import gzip
import json
import re
from typing import Any

import httpx2
import pytest

from gateway.descriptions import CHINESE as CHINESE_TEXTS
from gateway.documentation import load_documents, merge
from gateway.page_document import TITLES, displayed, operation_ids
from gateway.settings import REPOSITORY
from tests.gateway.browser import PROGRAM, WHY_NOT, browsing
from tests.gateway.conftest import Start
from tests.gateway.servers import Service

pytestmark = pytest.mark.req("PLT-01")

PLAIN = merge(load_documents(REPOSITORY / "services"), permissions=False)
CHINESE = re.compile("[\u4e00-\u9fff]")
QUOTED = re.compile(r'`[^`]*`|"[^"]*"')
SENTENCE = re.compile(r"[A-Za-z]{2,}( [a-z]{2,}){2,}")


def said(value: Any, *, names: bool = False) -> list[str]:
    """Every description, summary and group that a page shows."""
    if isinstance(value, list):
        return [text for item in value for text in said(item)]
    if not isinstance(value, dict):
        return []
    found = []
    for key, item in value.items():
        if not names and key in {"summary", "description"} and isinstance(item, str):
            found.append(item)
        elif key not in {"example", "examples"}:
            found += said(item, names=key == "properties")
    return found


def test_every_operation_has_a_chinese_title() -> None:
    assert set(operation_ids(PLAIN)) == TITLES.keys()  # add what is missing to gateway/assets/operations.zh.yaml


def test_the_chinese_page_holds_no_english_sentence() -> None:
    document = displayed(PLAIN, "zh")
    assert document["info"]["title"] == "Merit 接口文档"
    texts = [*said(document["paths"]), *said(document["components"]), *(tag["name"] for tag in document["tags"])]
    assert [text for text in texts if SENTENCE.search(text)] == []
    titles = [operation["summary"] for item in document["paths"].values() for operation in item.values()]
    assert all(CHINESE.search(title) for title in titles)


def test_what_is_said_of_fields_and_parameters_shows_in_chinese_where_the_tables_have_it() -> None:
    document = displayed(PLAIN, "zh")
    schemas = document["components"]["schemas"]
    assert schemas["NewAbsence"]["properties"]["employee_id"]["description"] == "员工 ID。"
    [limit] = [each for each in document["paths"]["/v1/org/units"]["get"]["parameters"] if each["name"] == "limit"]
    assert limit["description"] == "每页条数。"
    [q] = [each for each in document["paths"]["/v1/org/employees"]["get"]["parameters"] if each["name"] == "q"]
    assert "anyOf" not in q["schema"]  # "or null" is to leave it out
    refusal = document["components"]["responses"]["Problem"]["content"]["application/problem+json"]["example"]
    assert refusal["errors"][0]["expected"] == "必填"
    wrong = [text for text in CHINESE_TEXTS.values() if not CHINESE.search(text) or SENTENCE.search(text)]
    assert wrong == []


def test_a_new_rule_needs_no_table_of_words_for_the_chinese_page() -> None:
    unknown = {"description": "Said in no table.", "x-description-zh": "规则自带的说明"}
    known = {"description": "Code of the rule.", "x-description-zh": "规则编码。", "type": "string"}
    components = {**PLAIN["components"], "schemas": {"NewRule": {**unknown, "properties": {"code": known}}}}
    shown = displayed({**PLAIN, "components": components}, "zh")["components"]["schemas"]["NewRule"]
    code = {"description": "规则编码。", "type": "string"}
    assert shown == {"description": "规则自带的说明", "properties": {"code": code}}


def test_the_english_page_holds_no_chinese() -> None:
    document = displayed(PLAIN, "en")
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    texts = [tag["name"] for tag in document["tags"]] + [operation["summary"] for operation in operations]
    texts += [operation["description"] for operation in operations]
    texts += said(document["components"])
    assert [text for text in texts if CHINESE.search(QUOTED.sub("", text))] == []


@pytest.mark.parametrize(
    ("language", "services"), [("zh", ("组织", "考核", "激励")), ("en", ("Org", "Appraisal", "Incentive"))]
)
def test_each_group_begins_with_its_services_name(language: Any, services: tuple[str, ...]) -> None:
    _, *names = [tag["name"] for tag in displayed(PLAIN, language)["tags"]]
    assert all(name.partition(" · ")[0] in services for name in names)
    used = {tag for item in displayed(PLAIN, language)["paths"].values() for op in item.values() for tag in op["tags"]}
    assert used <= {tag["name"] for tag in displayed(PLAIN, language)["tags"]}


def test_descriptions_are_sent_packed_and_once(client: httpx2.Client) -> None:
    for path in (
        "/openapi.json",
        "/docs/openapi.zh.json",
        "/docs/openapi.en.json",
        "/docs/assets/swagger-ui-bundle.js",
    ):
        with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as packed:
            raw = b"".join(packed.iter_raw())
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        assert gzip.decompress(raw) == plain.content
        again = client.get(path, headers={"If-None-Match": plain.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_address_alone_leads_to_the_page(client: httpx2.Client) -> None:
    for method in ("GET", "HEAD"):
        answer = client.request(method, "/")
        assert (answer.status_code, answer.headers["location"]) == (307, "/docs")
        chosen = client.request(method, "/?lang=zh")
        assert chosen.headers["location"] == "/docs?lang=zh"


SIGN_IN = """(() => {
  const form = document.getElementById("sign-in");
  form.login.value = "zhang.min"; form.password.value = "right"; form.requestSubmit();
})()"""
SIGNED_IN = "!document.getElementById('sign-out').hidden && document.getElementById('who').textContent"
READY = "document.querySelectorAll('.opblock-tag-section').length > 2"
SEARCH = """(() => {
  const search = document.getElementById("search");
  search.value = %s; search.dispatchEvent(new Event("input"));
})()"""


@pytest.mark.skipif(PROGRAM is None, reason=WHY_NOT)
async def test_in_a_browser_the_page_finds_operations_and_a_reload_does_not_sign_out(
    start: Start, org: Service
) -> None:
    page = f"{start().base_url}".rstrip("/") + "/docs?lang=zh"
    async with browsing() as tab:
        await tab.open(page)
        await tab.until(READY, 60)
        await tab.value(SEARCH % json.dumps("incentive submit"))
        await tab.until("document.querySelectorAll('.opblock-summary-path').length === 1")
        await tab.value(SIGN_IN)
        await tab.until(SIGNED_IN)
        await tab.open(page)
        await tab.until(READY, 60)
        await tab.until(SIGNED_IN)
        assert "zhang.min" in await tab.value("document.getElementById('who').textContent")
        await tab.size(390, 844)
        assert await tab.value("document.documentElement.scrollWidth") <= 390
        assert tab.errors == []


ONLY = "document.querySelectorAll('.opblock').length === 1 && document.querySelector('.opblock').id.endsWith('%s')"
OPEN = "document.querySelector('.opblock:not(.is-open) .opblock-summary-control')?.click()"
SHOWN = """[...document.querySelectorAll([".opblock-tag", ".opblock-summary-description", ".brand", "header button",
  "h4", "h5", "th", "td.col_header", "label", ".opblock-body button",
  ".opblock .renderedMarkdown"].join(", "))].map((each) => {
    const copy = each.cloneNode(true);
    copy.querySelectorAll("code, pre, svg, .parameter__name, select").forEach((part) => part.remove());
    return copy.textContent;
  })"""
LATIN = re.compile(r"[A-Za-z]{2,}")
KNOWN_AS = re.compile(r"Merit|curl|JSON|XLSX|CSV|PDF|SHA-256|ETag|If-Match|null|ID")


@pytest.mark.skipif(PROGRAM is None, reason=WHY_NOT)
async def test_in_a_browser_each_language_is_whole_and_a_phone_need_not_scroll_sideways(start: Start) -> None:
    page = f"{start(api_documents=REPOSITORY / 'services').base_url}".rstrip("/") + "/docs?lang=zh"
    async with browsing() as tab:
        for language in ("zh", "en"):
            await (tab.value("document.querySelector('.tongue').click()") if language == "en" else tab.open(page))
            await tab.until(f"document.documentElement?.lang === '{language}' && {READY}", 60)
            for operation in ("list_employees", "score_cycle"):
                await tab.value(SEARCH % json.dumps(operation))
                await tab.until(ONLY % operation)
                await tab.value(OPEN)
                await tab.until("document.querySelector('.opblock.is-open .responses-inner')", 120)
                shown = [KNOWN_AS.sub("", text) for text in await tab.value(SHOWN)]
                assert len(shown) > 10
                assert [text for text in shown if (LATIN if language == "zh" else CHINESE).search(text)] == []
                for width in (390, 1360):
                    await tab.size(width, 844)
                    assert await tab.value("document.documentElement.scrollWidth") <= width
        assert tab.errors == []
