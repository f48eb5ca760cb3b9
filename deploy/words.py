"""What the start on one machine prints, in Chinese and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Words:
    """The lines in one language; the braces are filled in by the launcher."""

    language: str
    starting: str
    postgres: str
    migrated: str
    ready: str
    quarter: str
    there_already: str
    up: str
    next_commands: str
    staying: str
    stopping: str


_SIGN_IN: Final = """
  TOKEN=$(curl -s {gateway}/v1/sign_in -H 'Content-Type: application/json' \\
    -d "{{\\"login\\": \\"administrator\\", \\"password\\": \\"$(cat {password})\\"}}" \\
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
  INVITATION=$(curl -s {gateway}/v1/org/accounts -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' \\
    -d '{{"login": "hr", "name": "HR", "role_assignments": [{{"role": "hr"}}]}}' \\
    | python3 -c 'import json, sys; print(json.load(sys.stdin)["invitation"]["token"])')
  curl -s {gateway}/v1/invitations/accept -H 'Content-Type: application/json' \\
    -d "{{\\"token\\": \\"$INVITATION\\", \\"password\\": \\"First-Company-2026\\"}}"
  curl -s {gateway}/v1/org/units -H "Authorization: Bearer $TOKEN"
"""
"""The first steps in an empty installation: sign in, make an account for HR, set its password, look around."""

OF: Final[Mapping[str, Words]] = {
    "en": Words(
        language="en",
        starting="Starting Merit",
        postgres="PostgreSQL is up on port {port}",
        migrated="the schemas are migrated",
        ready="org, appraisal, incentive and the gateway answer",
        quarter="the example company lives through its quarter 2026-Q1",
        there_already="the example company and its quarter are there; how it went is in {report}",
        up=(
            "\nMerit is up.\n"
            "  API           {gateway}/v1/…\n"
            "  documentation {gateway}/docs\n"
            "  first sign-in administrator, password in {password}\n"
            "                second.administrator, password in {second_password}\n"
            "  logs          {logs}"
        ),
        next_commands=(
            "\nWhile it is empty, begin with these commands; after them second.administrator releases the role "
            f"(the guide: docs/first-company.md):\n{_SIGN_IN}"
        ),
        staying="Ctrl-C stops it; the data stays in {data}.",
        stopping="Stopping …",
    ),
    "zh": Words(
        language="zh",
        starting="正在启动 Merit",
        postgres="PostgreSQL 已启动，端口 {port}",
        migrated="数据库结构已迁移",
        ready="org、appraisal、incentive 与统一入口均已就绪",
        quarter="示例公司开始经历 2026 年第一季度",
        there_already="示例公司及其季度数据已存在，当时的过程见 {report}",
        up=(
            "\nMerit 已启动。\n"
            "  接口     {gateway}/v1/…\n"
            "  接口文档 {gateway}/docs\n"
            "  首次登录 administrator，密码见 {password}\n"
            "           second.administrator，密码见 {second_password}\n"
            "  日志     {logs}"
        ),
        next_commands=(
            "\n系统中尚无数据时，请先依次执行以下命令，再由 second.administrator 确认角色"
            f"（完整步骤见 docs/first-company.zh.md）：\n{_SIGN_IN}"
        ),
        staying="按 Ctrl-C 停止；数据保留在 {data}。",
        stopping="正在停止 …",
    ),
}
