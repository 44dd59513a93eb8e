"""Finding a service by everyday words (事项搜索): names, words people use, synonyms, pinyin, initials, English.

A hit tells what matched, so that a screen can show why it is there. The best kind of match decides the rank; within a
kind the larger part of the text that was matched, then the catalogue's order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, product
from typing import Generic, Protocol, TypeVar

from pypinyin import Style, pinyin


class Matched(StrEnum):
    """What of an item matched the words."""

    NAME = "name"
    WORD = "word"
    SYNONYM = "synonym"
    PINYIN = "pinyin"
    INITIALS = "initials"
    ENGLISH = "english"
    CODE = "code"
    SUMMARY = "summary"
    CHARACTERS = "characters"


class Findable(Protocol):
    """What can be searched: an item or a joined item."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def summary(self) -> str: ...


Found = TypeVar("Found", bound=Findable)

# The order of the kinds: exact name, word, synonym, prefix, substring, shared characters.
EXACT_NAME, EXACT_WORD, SAID, PREFIX, CONTAINED, IN_SUMMARY, SHARED = 1000, 900, 800, 700, 600, 400, 100
#: A reading may mean other characters, so it stands a little behind the characters themselves.
READING = 10
#: A query in characters that matches by sound alone was mistyped.
HOMOPHONE = 450
#: Fewer initials than these occur in the middle of too many names to mean anything.
LONG_INITIALS = 4
#: Of the pairs of neighbouring characters in the query, how many an item must share.
ENOUGH_SHARED = 0.34
_NOISE = re.compile(r"[\W_]+")
_LATIN = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class SearchHit(Generic[Found]):
    """One item that was found, how well, and by which of its words."""

    item: Found
    score: int
    matched: Matched
    text: str


@dataclass(frozen=True, slots=True)
class Synonym:
    """What people say, and the word of the catalogue that they mean."""

    mean: str
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Term:
    """One text of an item with its readings.

    A reading is its endings, each beginning at a syllable and on a line of its own: one search for a line that begins
    with what was typed finds it anywhere in the text.
    """

    text: str
    plain: str
    matched: Matched
    full: tuple[str, ...]
    initials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Entry(Generic[Found]):
    """An item with everything of it that is compared."""

    item: Found
    terms: tuple[_Term, ...]
    summary: str
    code: str
    english: str
    english_words: tuple[str, ...]


def plain(text: str) -> str:
    """Text as it is compared: one width, small letters, no spaces or signs.

    >>> plain("“老伙伴”计划 ＡＢ")
    '老伙伴计划ab'
    """
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


def readings(text: str, limit: int = 4) -> list[list[str]]:
    """The syllables of a text; several where a character outside a known word has several readings.

    >>> readings("居住证")
    [['ju', 'zhu', 'zheng']]
    """
    options = pinyin(text, style=Style.NORMAL, heteronym=True)
    return [list(reading) for reading in islice(product(*(dict.fromkeys(o) for o in options)), limit)]


def _term(text: str, matched: Matched) -> _Term:
    short = plain(text)
    read = readings(short)
    return _Term(
        text,
        short,
        matched,
        tuple("".join("\n" + "".join(r[start:]) for start in range(len(r))) + "\n" for r in read),
        tuple(dict.fromkeys("".join(s[0] for s in r) for r in read)),
    )


def _entry(item: Found, said: Iterable[str]) -> _Entry[Found]:
    terms = (
        _term(item.name, Matched.NAME),
        *(_term(word, Matched.WORD) for word in item.words),
        *(_term(say, Matched.SYNONYM) for say in said),
    )
    words = tuple(_LATIN.findall(item.name_en.lower()))
    return _Entry(item, terms, plain(item.summary), plain(item.code), plain(item.name_en), words)


class Index(Generic[Found]):
    """A set of items made ready for search."""

    def __init__(self, items: Iterable[Found], synonyms: Iterable[Synonym] = ()) -> None:
        listed = list(items)
        said: dict[str, list[str]] = {}
        for synonym in synonyms:
            for item in listed:
                if is_meant(synonym.mean, item):
                    said.setdefault(item.code, []).extend(synonym.say)
        self._entries = [_entry(item, said.get(item.code, ())) for item in listed]

    def search(self, text: str, *, limit: int = 20) -> list[SearchHit[Found]]:
        """The best hits first; none for an empty text."""
        query = plain(text)
        if not query:
            return []
        tokens = _LATIN.findall(unicodedata.normalize("NFKC", text).lower())
        sound = "".join(readings(query, 1)[0])
        hits = []
        for entry in self._entries:
            ways = [
                *_by_characters(query, entry),
                *_by_sound(query, sound, entry.terms),
                *_by_english(tokens, query, entry),
            ]
            if ways:
                score, matched, why = max(ways, key=lambda way: way[0])
                hits.append(SearchHit(entry.item, score, matched, why))
        hits.sort(key=lambda hit: -hit.score)
        return hits[:limit]


def is_meant(mean: str, item: Findable) -> bool:
    """Whether a synonym's meaning occurs in an item's name or words."""
    return any(mean in text for text in (item.name, *item.words))


Way = tuple[int, Matched, str]


def _part(query: str, text: str) -> int:
    """How much of the longer the shorter is, up to 40."""
    return round(40 * min(len(query), len(text)) / max(len(query), len(text), 1))


def _by_characters(query: str, entry: _Entry[Found]) -> Iterator[Way]:
    exact = {Matched.NAME: EXACT_NAME, Matched.WORD: EXACT_WORD, Matched.SYNONYM: SAID + 50}
    for term in entry.terms:
        said = term.matched is Matched.SYNONYM
        if query == term.plain:
            yield exact[term.matched], term.matched, term.text
        elif len(term.plain) > 1 and term.plain in query:
            # A sentence such as 我想办居住证 names the thing within it.
            yield (SAID if said else CONTAINED) + _part(query, term.plain), term.matched, term.text
        elif term.plain.startswith(query):
            yield (CONTAINED if said else PREFIX) + _part(query, term.plain), term.matched, term.text
        elif query in term.plain:
            yield CONTAINED - (20 if said else 0) + _part(query, term.plain), term.matched, term.text
    if len(query) > 1 and query in entry.summary:
        yield IN_SUMMARY, Matched.SUMMARY, entry.item.summary
    yield from _by_shared_pairs(query, entry.terms)


def _by_shared_pairs(query: str, terms: tuple[_Term, ...]) -> Iterator[Way]:
    pairs = {query[i : i + 2] for i in range(len(query) - 1)}
    if len(pairs) < 2 or query.isascii():
        return
    best = max(terms, key=lambda term: sum(pair in term.plain for pair in pairs))
    share = sum(pair in best.plain for pair in pairs) / len(pairs)
    if share >= ENOUGH_SHARED:
        yield SHARED + round(100 * share), Matched.CHARACTERS, best.text


def _by_sound(query: str, sound: str, terms: tuple[_Term, ...]) -> Iterator[Way]:
    """Full pinyin and initials; for a query in characters only its whole sound, as a mistyped word."""
    typed = query.isascii()
    if len(query) < 2:
        return
    exact = {Matched.NAME: EXACT_NAME, Matched.WORD: EXACT_WORD, Matched.SYNONYM: SAID + 50}
    for term in terms:
        for endings in term.full:
            if f"\n{sound}" not in endings:
                continue
            whole = endings[1 : endings.index("\n", 1)]
            if sound == whole:
                yield exact[term.matched] - READING if typed else HOMOPHONE, Matched.PINYIN, term.text
            else:
                score = (PREFIX if whole.startswith(sound) else CONTAINED) - READING + _part(sound, whole)
                yield score if typed else HOMOPHONE - 50, Matched.PINYIN, term.text
        if typed:
            yield from _by_initials(query, term, exact[term.matched])


def _by_initials(query: str, term: _Term, exact: int) -> Iterator[Way]:
    for initials in term.initials:
        if query == initials:
            yield exact - 2 * READING, Matched.INITIALS, term.text
        elif len(query) > 1 and initials.startswith(query):
            yield PREFIX - 3 * READING + _part(query, initials), Matched.INITIALS, term.text
        elif len(query) >= LONG_INITIALS and query in initials:
            yield CONTAINED - 3 * READING + _part(query, initials), Matched.INITIALS, term.text


def _by_english(tokens: list[str], query: str, entry: _Entry[Found]) -> Iterator[Way]:
    if not tokens or not query.isascii():
        return
    name = entry.item.name_en
    if query == entry.code:
        yield EXACT_NAME, Matched.CODE, entry.item.code
    if query == entry.english:
        yield EXACT_NAME, Matched.ENGLISH, name
    words = entry.english_words
    if len(query) > 2 and all(any(word.startswith(token) for word in words) for token in tokens):
        yield CONTAINED + _part(query, name), Matched.ENGLISH, name
