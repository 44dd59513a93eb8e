"""Names as people write them (姓名), kept as they are: cleaned of what typing added, never of what the person is called.

Characters beyond the Basic Multilingual Plane, the interpunct of Uyghur, Tibetan and Mongolian names and two-character
surnames are ordinary. Markup and formulas are kept as text and flagged: showing and exporting them safely is the work
of the surface, and silently changing a name is worse than a strange one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from pypinyin import lazy_pinyin

LONGEST_NAME = 60
_DOTS = re.compile(r"\s*[·・•‧∙⋅･․•ꞏ᛫●．.]\s*")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]"
)
_SPACES = re.compile(r"\s+")
_MARKUP = re.compile(r"[<>]|&[a-zA-Z#][a-zA-Z0-9]*;|javascript:", re.IGNORECASE)
_FORMULA = re.compile(r"^[=+\-@\t\r|%]")
_DIGITS = re.compile(r"[0-9]")
_TAGS = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_REMARK = re.compile(r"^(.+?)\s*([(（\[【〔][^()（）\[\]【】〔〕]*[)）\]】〕])$")
_TITLES = ("先生", "女士", "小姐", "同志", "老师", "阿姨", "师傅")
# Signs of lists, code or two names in one cell.
_SIGNS = re.compile(r'[\[\]{}"\\/;；,，、_*#$^~]')
_PLACEHOLDERS = frozenset(
    {"不详", "未知", "待查", "待定", "待核", "无名氏", "无名", "某某", "佚名", "测试", "姓名"}
)
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# Two-character surnames (复姓) still borne today; the list orders and searches names and decides nothing else.
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "闾丘",
        "子车",
        "亓官",
        "司寇",
        "巫马",
        "公西",
        "颛孙",
        "壤驷",
        "公良",
        "漆雕",
        "乐正",
        "宰父",
        "谷梁",
        "拓跋",
        "夹谷",
        "轩辕",
        "令狐",
        "段干",
        "百里",
        "呼延",
        "东郭",
        "南门",
        "羊舌",
        "微生",
        "公户",
        "公玉",
        "公仪",
        "梁丘",
        "公仲",
        "公上",
        "公门",
        "公山",
        "公坚",
        "左丘",
        "公伯",
        "西门",
        "公祖",
        "第五",
        "公乘",
        "贯丘",
        "公皙",
        "南荣",
        "东里",
        "东宫",
        "仲长",
        "子书",
        "子桑",
        "即墨",
        "达奚",
        "褚师",
        "纳兰",
        "归海",
        "东阳",
        "叶赫",
        "完颜",
        "那拉",
        "富察",
        "爱新觉罗",
    ]
)
# Readings that surnames have and the same characters elsewhere have not.
_SURNAME_READINGS = {
    "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao", "曾": "zeng", "任": "ren",
    "盖": "ge", "缪": "miao", "翟": "zhai", "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun",
    "澹台": "tan tai", "宓": "mi", "乐": "yue", "覃": "qin", "冼": "xian", "洗": "xian", "华": "hua",
    "过": "guo", "燕": "yan", "员": "yun", "召": "shao", "秘": "bi", "折": "she", "黑": "he", "种": "chong",
    "令狐": "ling hu", "逄": "pang", "晁": "chao", "乜": "nie", "隗": "wei", "柏": "bai", "卜": "bu",
}  # fmt: skip


class Likeness(StrEnum):
    """How two names relate."""

    SAME = "same"
    VARIANT = "variant"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class NameFlag:
    """Something about a name that a person should look at."""

    code: str
    advice: str


@dataclass(frozen=True, slots=True)
class CleanName:
    """A name ready for the register, with what was noticed."""

    value: str
    flags: tuple[NameFlag, ...] = ()

    @property
    def is_usable(self) -> bool:
        """Whether it can stand as somebody's name; an empty one cannot, a flagged one can until corrected."""
        return bool(self.value)

    @property
    def is_suspect(self) -> bool:
        return any(flag.code in ("markup", "formula", "too_long", "digits", "damaged") for flag in self.flags)


def clean_name(text: object) -> CleanName:
    """Composes characters (NFC), unifies the interpunct, drops invisible signs and the spaces within Han names.

    >>> clean_name(" 余　银 ").value, clean_name("阿依古丽•买买提").value, clean_name("张 三 丰").value
    ('余银', '阿依古丽·买买提', '张三丰')
    >>> clean_name("Mary  Ann Smith").value, clean_name("=1+1").flags[0].code
    ('Mary Ann Smith', 'formula')
    """
    raw = unicodedata.normalize("NFC", "" if text is None else str(text))
    value = _SPACES.sub(" ", _INVISIBLE.sub("", raw)).strip()
    if not value:
        return CleanName("", (NameFlag("missing", "缺少姓名，请补填"),))
    flags = []
    if _MARKUP.search(value):
        flags.append(NameFlag("markup", "姓名中含有网页标记，已按普通文字保存，请核对"))
    if _FORMULA.match(value):
        flags.append(NameFlag("formula", "姓名以公式符号开头，已按普通文字保存，请核对"))
    if not flags:
        if _is_mostly_han(value):
            value = _DOTS.sub("·", value).strip("·").replace(" ", "")
        if _DIGITS.search(value):
            flags.append(NameFlag("digits", "姓名中含有数字，请核对"))
    if "\ufffd" in value or "?" in value or "？" in value or any(map(_is_private, value)):
        flags.append(NameFlag("damaged", "姓名中有丢失的字，请核对原件"))
    is_signed = bool(_SIGNS.search(value)) or any(unicodedata.category(sign) == "So" for sign in value)
    # Markup and formulas hold such signs anyway.
    if is_signed and not flags:
        flags.append(NameFlag("symbols", "姓名中含有符号或表情，请核对"))
    if value in _PLACEHOLDERS:
        flags.append(NameFlag("placeholder", "这不像姓名，而像“不知道姓名”，请核对"))
    if len(value) > LONGEST_NAME:
        flags.append(NameFlag("too_long", f"姓名长达 {len(value)} 字，请核对（超过 {LONGEST_NAME} 字）"))
    return CleanName(value, tuple(flags))


def split_remark(name: str) -> tuple[str, str]:
    """The name, and what was written behind it that is no part of it: a remark in brackets, a form of address.

    >>> split_remark("张三（已故）"), split_remark("朱八先生"), split_remark("张先生"), split_remark("王霞")
    (('张三', '（已故）'), ('朱八', '先生'), ('张先生', ''), ('王霞', ''))
    """
    found = _REMARK.match(name) if len(name) <= 2 * LONGEST_NAME else None
    if found and _is_mostly_han(found[1]):
        return found[1], found[2]
    for title in _TITLES:
        bare = name.removesuffix(title)
        if bare != name and len(bare) >= 2 and all(map(is_han, bare)):
            return bare, title
    return name, ""


def says_dead(remark: str) -> bool:
    """Whether a remark beside a name says that its bearer has died.

    >>> says_dead("（已故）"), says_dead("(曾用名:尤石)")
    (True, False)
    """
    return any(word in remark for word in ("故", "亡", "死", "去世", "逝", "殁"))


def _is_private(sign: str) -> bool:
    """A character that only the sender's own fonts know; elsewhere it is another one or none."""
    return unicodedata.category(sign) == "Co"


def split_name(name: str) -> tuple[str, str]:
    """Surname and given name; a name with an interpunct has no surname to split off.

    >>> split_name("诸葛阿军"), split_name("周磊建"), split_name("阿依古丽·买买提")
    (('诸葛', '阿军'), ('周', '磊建'), ('', '阿依古丽·买买提'))
    """
    if "·" in name or not _is_mostly_han(name):
        return "", name
    for size in (4, 2):
        if name[:size] in COMPOUND_SURNAMES and len(name) > size:
            return name[:size], name[size:]
    return name[:1], name[1:]


@lru_cache(maxsize=200_000)
def pinyin_key(name: str) -> str:
    """Syllables in lower case with spaces between, for sorting and search; the same on every machine.

    >>> pinyin_key("单雄信"), pinyin_key("诸葛亮"), pinyin_key("Mary Ann")
    ('shan xiong xin', 'zhu ge liang', 'mary ann')
    """
    short = name[:LONGEST_NAME]
    surname, given = split_name(short)
    reading = _SURNAME_READINGS.get(surname)
    syllables = [reading, *_syllables(given)] if reading else _syllables(surname) + _syllables(given)
    return _SPACES.sub(" ", " ".join(syllables).replace("·", " ")).strip().lower()


def _syllables(text: str) -> list[str]:
    # A name is no phrase: each character has its usual reading, whatever word it forms with the next.
    return [_syllable(sign) for sign in text] if all(map(is_han, text)) else lazy_pinyin(text)


@lru_cache(maxsize=50_000)
def _syllable(sign: str) -> str:
    return str(lazy_pinyin(sign)[0])


def compare_names(one: str, other: str) -> Likeness:
    """Whether two offices may mean one person by these names.

    A variant is the same name after spacing, width and selectors are taken away, a difference of the interpunct
    alone, a name cut short at its first part, or one character that sounds the same (written by ear, or a rare character
    replaced by a common one). Anything else is a different name and for people to judge.

    >>> compare_names("余银", "余 银"), compare_names("陈䶮", "陈岩"), compare_names("周磊建", "龙银")
    (<Likeness.SAME: 'same'>, <Likeness.VARIANT: 'variant'>, <Likeness.DIFFERENT: 'different'>)
    """
    if one == other:
        return Likeness.SAME
    first, second = clean_name(one).value, clean_name(other).value
    if first == second:
        return Likeness.SAME
    plain = [_folded(name) for name in (first, second)]
    if plain[0] == plain[1]:
        return Likeness.VARIANT
    shorter, longer = sorted((first, second), key=len)
    if "·" in longer and len(shorter) >= 2 and longer.startswith(shorter + "·"):
        return Likeness.VARIANT
    if len(plain[0]) == len(plain[1]) >= 2:
        unlike = [(a, b) for a, b in zip(*plain, strict=True) if a != b]
        if len(unlike) == 1 and _may_be_one_character(*unlike[0]):
            return Likeness.VARIANT
    return Likeness.DIFFERENT


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKC", _TAGS.sub("", _VARIATION_SELECTORS.sub("", name)))
    return plain.replace("·", "").replace(" ", "").casefold()


def _may_be_one_character(one: str, other: str) -> bool:
    """Same sound, or a rare character that an old system could not write and replaced by a sign."""
    if one in "?？*■□\ufffd" or other in "?？*■□\ufffd":
        return True
    return _syllable(one) == _syllable(other) != one


def _is_mostly_han(text: str) -> bool:
    letters = [sign for sign in text if sign.isalpha()]
    han = [sign for sign in letters if is_han(sign)]
    return bool(han) and len(han) * 2 > len(letters)


def is_han(sign: str) -> bool:
    """Whether a character is a Chinese one, rare ones beyond the BMP included."""
    point = ord(sign)
    return (
        0x3400 <= point <= 0x4DBF
        or 0x4E00 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0x20000 <= point <= 0x3FFFF
        or point in (0x3007, 0x3005)
    )
