"""The gateway's own pages: the OpenAPI document and the documentation page that reads it, both complete offline.

Swagger UI is served from the fastapi-offline wheel; the page loads nothing from any other host, which its
Content-Security-Policy makes certain.
"""

from collections.abc import Mapping
from importlib.resources import files
from string import Template
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from gateway.documentation import Document, serialised
from gateway.routes import RouteUnknown
from services.kit import problem

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
        "login": "登录名",
        "password": "密码",
        "sign_in": "登录",
        "sign_out": "退出",
        "noscript": "此页面需要 JavaScript。接口描述见",
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
        "login": "Login",
        "password": "Password",
        "sign_in": "Sign in",
        "sign_out": "Sign out",
        "noscript": "This page needs JavaScript. The description is at",
    },
}


def router(document: Document) -> APIRouter:
    """The routes of the description and its page."""
    routes = APIRouter(include_in_schema=False)
    body, tag = serialised(document)
    template = Template((_OURS / "docs.html").read_text(encoding="utf-8"))
    parts = {name: ((place / name).read_bytes(), kind) for name, (place, kind) in ASSETS.items()}

    @routes.api_route("/openapi.json", methods=["GET", "HEAD"])
    async def openapi(if_none_match: Annotated[str | None, Header()] = None) -> Response:
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        known = {part.strip().removeprefix("W/") for part in (if_none_match or "").split(",")}
        if tag in known:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    @routes.get("/")
    async def start() -> Response:
        return RedirectResponse("/docs")

    @routes.api_route("/docs", methods=["GET", "HEAD"])
    async def docs(request: Request, lang: Literal["zh", "en"] | None = None) -> Response:
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
    async def asset(name: str) -> Response:
        if name not in parts:
            raise RouteUnknown
        content, kind = parts[name]
        return Response(content, headers={"Content-Type": kind, "Cache-Control": "public, max-age=3600"})

    return routes
