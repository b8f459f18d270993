"""Printed digits: masks drawn with the fonts that matplotlib ships."""

from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hw2.raw.starter.splits import Split, check_split

# Every bundled text font with upright lining digits: DejaVu and STIX (after Times) train,
# Computer Modern (its sans, roman, bold and typewriter faces) is kept for val.
_DEJAVU = [
    f"DejaVu{family}{style}"
    for family, styles in {
        "Sans": ("", "-Bold", "-Oblique", "-BoldOblique"),
        "SansMono": ("", "-Bold", "-Oblique", "-BoldOblique"),
        "Serif": ("", "-Bold", "-Italic", "-BoldItalic"),
    }.items()
    for style in styles
]
_STIX = ["STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"]
_COMPUTER_MODERN = ["cmss10", "cmr10", "cmb10", "cmtt10"]
FONTS: dict[str, tuple[str, ...]] = {
    "train": (*_DEJAVU, *_STIX),
    "val": tuple(_COMPUTER_MODERN),
}

GLYPH_HEIGHT = 48  # pixels, of the digit zero
CANVAS = 96  # pixels


def font_names(split: Split) -> tuple[str, ...]:
    """File stems of the fonts that `split` may use; no family is in both splits."""
    check_split(split)
    return FONTS[split]


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", f"{name}.ttf")
    # The basic layout engine is in every build of Pillow; Raqm is not, and places differently.
    engine = ImageFont.Layout.BASIC
    trial = ImageFont.truetype(str(path), 100, layout_engine=engine)
    _, top, _, bottom = _ink(trial, "0")
    return ImageFont.truetype(str(path), 100 * GLYPH_HEIGHT / (bottom - top), layout_engine=engine)


def _ink(font: ImageFont.FreeTypeFont, text: str) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the inked pixels; Pillow's own box reaches to the advance."""
    x, y = font.getbbox(text)[:2]
    left, top, right, bottom = font.getmask(text).getbbox()
    return x + left, y + top, x + right, y + bottom


def draw_number(font_name: str, before: str, digit: str, after: str, gap: float) -> np.ndarray:
    """A number whose `digit` stands in the middle of the canvas; what does not fit is cut off.

    Args:
        before: the digits left of it.
        after: the digits right of it.
        gap: additional space between digits, in pixels.

    Returns:
        (CANVAS, CANVAS) uint8, 0 ground to 255 ink.
    """
    font = _font(font_name)
    picture = Image.new("L", (CANVAS, CANVAS))
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = _ink(font, digit)
    x, y = (CANVAS - left - right) / 2, (CANVAS - top - bottom) / 2
    draw.text((x, y), digit, fill=255, font=font)
    end = x
    for character in reversed(before):
        end -= font.getlength(character) + gap
        draw.text((end, y), character, fill=255, font=font)
    start = x + font.getlength(digit) + gap
    for character in after:
        draw.text((start, y), character, fill=255, font=font)
        start += font.getlength(character) + gap
    return np.asarray(picture)
