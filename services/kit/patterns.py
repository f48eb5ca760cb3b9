"""Forms of text that the API and files take alike, and what each means for people."""

from collections.abc import Mapping
from typing import Final

from services.kit.errors import Text

CODE: Final = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}$"
EMAIL: Final = r"^[^@\s]+@[^@\s]+$"
GRADE: Final = r"^[A-Za-z0-9+\-]{1,16}$"
LINK: Final = r"^https?://\S+$"
MONTH: Final = r"^\d{4}-(0[1-9]|1[0-2])$"
NO_SPACES: Final = r"^\S+$"
PERIOD: Final = r"^\d{4}(-(Q[1-4]|H[12]|\d{2}))?$"
SHA_256: Final = r"^[0-9a-f]{64}$"

PATTERN_NAMES: Final[Mapping[str, Text]] = {
    CODE: Text(
        "编码只含字母、数字、点、横线、下划线，以字母或数字开头，至多 64 个字符",
        "a code of letters, digits, dots, dashes and underscores that begins with a letter or digit, at most 64 long",
    ),
    PERIOD: Text("2026、2026-H1、2026-Q1 或 2026-03", "2026, 2026-H1, 2026-Q1 or 2026-03"),
    MONTH: Text("月份，例如 2026-03", "a month such as 2026-03"),
    LINK: Text("以“http://”或“https://”开头的网址", "an address that begins with http:// or https://"),
    r"^[A-Z]{3}$": Text("三个大写字母，例如 CNY", "three capital letters such as CNY"),
    NO_SPACES: Text("不含空格的文本", "text without spaces"),
    EMAIL: Text("电子邮箱地址", "an e-mail address"),
    SHA_256: Text("读取时得到的 64 位哈希值", "the hash of 64 digits as it was read"),
    GRADE: Text("等级，例如 A", "a grade such as A"),
}
