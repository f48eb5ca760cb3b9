// The documentation page: Swagger UI over the description in the reader's language, search, sign-in, the state of the
// services. Everything is served by the gateway itself. Tokens live in the tab's session storage: they outlast a reload
// and are gone when the tab is closed.
"use strict";

const LANGUAGE = document.documentElement.lang === "en" ? "en" : "zh";
const TEXTS = {
  zh: { failed: "登录失败：", expired: "登录已过期，请重新登录。", signed: "已登录：",
    ready: "正常", degraded: "部分不可用", down: "无法连接" },
  en: { failed: "Sign-in failed: ", expired: "Your sign-in has expired.", signed: "Signed in: ",
    ready: "ready", degraded: "degraded", down: "unreachable" },
}[LANGUAGE];

// Swagger UI speaks English only; these are the words of it that a reader meets.
const WORDS = {
  "Parameters": "参数", "No parameters": "无参数", "Responses": "响应", "Request body": "请求体", "Name": "名称",
  "Description": "说明", "Code": "状态码", "Links": "链接", "No links": "无", "Media type": "媒体类型",
  "Try it out ": "试一试", "Try it out": "试一试", "Cancel": "取消", "Cancel ": "取消", "Execute": "执行", "Clear": "清除",
  "Schemas": "数据结构", "Schema": "结构", "Example Value": "示例", "Edit Value": "填写内容",
  "Server response": "服务器响应", "Response body": "响应体",
  "Response headers": "响应头", "Request URL": "请求地址", "Details": "详情", "Download": "下载", "Reset": "重置",
  "Controls ": "对应 ", "required": "必填", "Send empty value": "发送空值", "Loading": "加载中", "Authorize": "授权",
  "Example Description": "示例说明", "default": "默认", "Expand all": "全部展开", "Collapse all": "全部收起",
  "Additional properties": "其他字段", "forbidden": "不允许", "allowed": "允许", "Items": "条目", "Enum": "可选值",
  "Examples": "示例", "Example": "示例", "Default": "默认值", "Const": "固定值", "Any of": "任选其一", "One of": "任选其一",
  "All of": "同时满足", "Discriminator": "区分字段", "Property names": "字段名", "Pattern properties": "按格式命名的字段",
  "Request duration": "耗时", "Undocumented": "描述中没有", "No response headers": "没有响应头", "Curl": "curl 命令",
  " header.": " 请求头。", "Available authorizations": "登录状态", "Authorized": "已登录", "Value:": "令牌：", "Value": "值",
  "Logout": "退出", "Close": "关闭", "Hide": "收起", "Show": "展开", "Errors": "错误",
  "LOADING": "加载中…", "Loading...": "加载中…",
  "No operations defined in spec!": "没有符合条件的接口。", "Failed to load API definition.": "无法读取接口描述。",
};

const element = (id) => document.getElementById(id);
const STORED = "merit.session";
let session = null; // {access_token, refresh_token, login, until}
let service = ""; // the one whose operations are shown; empty for all
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
  session = { ...next, login, until: next.until || Date.now() + next.expires_in * 1000 };
  sessionStorage.setItem(STORED, JSON.stringify(session));
  ui.preauthorizeApiKey("access_token", session.access_token);
  setTimeout(renew, Math.max(0, session.until - 30_000 - Date.now()), session);
  element("who").textContent = TEXTS.signed + login;
  element("sign-in").hidden = true;
  element("sign-out").hidden = false;
}

async function renew(of) {
  if (session !== of) return;
  try {
    adopt(await post("/v1/sign_in/refresh", { refresh_token: of.refresh_token }), of.login);
  } catch {
    forget();
    notice(TEXTS.expired);
  }
}

function forget() {
  session = null;
  sessionStorage.removeItem(STORED);
  ui.authActions.logout(["access_token"]);
  element("sign-in").hidden = false;
  element("sign-out").hidden = true;
}

function resume() {
  const stored = JSON.parse(sessionStorage.getItem(STORED) || "null");
  if (stored) adopt(stored, stored.login);
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
  service = button.dataset.service;
  show();
});

element("search").addEventListener("input", show);

// Swagger UI asks this for each group whenever the phrase changes; the phrase holds both the service and the words.
function matching(groups) {
  const words = element("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (each) => {
    const operation = each.get("operation");
    const path = each.get("path");
    const text = [path, operation.get("summary"), operation.get("operationId"), each.get("method")].join(" ").toLowerCase();
    return (!service || path.startsWith(`/v1/${service}/`)) && words.every((word) => text.includes(word));
  };
  return groups
    .map((group) => group.set("operations", group.get("operations").filter(fits)))
    .filter((group) => group.get("operations").size > 0);
}

function show() {
  const words = element("search").value.trim();
  ui.layoutActions.updateFilter(`${service}/${words}`);
  if (!words) return;
  for (const tag of matching(ui.specSelectors.taggedOperations()).keySeq()) ui.layoutActions.show(["operations-tag", tag], true);
}

async function showStates() {
  const answer = await fetch("/health/ready");
  const services = answer.ok ? (await answer.json()).services : {};
  for (const dot of document.querySelectorAll("i[data-state]")) {
    dot.className = services[dot.dataset.state] || "down";
    dot.title = TEXTS[dot.className];
  }
}

function translate(root) {
  for (const input of root.querySelectorAll("[placeholder]")) input.placeholder = WORDS[input.placeholder] || input.placeholder;
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (node.parentElement.closest("pre, code, textarea, .markdown")) continue;
    const word = WORDS[node.data];
    if (word) node.data = word;
  }
}

ui = SwaggerUIBundle({
  url: `/docs/openapi.${LANGUAGE}.json`,
  dom_id: "#operations",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  plugins: [{ fn: { opsFilter: matching } }],
  tryItOutEnabled: true,
  persistAuthorization: false,
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["Accept-Language"] = LANGUAGE;
    return request;
  },
  onComplete: () => {
    resume();
    if (LANGUAGE === "zh") translate(document.body);
  },
});

if (LANGUAGE === "zh") {
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) translate(node);
  }).observe(element("operations"), { childList: true, subtree: true });
}
showStates().catch(() => undefined);
