"""An image file of any usual kind, size and mode to one small array."""

import io
from contextlib import nullcontext
from threading import Lock

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hw2.raw.decode import PNG_ERRORS
from hw2.raw.stores import BadFile

# Pillow knows more, among them some (EPS) for which it runs another program.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
# What damaged files of the other kinds raise besides.
ERRORS = (*PNG_ERRORS, AttributeError, TypeError, OverflowError)
MAX_PIXELS = 50_000_000  # a larger picture takes more memory than the models that would read it
SMALL_PIXELS = 4_000_000
LARGE = Lock()  # pictures of more are decoded one at a time: 50 megapixels take up to 660 MB


def decode_any(content: bytes, size: int) -> np.ndarray:
    """The pixels of an image file: (size, size, 3) uint8; of what, `ImageFolder.chunks` says.

    Raises:
        BadFile: not an undamaged image of the known kinds, or one of too many pixels.
    """
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            large = image.width * image.height > SMALL_PIXELS
            image.verify()  # a PNG's checksums, which decoding does not look at
        with LARGE if large else nullcontext():
            return _pixels(content, size)
    except UnidentifiedImageError:  # its own message holds a memory address
        raise BadFile("is empty" if not content else "is no image of a known kind") from None
    except Image.DecompressionBombError:  # Pillow's own limit, looked at as it opens a file
        raise BadFile(f"has more than {MAX_PIXELS:,} pixels; make it smaller") from None
    except ERRORS as error:
        raise BadFile(f"is damaged: {error}") from None


def _pixels(content: bytes, size: int) -> np.ndarray:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        upright = _rgb(ImageOps.exif_transpose(image))
    if upright.size != (size, size):
        upright = upright.resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(upright)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise BadFile("has floating-point values; save it with 8 bits for each")
    if image.mode.startswith("I"):
        image = _from_16_bits(image)
    if image.has_transparency_data:
        image = image if image.mode == "RGBA" else image.convert("RGBA")
        page = Image.new("RGB", image.size, "white")
        page.paste(image, mask=image)
        return page
    return image if image.mode == "RGB" else image.convert("RGB")


def _from_16_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 0xFFFF:
        raise BadFile("has values outside 16 bits; save it with 8 bits for each")
    values = values.astype(np.uint32) + 128
    values //= 257  # in place: a copy is as large as the picture
    return Image.fromarray(values.astype(np.uint8))
