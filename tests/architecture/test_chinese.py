"""The rules of the Chinese texts that a program can hold: terms, code words, typography, endings (PLT-08)."""

import re

import pytest

from services.kit.identity import ROLE_NAMES
from tests.architecture.chinese import FILLED, everything

pytestmark = pytest.mark.req("PLT-08")

ALL = everything()
HAN = "\u3400-\u9fff"

# Names of formats, headers and things that Chinese readers call by their Latin name.
NAMES = re.compile(
    r"\b(CNY|PIP|IDP|CSV|XLSX|JSON Web Key Set|JSON|UTF-8|GB18030|UUID|ETag|HTTP|CloudEvents 1\.0|If-Match"
    r"|Idempotency-Key|Excel"
    r"|DNS|trace_id|next|webhook-\w+|ID|SHA-256|Accept-Language|Retry-After|Merit|SMART|RFC|ISO|PDF|SVG"
    r"|Bearer|Standard Webhooks|gzip|multipart|https)\b"
)
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
CODE = re.compile(r"`[^`]*`")
FIELD = re.compile(r"（[/A-Za-z_][A-Za-z0-9_.*= /+-]*）")

# What is written -> what it is called. The first is a word of the code, of a court, of a translation or of slang.
AVOIDED = {
    "地方版本": "实施细则",
    "复审": "评估",
    "直线经理": "直接上级",
    "发展阶梯": "职业发展通道",
    "客户端系统": "接入系统",
    "人才委员会": "人才发展委员会",
    "停薪留职": "无薪假",
    "缺勤": "请假",
    "休假记录": "请假记录",
    "最后工作日": "最后在职日",
    "解约": "解除劳动合同",
    "辞退": "解除劳动合同",
    "开除": "解除劳动合同",
    "末位淘汰": "等级调整",
    "强制分布": "等级调整",
    "一票否决": "否决项",
    "配额": "等级比例上限",
    "结案": "关闭",
    "管辖": "负责范围",
    "驳回": "不成立",
    "罚扣": "扣回",
    "追缴": "扣回",
    "达成一致": "确认",
    "席位": "编制",
    "座位": "任职",
    "在岗": "在职",
    "接近目标": "贴近目标",
    "扣分制": "按次扣分",
    "评分制": "上级评分",
    "达标制": "达标计分",
    "结转成绩": "往期结转",
    "单元等级系数": "部门系数",
    "个人等级系数": "个人系数",
    "复式账": "会计凭证",
    "死信": "未送达事件",
    "兄弟部门": "其他部门",
    "打法": "策略",
    "冤枉钱": "费用",
    "工资单": "奖金单",
    "底薪": "固定月薪",
    "三百六十度": "360 度",
    "必须": "须",
    "不得": "不能",
    "须且只须": "只选一种",
    "恰好": "须为",
    "你": "您",
    "实际为": "现为",
    "人事管理": "人力资源",
    "键(?!盘)": "编号",
}


def offenders(pattern: re.Pattern[str], *, bare: bool = False) -> list[str]:
    """Where a text holds what it should not; ``bare``: names, quotations and field names are no part of it."""
    return [f"{said.place}: {said.text}" for said in ALL if pattern.search(_bare(said.text) if bare else said.text)]


def _bare(text: str) -> str:
    return NAMES.sub(FILLED, QUOTED.sub(FILLED, FIELD.sub("", CODE.sub(FILLED, text))))


def test_the_texts_are_found() -> None:
    assert len(ALL) > 1500
    assert sum(said.title for said in ALL) > 200


def test_no_code_word_and_no_english_stands_in_a_chinese_sentence() -> None:
    assert offenders(re.compile(r"[A-Za-z]{2,}"), bare=True) == []


@pytest.mark.parametrize("word", AVOIDED)
def test_one_concept_has_one_word(word: str) -> None:
    assert offenders(re.compile(word)) == [], f"call it {AVOIDED[word]}"


def test_punctuation_between_chinese_is_full_width() -> None:
    assert offenders(re.compile(rf"[{HAN}][,;:!?()]|[,;:!?()][{HAN}]|\.\.\."), bare=True) == []


def test_chinese_and_latin_are_set_apart_by_a_space() -> None:
    assert offenders(re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]")) == []


def test_no_space_stands_before_percent_or_beside_full_width_marks() -> None:
    assert offenders(re.compile(r"[0-9] %| [，。；：（）、”]|[，。；：（“、] ")) == []


def test_figures_are_arabic() -> None:
    assert offenders(re.compile("[二三四五六七八九十百]+(天|小时|次|个工作日|分钟|成)")) == []


def test_the_sentence_of_a_refusal_ends_and_an_expectation_does_not_trail_off() -> None:
    endless = [said for said in ALL if said.title and not said.text.endswith("。")]
    assert [f"{said.place}: {said.text}" for said in endless if not said.text.endswith(FILLED)] == []


def test_a_refusal_of_what_is_not_found_does_not_betray_what_is_not_allowed() -> None:
    lone = re.compile(r"^找不到[^，。]*。$")
    assert [f"{said.place}: {said.text}" for said in ALL if said.title and lone.search(said.text)] == []


def test_roles_are_named_in_chinese() -> None:
    assert [name.zh for name in ROLE_NAMES.values() if re.search("[A-Za-z]", name.zh)] == []
