"""The gateway's own pages: the OpenAPI document and the documentation page that reads it, both complete offline.

Swagger UI is served from the fastapi-offline wheel; the page loads nothing from any other host, which its
Content-Security-Policy makes certain.
"""

import gzip
import hashlib
from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from gateway.documentation import Document, merge, serialised
from gateway.page_document import displayed
from gateway.routes import RouteUnknown
from services.kit import problem
from services.kit.errors import Language

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
_JSON: Final = "application/json"
_WORTH_PACKING: Final = 2048

_OURS = files("gateway") / "assets"
_SWAGGER = files("fastapi_offline") / "static"

ASSETS = {
    "docs.css": (_OURS, "text/css; charset=utf-8"),
    "docs.js": (_OURS, "text/javascript; charset=utf-8"),
    "merit.svg": (_OURS, "image/svg+xml"),
    "swagger-ui.css": (_SWAGGER, "text/css; charset=utf-8"),
    "swagger-ui-bundle.js": (_SWAGGER, "text/javascript; charset=utf-8"),
}

# Swagger UI sets inline styles and draws its icons as data: images; scripts come from files only.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "lang": "zh",
        "other_lang": "en",
        "other_name": "English",
        "title": "接口文档",
        "services": "服务",
        "all": "全部",
        "org": "组织",
        "appraisal": "考核",
        "incentive": "激励",
        "search": "搜索接口：名称、路径或编号",
        "login": "登录名",
        "password": "密码",
        "sign_in": "登录",
        "sign_out": "退出",
        "noscript": "此页面需要启用脚本。接口描述见",
    },
    "en": {
        "lang": "en",
        "other_lang": "zh",
        "other_name": "中文",
        "title": "API",
        "services": "Services",
        "all": "All",
        "org": "Org",
        "appraisal": "Appraisal",
        "incentive": "Incentive",
        "search": "Search by title, path or operation id",
        "login": "Login",
        "password": "Password",
        "sign_in": "Sign in",
        "sign_out": "Sign out",
        "noscript": "This page needs JavaScript. The description is at",
    },
}


class Packed:
    """Something that stays the same, with its entity tag, plain and compressed once and for all."""

    def __init__(self, content: bytes, kind: str, caching: str) -> None:
        self._content = content
        self._packed = gzip.compress(content, mtime=0) if len(content) > _WORTH_PACKING else content
        self._headers = {
            "Content-Type": kind,
            "Cache-Control": caching,
            "ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"',
            "Vary": "Accept-Encoding",
        }

    def answer(self, request: Request) -> Response:
        """The answer to a reader, who may have it already."""
        known = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
        if self._headers["ETag"] in known:
            return Response(status_code=304, headers=self._headers)
        if self._packed is self._content or "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(self._content, headers=self._headers)
        return Response(self._packed, headers={**self._headers, "Content-Encoding": "gzip"})


def router(documents: Mapping[str, Document]) -> APIRouter:
    """The routes of the description of all services together and of its page."""
    routes = APIRouter(include_in_schema=False)
    whole = Packed(serialised(merge(documents)), _JSON, "no-cache")
    plain = merge(documents, permissions=False)
    shown = {language: Packed(serialised(displayed(plain, language)), _JSON, "no-cache") for language in LANGUAGES}
    template = Template((_OURS / "docs.html").read_text(encoding="utf-8"))
    parts = {
        name: Packed((place / name).read_bytes(), kind, "public, max-age=3600")
        for name, (place, kind) in ASSETS.items()
    }

    @routes.api_route("/openapi.json", methods=["GET", "HEAD"])
    async def openapi(request: Request) -> Response:
        return whole.answer(request)

    @routes.api_route("/docs/openapi.{language}.json", methods=["GET", "HEAD"])
    async def shown_openapi(request: Request, language: Language) -> Response:
        return shown[language].answer(request)

    @routes.api_route("/", methods=["GET", "HEAD"])
    async def start(lang: Language | None = None) -> Response:
        return RedirectResponse(f"/docs?lang={lang}" if lang else "/docs")

    @routes.api_route("/docs", methods=["GET", "HEAD"])
    async def docs(request: Request, lang: Language | None = None) -> Response:
        language = lang or problem.language(request.headers.get("accept-language"))
        headers = {
            "Content-Security-Policy": POLICY,
            "Referrer-Policy": "no-referrer",
            "Content-Language": language,
            "Vary": "Accept-Language",
            "Cache-Control": "no-cache",
        }
        return HTMLResponse(template.substitute(_TEXTS[language]), headers=headers)

    @routes.api_route("/docs/assets/{name}", methods=["GET", "HEAD"])
    async def asset(request: Request, name: str) -> Response:
        if name not in parts:
            raise RouteUnknown
        return parts[name].answer(request)

    return routes
