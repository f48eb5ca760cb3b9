"""People with a part of their own in the quarter: who sits where, and how strong a quarter it was.

`strength` is the total that the drawn figures aim at; None lets chance decide.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    position: str
    name: str
    pinyin: str
    strength: int | None = None
    hired: str | None = None
    probation: str | None = None
    left: str | None = None
    fixed_pay: int | None = None


CAST = (
    Member("G00-01", "陈怀川", "huaichuan.chen"),
    Member("C10-01", "周启明", "qiming.zhou"),
    Member("D10-01", "许文博", "wenbo.xu"),
    Member("D30-01", "陆婉宁", "wanning.lu"),
    Member("D31-01", "秦国栋", "guodong.qin"),
    Member("D30-02", "方晴", "qing.fang", 86),
    Member("D30-03", "程雅琴", "yaqin.cheng", 88),
    Member("D30-04", "范思齐", "siqi.fan", 81),
    Member("D31-02", "魏淑芬", "shufen.wei", 87),
    Member("D11-01", "韩卓然", "zhuoran.han", 82),
    Member("D11-02", "林知远", "zhiyuan.lin", 90, fixed_pay=18000),
    Member("D12-01", "梁振邦", "zhenbang.liang", 91),
    Member("D13-01", "沈立群", "liqun.shen", 88),
    Member("D15-01", "曹敏仪", "minyi.cao", 86),
    Member("D17-01", "夏若琳", "ruolin.xia", 89),
    Member("D19-01", "董天佑", "tianyou.dong", 93),
    Member("B40-01", "蒋蓉", "rong.jiang", 87),
    Member("B50-01", "唐一鹏", "yipeng.tang", 79),
    Member("D18-02", "苏曼青", "manqing.su", 97, fixed_pay=18000),
    Member("T121-02", "叶锦程", "jincheng.ye", 98),
    Member("T121-02", "姚一鸣", "yiming.yao", 78, hired="2025-12-01", probation="2026-02-28"),
    Member("T122-02", "邵子轩", "zixuan.shao", 74, hired="2025-12-08", probation="2026-03-05"),
    Member("D17-02", "丁诗雨", "shiyu.ding", 76, hired="2026-01-12", probation="2026-04-11"),
    Member("T123-02", "邱建波", "jianbo.qiu", 66, left="2026-02-28"),
    Member("T123-02", "罗海燕", "haiyan.luo", 75),
    Member("T123-02", "孟庆丰", "qingfeng.meng", 57),
    Member("D20-02", "何晓棠", "xiaotang.he", 84),
    Member("D20-02", "郝志强", "zhiqiang.hao", 82),
    Member("D20-02", "侯丽君", "lijun.hou", 64),
    Member("T151-02", "彭小燕", "xiaoyan.peng", 68),
    Member("D21-02", "顾明哲", "mingzhe.gu", 84),
    Member("D21-02", "白若溪", "ruoxi.bai", 88),
    Member("D21-02", "江一舟", "yizhou.jiang", 79),
    Member("D19-02", "邹雨薇", "yuwei.zou", 96),
    Member("D16-02", "康少安", "shaoan.kang", 63),
    Member("T122-02", "史俊凯", "junkai.shi", 56),
)

TRANSFER = ("何晓棠", "D19-02", "2026-02-16")  # from telemarketing to online marketing
ACTING = ("沈立群", "D14-01", "2025-11-01")  # promotion has had no head since then
CONCURRENT = ("董天佑", "P51-01", "2025-09-01")  # advises the incubation team beside his own post
PROJECT = ("邹雨薇", "P51-02", "2026-02-01")  # online marketer lent to the incubation team

# (name, fixed monthly pay, bonus base or None for the ratio, from)
RAISES = (("林知远", "23400.00", "18000.00", "2026-02-10"),)

MISSING = ("罗海燕", "S03", "2026-02")  # expense rate that finance had not closed
SILENT = (  # (rated, rater): sheets that were never handed in
    ("T152-01", "T152-02"),
    ("D17-02", "D17-03"),
)

CALIBRATED = ("叶锦程", "S", "A", "一季度含一笔上年结转大单，剔除后与同组优秀者相当，经校准会商议评为 A。")
APPEALS = (
    (
        "彭小燕",
        "2026-04-15",
        "3 月 6 日至 8 日电话系统故障，41 通来电被记为未接，接通率不应由本人承担。",
        "成立",
        "B",
        "2026-04-17",
        "已核对系统工单，故障属实，故障时段不计入个人考核，等级改为 B。",
    ),
    (
        "郝志强",
        "2026-04-16",
        "本季名单质量下降，回访工作量明显增加，认为应评为 A。",
        "不成立",
        "",
        "2026-04-20",
        "名单来源全组一致，回访与质检数据核对无误，总分未达到 A 的分数线，维持原等级。",
    ),
)

# (name, role, unit the role reaches over; empty means everywhere)
ROLES = (
    ("陆婉宁", "人力资源", ""),
    ("方晴", "人力资源", ""),
    ("陆婉宁", "人才发展委员会", ""),
    ("程雅琴", "薪酬管理", ""),
    ("范思齐", "薪酬管理", ""),
    ("陆婉宁", "薪酬管理", ""),
    ("秦国栋", "财务", ""),
    ("魏淑芬", "财务", ""),
    ("陈怀川", "高管", ""),
    ("周启明", "高管", ""),
)
