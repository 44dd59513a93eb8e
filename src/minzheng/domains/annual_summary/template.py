"""The sentences of the summary as they are written (底稿): text with bindings, and a check that no number in them is typed.

`{marriage.pairs_total:对}` is a figure and its form, `{year}` and `{place}` are asked for, `{=《…》}` marks a paper's title, a day or a
quoted name that holds digits. Anything else that reads as a number is refused with its paragraph.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from minzheng.domains.annual_summary.errors import SummaryRefused, TemplateRefused
from minzheng.domains.annual_summary.formatting import COUNTERS, Form, parse_form, suits
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.indicators.summary import summary

PATH = Path(__file__).with_name("template.yaml")
CONTEXT = ("year", "place")
_BRACES = re.compile(r"\{([^{}]*)\}")
_MARKED = re.compile(
    r"《[^《》]+》(第[一二三四五六七八九十百\d]+条)?|“[^“”]+”"
    r"|[0-9]{4}年([0-9]{1,2}月([0-9]{1,2}日)?)?|[^\d]*〔[0-9]{4}〕[0-9]+号"
)
# Something is counted, or a number is one of money or a share.
_MEASURES = rf"(?:{'|'.join(COUNTERS)}|元|倍|成|番|年|月|日|条|场|类|区|街镇)"
_ONES, _TENS, _FORMAL = "一二三四五六七八九两零〇", "十百千万亿", "壹贰叁肆伍陆柒捌玖拾佰仟萬億"
# Digits of every script and numbers in one sign (①, Ⅷ, ½), all below U+20000; characters of the language are told apart below.
_SIGNS = "".join(
    sign
    for sign in map(chr, range(0x20000))
    if unicodedata.category(sign) in ("Nd", "Nl", "No") and sign != "〇"
)
# A number in characters counts where something is counted, or where it has a magnitude (四百三十万老年人); 一 alone is mostly no
# number (统一、一件事), nor is a magnitude alone (千方百计).
_TYPED = re.compile(
    rf"[{_SIGNS}%％]+(?:[.．,，][{_SIGNS}]+)*"
    rf"|[{_ONES}{_TENS}]+分之[{_ONES}{_TENS}点]+|[{_FORMAL}]{{2,}}|[{_FORMAL}]+(?={_MEASURES})"
    rf"|[{_ONES}{_TENS}]*[{_ONES}][{_TENS}][{_ONES}{_TENS}]*"
    rf"|[{_ONES}{_TENS}]*[二三四五六七八九{_TENS}两〇][{_ONES}{_TENS}]*(?=(?:余|多)?{_MEASURES})"
)
# A title or a name may hold a year or an edition; how many or how much is nobody's name, in whatever quotes it stands.
_MEASURED = re.compile(
    rf"(?:[{_SIGNS}]|[{_ONES}{_FORMAL}]+[{_TENS}拾佰仟萬億])[{_SIGNS}.．,，{_ONES}{_TENS}{_FORMAL}]*(?:余|多)?"
    rf"(?:[万亿%％]|(?!年|月|日|条){_MEASURES})"
)


@dataclass(frozen=True, slots=True)
class Binding:
    """A figure by its id, or by its name in the summary's list, and the form it is printed in."""

    figure: str
    form: Form


@dataclass(frozen=True, slots=True)
class Word:
    """A marked name, or one of the things asked for (`year`, `place`)."""

    text: str
    is_asked: bool = False


Piece = str | Binding | Word


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph: its key, its text as written, and the pieces of each sentence."""

    key: str
    text: str
    sentences: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """The whole text, checked."""

    title: str
    office: str
    addressee: str
    district_office: str
    district_addressee: str
    sections: tuple[Section, ...]

    def paragraph(self, key: str) -> Paragraph:
        """A paragraph by its key.

        Raises:
            SummaryRefused: there is none of this key.
        """
        for section in self.sections:
            for one in section.paragraphs:
                if one.key == key:
                    return one
        raise SummaryRefused(f"总结中没有段落 {key} / no paragraph of this key")


@lru_cache(maxsize=2)
def template(path: Path = PATH) -> Template:
    """The template of the platform, or of another file.

    Raises:
        TemplateRefused: a figure nobody knows, a form that does not suit it, or a typed number; every fault with its paragraph.
    """
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    faults: list[str] = []
    sections = tuple(
        Section(
            section["key"],
            section["heading"],
            tuple(_collected(faults, one["key"], "".join(one["sentences"])) for one in section["paragraphs"]),
        )
        for section in told["sections"]
    )
    keys = [one.key for section in sections for one in section.paragraphs]
    faults += [
        f"段落 {key} 重复 / this key is used twice" for key in sorted(set(keys)) if keys.count(key) > 1
    ]
    if faults:
        raise TemplateRefused(faults)
    return Template(
        told["title"],
        told["office"],
        told["addressee"],
        told["district_office"],
        told["district_addressee"],
        sections,
    )


def parse_paragraph(key: str, text: str) -> Paragraph:
    """Reads and checks one paragraph as an official wrote it; each 。 ends a sentence.

    Raises:
        TemplateRefused: as `template`.
    """
    faults: list[str] = []
    made = _collected(faults, key, text.strip())
    if not text.strip():
        faults.append(
            f"段落 {key} 没有文字：请写下内容，或放弃修改 / the paragraph is empty; write it or leave it as it was"
        )
    if faults:
        raise TemplateRefused(faults)
    return made


def bound(paragraphs: Iterable[Paragraph]) -> Iterator[Binding]:
    """Every binding in the order of the text."""
    for paragraph in paragraphs:
        for sentence in paragraph.sentences:
            yield from (piece for piece in sentence if isinstance(piece, Binding))


def _collected(faults: list[str], key: str, text: str) -> Paragraph:
    sentences = [part for part in re.split(r"(?<=。)", text) if part]
    return Paragraph(key, text, tuple(tuple(_pieces(faults, key, sentence)) for sentence in sentences))


def _pieces(faults: list[str], key: str, sentence: str) -> Iterator[Piece]:
    at = 0
    for found in _BRACES.finditer(sentence):
        if found.start() > at:
            yield _plain(faults, key, sentence[at : found.start()])
        yield _piece(faults, key, found[1])
        at = found.end()
    if at < len(sentence):
        yield _plain(faults, key, sentence[at:])


def _plain(faults: list[str], key: str, text: str) -> str:
    for typed in _TYPED.finditer(text):
        faults.append(
            f"段落 {key} 中“{text.strip()}”的“{typed[0]}”是手写数字：请改为指标占位，如 {{marriage.pairs_total:对}}；"
            f"日期、文件名用 {{=…}} 标明 / a typed number: bind a figure, or mark a day or a paper's title with {{=…}}"
        )
    if "{" in text or "}" in text:
        faults.append(f"段落 {key} 的花括号不成对：“{text.strip()}” / a brace without its pair")
    return text


def _piece(faults: list[str], key: str, inside: str) -> Piece:
    if inside in CONTEXT:
        return Word(inside, is_asked=True)
    if inside.startswith("="):
        if not _MARKED.fullmatch(inside[1:]) or _MEASURED.search(inside[1:]):
            faults.append(
                f"段落 {key} 的标记“{inside[1:]}”应为《文件名》、“名称”、年月日或文号，其中不得有数量、金额、比例；数字请绑定指标 / "
                f"a mark holds a title, a quoted name, a day or a document's number, and nothing counted or paid"
            )
        return Word(inside[1:])
    name, _, form_text = inside.partition(":")
    try:
        form = parse_form(form_text)
    except SummaryRefused as error:
        faults.append(f"段落 {key} 的占位 {{{inside}}}：{error}")
        return Word(inside)
    found = registry()
    if found.knows(name):
        unit = found.figure(name).unit
        if not suits(form, unit):
            faults.append(
                f"段落 {key} 的占位 {{{inside}}}：指标单位为 {unit}，不能写作 {form.scale}{form.unit} / the form does not suit the figure's unit"
            )
    elif name not in {one.id for one in summary().figures}:
        faults.append(
            f"段落 {key} 的占位 {{{inside}}}：没有指标 {name}，可用 minzheng figures list 查看 / no such figure"
        )
    return Binding(name, form)
