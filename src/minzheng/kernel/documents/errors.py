"""What can be wrong with a text that is to be set."""

from __future__ import annotations


class MissingCharacters(ValueError):
    """Some characters of the document cannot be shown; `characters` lists them in the order of their codes."""

    def __init__(self, title: str, characters: list[str]) -> None:
        self.characters = characters
        listed = "、".join(f"{character!r}（U+{ord(character):04X}）" for character in characters)
        super().__init__(
            f"《{title}》中有字库没有的字：{listed}。请把含有这些字的字体放进 MINZHENG_FONTS 目录，"
            f'或者以 on_missing="mark" 用〓代替 / '
            f'no font has {listed} of "{title}"; put a font that has them into MINZHENG_FONTS, '
            f'or pass on_missing="mark"'
        )


class MissingFontFolder(RuntimeError):
    """The setting MINZHENG_FONTS names a folder that is not there."""
