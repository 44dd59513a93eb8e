"""Writing a name so that ways of writing it agree: variant characters, sound, order (异体字与同音).

The table pairs a variant or traditional character (异体字、繁体字) with the one of the General Standard (通用规范汉字表)
that offices write for it. It holds what occurs in names; it decides nothing but that two writings may be one.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from minzheng.kernel.people.names import is_han, pinyin_key, split_name

# Standard character, then what is written for it. Since 2013 some variants (喆、昇) are standard in names
# themselves, and 肖、闫 are surnames of their own: agreeing here is evidence and no proof.
_GROUPS = (
    "峰峯 群羣 启啟啓 岩巖 杰傑 哲喆 灵靈 溪谿 村邨 志誌 晋晉 并並併 秋秌 韵韻 德悳 修脩 昇升陞 昆崑 "
    "吴吳 吕呂 黄黃 陈陳 张張 刘劉 杨楊 赵趙 孙孫 马馬 郑鄭 谢謝 韩韓 冯馮 邓鄧 许許 萧蕭肖 叶葉 苏蘇 卢盧 蒋蔣 贾賈 阎閻闫 "
    "钟鍾鐘锺 谭譚 陆陸 顾顧 龚龔 龙龍 万萬 钱錢 汤湯 罗羅 聂聶 齐齊 庄莊 严嚴 颜顏 诸諸 华華 国國 军軍 伟偉 强強 丽麗 红紅 兰蘭 "
    "凤鳳 云雲 钰鈺 宝寶寳 贵貴 荣榮 义義 礼禮 庆慶 寿壽 锋鋒 亚亞 爱愛 梦夢 静靜 莹瑩 艳艷豔 娇嬌 琼瓊 娴嫻嫺 弥彌 泽澤 涛濤 "
    "润潤 洁潔 济濟 渊淵 沈瀋 汇匯 乐樂 学學 书書 东東 来來 长長 门門 开開 关關 阳陽 阴陰 宁寧甯 宽寬 实實 鸿鴻 鹏鵬 鹤鶴 鸣鳴 "
    "骏駿 骥驥 凯凱 刚剛 剑劍劒 创創 劲勁 励勵 勋勳勛 卫衛衞 双雙 叙敘敍 园園 圆圓 坚堅 备備 奋奮 奖獎 尧堯 岁歲 岗崗 岛島 岭嶺 "
    "师師 广廣 应應 庐廬 录錄録 彦彥 征徵 恒恆 悦悅 扬揚 斋齋 时時 显顯 晓曉 晖暉 暖煖 权權 柏栢 栋棟 树樹 桥橋 楼樓 欢歡 毕畢 "
    "气氣 汉漢 滨濱 灯燈 炜煒 炼煉 烨燁 焕煥 照炤 独獨 玮瑋 环環 珏玨 珍珎 现現 画畫 畅暢 皓皜 盖蓋 监監 盘盤 睿叡 禄祿 种種 积積 "
    "稳穩 竞競 笔筆 笺箋牋 粮糧 纪紀 纬緯 纯純 纲綱 练練 绍紹 经經 绒絨 结結 绣繡綉 继繼 绪緒 绮綺 维維 绵綿 绿綠 缨纓 耀燿 "
    "联聯 聪聰 肃肅 胜勝 脉脈 艺藝 节節 芦蘆 苇葦 范範 荐薦 莲蓮 获獲 营營 蓝藍 蔷薔 见見 观觀 规規 觉覺 计計 认認 记記 证證 诗詩 "
    "诚誠 语語 诺諾 谊誼 谋謀 谦謙 贝貝 贞貞 贤賢 赞贊讚 跃躍 车車 轩軒 轮輪 辉輝煇 达達 迁遷 运運 远遠 连連 选選 邹鄒 里裏裡 "
    "针針鍼 钊釗 钢鋼 钦欽 铁鐵 铃鈴 铭銘 银銀 锦錦 镇鎮 闽閩 阁閣 随隨 雁鴈 雕彫 韦韋 项項 顺順 须須 颂頌 领領 风風 飞飛 饶饒 "
    "驰馳 骄驕 鱼魚 鲁魯 鲜鮮 麦麥 党黨 龄齡 "
)  # fmt: skip
_STANDARD = {variant: group[0] for group in _GROUPS.split() for variant in group[1:]}
VARIANTS: dict[str, str] = {group[0]: group[1:] for group in _GROUPS.split()}
"""Standard character → what is written for it."""

_IGNORED = str.maketrans("", "", "·• -'’.,")


@lru_cache(maxsize=200_000)
def plain(name: str) -> str:
    """Standard characters in half width without spaces and interpuncts, in lower case.

    >>> plain("劉曉峯"), plain("阿依古丽·买买提"), plain("Mary Ann")
    ('刘晓峰', '阿依古丽买买提', 'maryann')
    """
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_IGNORED)
    return "".join(_STANDARD.get(sign, sign) for sign in folded)


def standard(name: str) -> str:
    """The name in standard characters, otherwise as it is.

    >>> standard("劉曉峯")
    '刘晓峰'
    """
    return "".join(_STANDARD.get(sign, sign) for sign in name)


@lru_cache(maxsize=200_000)
def sound(name: str) -> str:
    """How a name sounds, without tones, standard characters first.

    >>> sound("章晓峯") == sound("张小锋")
    True
    """
    written = standard(name)
    return pinyin_key(written).replace(" ", "") if any(map(is_han, written)) else plain(name)


@lru_cache(maxsize=200_000)
def signs(name: str) -> str:
    """The characters of a Chinese name, or the words of another one, in a fixed order: turned names agree.

    >>> signs("晓峰刘") == signs("刘晓峰"), signs("Ann Mary") == signs("Mary Ann")
    (True, True)
    """
    folded = plain(name)
    if any(map(is_han, folded)):
        return "".join(sorted(folded))
    words = unicodedata.normalize("NFKC", name).casefold().replace("·", " ").split()
    return " ".join(sorted(words))


@lru_cache(maxsize=200_000)
def surname(name: str) -> str:
    """How the surname sounds; the first word of a name that has none.

    >>> surname("諸葛亮"), surname("欧阳娜"), surname("Mary Ann")
    ('zhuge', 'ouyang', 'mary')
    """
    family, given = split_name(standard(name))
    if family:
        return pinyin_key(family).replace(" ", "")
    return given.replace("·", " ").split(" ")[0].casefold()
