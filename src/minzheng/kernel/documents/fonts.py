"""Which fonts a document is set in.

The environment brings Noto Sans SC (黑) and Noto Serif SC (宋), free and embeddable, with the characters of nearly every
name. The fonts that GB/T 9704 names are licensed: a bureau that owns them puts the files into the folder that the setting
`MINZHENG_FONTS` names, and they are used from then on. Any other font in that folder helps out where a rare character
is missing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings

from minzheng.kernel.documents.errors import MissingFontFolder

# For each part of a page the families that may serve, the proper one first. Names are as font files give them.
_WANTED: dict[str, tuple[str, ...]] = {
    "title": ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋_GBK"),
    "body": ("仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "FandolFang R", "FandolFang"),
    "heading": ("黑体", "SimHei", "FandolHei"),
    "kai": ("楷体_GB2312", "KaiTi_GB2312", "楷体", "KaiTi", "FandolKai"),
    "song": ("宋体", "SimSun"),
    "sans": (),
}
_SUPPLIED = {"heading": "Noto Sans SC", "sans": "Noto Sans SC"}
_SUPPLIED_ELSE = "Noto Serif SC"


def font_folder() -> Path | None:
    """The bureau's own folder of licensed fonts, None where none is set.

    Raises:
        MissingFontFolder: it is set and is no folder.
    """
    named = getattr(settings, "MINZHENG_FONTS", None)
    if not named:
        return None
    folder = Path(named)
    if not folder.is_dir():
        raise MissingFontFolder(
            f"字体目录不存在：{folder}，请检查设置 MINZHENG_FONTS / "
            f"no such font folder: {folder}; correct the setting MINZHENG_FONTS or remove it"
        )
    return folder


@cache
def fonts_in(folder: Path | None) -> typst.Fonts:
    """The fonts of the environment and of the bureau's folder, read once; never those of the machine by chance."""
    folders = [pylopdf_fonts_zh_cn.sans_path().parent]
    if folder:
        folders.append(folder)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@cache
def choose_fonts(folder: Path | None) -> dict[str, Any]:
    """For each part of a page the families to set it in, by preference.

    `title-weight` is the hairline (in em) that makes a regular Song as strong as 小标宋, 0 where that font is there.
    """
    present = {family.casefold(): family for family in fonts_in(folder).families()}
    chosen: dict[str, Any] = {}
    for part, wanted in _WANTED.items():
        found = [present[name.casefold()] for name in wanted if name.casefold() in present]
        chosen[part] = [*found[:1], _SUPPLIED.get(part, _SUPPLIED_ELSE)]
    chosen["title-weight"] = 0 if len(chosen["title"]) > 1 else 0.035
    return chosen
