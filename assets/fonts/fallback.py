#!/usr/bin/env python3
"""Makes fallback.ttf, the font for Chinese, Japanese and Korean on systems that have none.

Usage: fallback.py DroidSansFallback.ttf NotoSans-Regular.ttf fallback.ttf

The first is in Debian's package fonts-droid-fallback, the second in fyne.io/fyne/v2 below
theme/font. It needs fontTools (Debian: python3-fonttools).

Fyne asks the theme's font for each character first, and its own Noto Sans next. So that
Latin text and digits stay Noto Sans, the characters that Noto Sans has are taken out. The
space stays, as a space is drawn by the font of what is before it, but gets Noto Sans's
width. And since Fyne puts each stretch of a line on the base line of its own font, the
ascent is made Noto Sans's, so that Chinese does not stand higher than what is around it.
"""

import sys

from fontTools.ttLib import TTFont

SPACE = 0x20
FAMILY = "Partway Fallback"
UNUSED = ("GSUB", "GPOS", "GDEF", "vhea", "vmtx")


def main(source, latin, target):
    font, noto = TTFont(source, recalcTimestamp=False), TTFont(latin)
    taken = set(noto.getBestCmap()) - {SPACE}
    for table in font["cmap"].tables:
        table.cmap = {c: g for c, g in table.cmap.items() if c >= SPACE and c not in taken}
    for tag in UNUSED:
        if tag in font:
            del font[tag]
    scale = font["head"].unitsPerEm / noto["head"].unitsPerEm
    for name in ("ascent", "descent", "lineGap"):
        setattr(font["hhea"], name, round(getattr(noto["hhea"], name) * scale))
    space, bearing = font.getBestCmap()[SPACE], 0
    font["hmtx"][space] = (round(noto["hmtx"][noto.getBestCmap()[SPACE]][0] * scale), bearing)
    for record in list(font["name"].names):
        if record.nameID in (1, 4, 6):
            value = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY
            font["name"].setName(value, record.nameID, record.platformID, record.platEncID, record.langID)
    font.save(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
