"""The API's description as the documentation page shows it: wholly in one language, grouped by service (PLT-01).

The services describe themselves in English. The Chinese page takes the titles of operations and the descriptions of
fields from tables; a sentence that exists in English only is left out there, so that no page is half in one language
and half in the other. ``python -m gates.chinese`` tells what the tables lack.
"""

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from gateway.descriptions import OWN_CHINESE, in_chinese
from gateway.documentation import Document
from services.kit import problem
from services.kit.errors import Language, Text
from services.kit.identity import ROLE_NAMES, SERVICE_NAMES, Role
from services.kit.yaml_files import read_yaml

TITLES: Final[Mapping[str, str]] = read_yaml(files("gateway") / "assets" / "operations.zh.yaml")
_METHODS: Final = frozenset({"get", "head", "post", "put", "patch", "delete"})
_SAID: Final = ("description", "title")
_CHINESE: Final = re.compile("[\u4e00-\u9fff]")
_ENGLISH: Final = re.compile(r"[A-Za-z]{2,}( [a-z]{2,}){2,}")
_AS_THEY_ARE: Final = frozenset({"example", "examples", "default", "enum", "const"})

INTRODUCTION: Final = Text(
    """\
组织、考核、激励三个服务，一个入口。先在上方登录，或调用 `POST /v1/sign_in`，此后在每个请求中携带 \
`Authorization: Bearer <access_token>`；令牌 5 分钟有效，以 `POST /v1/sign_in/refresh` 续期。

金额、分数、权重一律为字符串。新建用的 `POST` 请求可带 `Idempotency-Key`，涉及付款的须带；\
修改须带读取时得到的 `If-Match`；列表以 `next` 翻页。\
出错时返回 `application/problem+json`，语言取决于 `Accept-Language`。\
完整的英文描述见 `/openapi.json`。
""",
    """\
Three services, org, appraisal and incentive, at one address. Sign in above or by `POST /v1/sign_in`, then send \
`Authorization: Bearer <access_token>`; a token lives five minutes and is renewed by `POST /v1/sign_in/refresh`.

Money, scores and weights are strings. A POST that creates may carry an `Idempotency-Key`, one that moves money must; \
an edit carries the `If-Match` that was read; lists are paged with `next`. Every refusal is an \
`application/problem+json` document in the language of `Accept-Language`. The whole description is at `/openapi.json`.
""",
)
_TITLE: Final = Text("Merit 接口文档", "Merit API")
_GATEWAY: Final = Text("登录与待办", "Signing in, and what waits for me")
_WHO: Final = Text("权限：", "Permission: ")
_ANYBODY: Final = Text("任何已登录者", "anyone signed in")
_SCOPE: Final = Text("接入系统权限：", "Client scope: ")
_FRESH: Final = Text("账号停用或改权后 5 秒内生效。", "A disabled or changed account is refused within 5 seconds.")
_REFUSAL: Final = Text("出错时返回，说明原因与所在字段", "What was refused, and what is wrong where")
_ANSWER: Final = Text("成功", "Success")


def operation_ids(document: Document) -> list[str]:
    """Ids of the operations of a document."""
    return sorted(operation["operationId"] for operation in _operations(document))


def displayed(document: Document, language: Language) -> Document:
    """A document merged without permissions, in one language, with groups that begin with their service's name."""
    groups = {tag["name"]: _group(tag, language) for tag in document["tags"]}
    shown: Document = document if language == "en" else _without_english(document)
    paths = {
        path: {method: _operation(operation, groups, language) for method, operation in item.items()}
        for path, item in shown["paths"].items()
    }
    components = dict(shown["components"])
    if language == "zh":
        components["responses"] = {
            name: {**response, "description": _REFUSAL.zh, "content": _refusal(response["content"])}
            for name, response in components.get("responses", {}).items()
        }
    components["securitySchemes"] = {"access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    return {
        **shown,
        "info": {
            **shown["info"],
            "title": _TITLE.in_language(language),
            "description": INTRODUCTION.in_language(language),
        },
        "paths": paths,
        "components": components,
        "tags": [{"name": group} for group in groups.values()],
    }


def _operations(document: Document) -> list[Document]:
    return [
        operation for item in document["paths"].values() for method, operation in item.items() if method in _METHODS
    ]


def _group(tag: Mapping[str, str], language: Language) -> str:
    service, separated, name = tag["name"].partition(" · ")
    if not separated:
        return _GATEWAY.in_language(language)
    zh, _, en = tag["description"].partition(" · ")
    title = Text(zh, en or name).in_language(language)
    spoken = SERVICE_NAMES[service]
    return f"{Text(spoken.zh, spoken.en.capitalize()).in_language(language)} · {title}"


def _operation(operation: Document, groups: Mapping[str, str], language: Language) -> Document:
    shown = {**operation, "tags": [groups[tag] for tag in operation["tags"]]}
    if "parameters" in operation:
        shown["parameters"] = [_parameter(each) for each in operation["parameters"]]
    shown["description"] = "\n\n".join(filter(None, (operation.get("description"), _permission(operation, language))))
    if language == "zh":
        shown["summary"] = TITLES.get(operation.get("operationId", ""), operation.get("operationId", ""))
        shown["responses"] = {
            code: response if "$ref" in response else {**response, "description": _ANSWER.zh}
            for code, response in operation.get("responses", {}).items()
        }
    return shown


def _parameter(parameter: Document) -> Document:
    """A parameter as it is to be filled in: the page would enter the example, and an invented filter finds nothing.

    Nor does it offer "or null": that is to leave the parameter out.
    """
    shown = {name: part for name, part in parameter.items() if name != "example" or parameter.get("required")}
    kinds = [kind for kind in parameter.get("schema", {}).get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        shown["schema"] = {name: part for name, part in parameter["schema"].items() if name != "anyOf"} | kinds[0]
    return shown


def _refusal(content: Document) -> Document:
    return {kind: {**body, "example": problem.example("zh")} for kind, body in content.items()}


def _permission(operation: Document, language: Language) -> str:
    permission = operation.get("x-permission")
    if not permission:
        return ""
    names = [ROLE_NAMES[Role(role)].in_language(language) for role in permission["roles"]]
    who = Text("、", ", ").in_language(language).join(names) or _ANYBODY.in_language(language)
    lines = [f"**{_WHO.in_language(language)}**{who}"]
    if permission.get("scope"):
        lines.append(f"**{_SCOPE.in_language(language)}**`{permission['scope']}`")
    if permission.get("fresh"):
        lines.append(_FRESH.in_language(language))
    return "\n\n".join(lines)


def _without_english(value: Any, *, names: bool = False) -> Any:
    """The same without what is said in English only. ``names``: the keys are names of fields, not words of OpenAPI."""
    if isinstance(value, list):
        return [_without_english(item) for item in value]
    if not isinstance(value, dict):
        return value
    own = None if names else value.get(OWN_CHINESE)
    return {
        key: item if key in _AS_THEY_ARE and not names else _without_english(item, names=key == "properties")
        for key, item in ((key, item if names else _in_chinese(key, item, own)) for key, item in value.items())
        if (item is not None or key not in _SAID) and key != OWN_CHINESE
    }


def _in_chinese(key: str, item: Any, own: str | None) -> Any:
    """A sentence in Chinese, ``own`` where the tables lack it, else None; anything but a sentence as it is."""
    if key not in _SAID or not isinstance(item, str):
        return item
    return item if is_chinese(item) else in_chinese(item) or (own if key == "description" else None)


def is_chinese(text: str) -> bool:
    """Whether a sentence is Chinese, and not an English one with a Chinese word in it."""
    return _CHINESE.search(text) is not None and _ENGLISH.search(text) is None
