// The documentation page: Swagger UI over /openapi.json, sign-in, the state of the services. Everything is served by
// the gateway itself; tokens live in this page's memory only and are gone when it is closed.
"use strict";

const LANGUAGE = document.documentElement.lang === "en" ? "en" : "zh";
const TEXTS = {
  zh: { failed: "登录失败：", expired: "登录已过期，请重新登录。", filter: "按标签筛选，例如 org · units", signed: "已登录：",
    ready: "正常", degraded: "部分不可用", down: "无法连接" },
  en: { failed: "Sign-in failed: ", expired: "Your sign-in has expired.", filter: "Filter by tag, e.g. org · units", signed: "Signed in: ",
    ready: "ready", degraded: "degraded", down: "unreachable" },
}[LANGUAGE];

// Swagger UI speaks English only; these are the words of it that a reader meets.
const WORDS = {
  "Parameters": "参数", "No parameters": "无参数", "Responses": "响应", "Request body": "请求体", "Name": "名称",
  "Description": "说明", "Code": "状态码", "Links": "链接", "No links": "无", "Media type": "媒体类型",
  "Try it out ": "试一试", "Try it out": "试一试", "Cancel": "取消", "Cancel ": "取消", "Execute": "执行", "Clear": "清除",
  "Schemas": "数据结构", "Schema": "结构", "Example Value": "示例", "Server response": "服务器响应", "Response body": "响应体",
  "Response headers": "响应头", "Request URL": "请求地址", "Details": "详情", "Download": "下载", "Reset": "重置",
  "Controls ": "决定 ", "required": "必填", "Send empty value": "发送空值", "Loading": "加载中", "Authorize": "授权",
  "Example Description": "示例说明", "default": "默认", "Expand all": "全部展开", "Collapse all": "全部收起",
};

const element = (id) => document.getElementById(id);
let session = null; // {access_token, refresh_token, expires_in}
let ui = null;

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": LANGUAGE },
    body: JSON.stringify(body),
  });
  const content = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error((content && content.title) || String(answer.status));
  return content;
}

function notice(text) {
  element("notice").textContent = text || "";
  element("notice").hidden = !text;
}

function adopt(next, login) {
  session = next;
  ui.preauthorizeApiKey("access_token", session.access_token);
  setTimeout(renew, Math.max(20, session.expires_in - 30) * 1000, session);
  if (login) element("who").textContent = TEXTS.signed + login;
  element("sign-in").hidden = true;
  element("sign-out").hidden = false;
}

async function renew(of) {
  if (session !== of) return;
  try {
    adopt(await post("/v1/sign_in/refresh", { refresh_token: session.refresh_token }));
  } catch {
    forget();
    notice(TEXTS.expired);
  }
}

function forget() {
  session = null;
  ui.authActions.logout(["access_token"]);
  element("sign-in").hidden = false;
  element("sign-out").hidden = true;
}

element("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  try {
    adopt(await post("/v1/sign_in", { login: form.get("login"), password: form.get("password") }), form.get("login"));
    event.target.reset();
    notice();
  } catch (error) {
    notice(TEXTS.failed + error.message);
  }
});

element("sign-out").addEventListener("submit", async (event) => {
  event.preventDefault();
  const token = session.refresh_token;
  forget();
  await post("/v1/sign_out", { refresh_token: token }).catch(() => undefined);
});

element("services").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  for (const each of element("services").children) each.classList.toggle("chosen", each === button);
  ui.layoutActions.updateFilter(button.dataset.filter || true);
});

async function showStates() {
  const answer = await fetch("/health/ready");
  const services = answer.ok ? (await answer.json()).services : {};
  for (const dot of document.querySelectorAll("i[data-service]")) {
    dot.className = services[dot.dataset.service] || "down";
    dot.title = TEXTS[dot.className];
  }
}

function translate(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (node.parentElement.closest("pre, code, textarea, .markdown")) continue;
    const word = WORDS[node.data];
    if (word) node.data = word;
  }
  const filter = root.querySelector && root.querySelector(".operation-filter-input");
  if (filter) filter.placeholder = TEXTS.filter;
}

ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#operations",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["Accept-Language"] = LANGUAGE;
    return request;
  },
  onComplete: () => translate(document.body),
});

if (LANGUAGE === "zh") {
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) translate(node);
  }).observe(element("operations"), { childList: true, subtree: true });
}
showStates().catch(() => undefined);
