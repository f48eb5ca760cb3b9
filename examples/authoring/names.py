"""Names for people who have no part of their own in the story, drawn in a fixed order."""

import random

SURNAMES = [
    "王wang",
    "李li",
    "张zhang",
    "刘liu",
    "陈chen",
    "杨yang",
    "赵zhao",
    "黄huang",
    "周zhou",
    "吴wu",
    "徐xu",
    "孙sun",
    "胡hu",
    "朱zhu",
    "高gao",
    "林lin",
    "何he",
    "郭guo",
    "马ma",
    "罗luo",
    "梁liang",
    "宋song",
    "郑zheng",
    "谢xie",
    "韩han",
    "唐tang",
    "冯feng",
    "于yu",
    "董dong",
    "萧xiao",
    "程cheng",
    "曹cao",
    "袁yuan",
    "邓deng",
    "许xu",
    "傅fu",
    "沈shen",
    "曾zeng",
    "彭peng",
    "吕lv",
    "苏su",
    "卢lu",
    "蒋jiang",
    "蔡cai",
    "贾jia",
    "丁ding",
    "魏wei",
    "薛xue",
    "叶ye",
    "阎yan",
    "余yu",
    "潘pan",
    "杜du",
    "戴dai",
    "夏xia",
    "钟zhong",
    "汪wang",
    "田tian",
    "任ren",
    "姜jiang",
    "范fan",
    "方fang",
    "石shi",
    "姚yao",
    "谭tan",
    "廖liao",
]
GIVEN = [
    "子涵zihan",
    "雨桐yutong",
    "浩然haoran",
    "欣怡xinyi",
    "俊杰junjie",
    "思远siyuan",
    "晓东xiaodong",
    "佳宁jianing",
    "志远zhiyuan",
    "丽萍liping",
    "建国jianguo",
    "海燕haiyan",
    "文静wenjing",
    "立新lixin",
    "春梅chunmei",
    "国强guoqiang",
    "秀英xiuying",
    "明辉minghui",
    "梦瑶mengyao",
    "天宇tianyu",
    "晨曦chenxi",
    "一凡yifan",
    "若兰ruolan",
    "嘉豪jiahao",
    "诗涵shihan",
    "振华zhenhua",
    "玉洁yujie",
    "永康yongkang",
    "雪莹xueying",
    "宏伟hongwei",
    "静怡jingyi",
    "泽宇zeyu",
    "慧敏huimin",
    "博文bowen",
    "可欣kexin",
    "少峰shaofeng",
    "婉清wanqing",
    "凯旋kaixuan",
    "佩琪peiqi",
    "启航qihang",
    "燕飞yanfei",
    "亦辰yichen",
    "淑贞shuzhen",
    "云帆yunfan",
    "小满xiaoman",
    "星河xinghe",
    "冬梅dongmei",
    "劲松jinsong",
    "依诺yinuo",
    "德胜desheng",
    "美琳meilin",
    "家明jiaming",
    "念慈nianci",
    "书豪shuhao",
]

MOST_NAMESAKES = 2


def _parts(entry: str) -> tuple[str, str]:
    hanzi = "".join(letter for letter in entry if not letter.isascii())
    return hanzi, entry[len(hanzi) :]


def stream(seed: int, taken: set[str]) -> list[tuple[str, str]]:
    """Return (name, pinyin "given.surname") pairs in a fixed order, none of them in `taken`."""
    pairs = [(surname, given) for surname in SURNAMES for given in GIVEN]
    random.Random(seed).shuffle(pairs)  # noqa: S311 - made-up names, nothing secret
    found: list[tuple[str, str]] = []
    used_given: dict[str, int] = {}
    for surname, given in pairs:
        family, family_pinyin = _parts(surname)
        own, own_pinyin = _parts(given)
        if family + own in taken or used_given.get(own, 0) >= MOST_NAMESAKES:
            continue
        used_given[own] = used_given.get(own, 0) + 1
        found.append((family + own, f"{own_pinyin}.{family_pinyin}"))
    return found
