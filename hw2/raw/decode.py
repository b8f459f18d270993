"""One PNG file to one checked array, and many of them in parallel."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from hw2.raw.layouts import Domain
from hw2.raw.stores import MAX_FILE_BYTES, BadFile, Store, shown

SIGNATURE = b"\x89PNG\r\n\x1a\n"
OTHERS = {b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"BM": "BMP", b"RIFF": "WebP"}
# PNG specification, section 11.2.1: colour types, under Pillow's names for them.
MODES = {0: "L", 2: "RGB", 3: "P (palette)", 4: "LA", 6: "RGBA"}
# All that Pillow was seen to raise on files made wrong on purpose, with right checksums.
PNG_ERRORS = (OSError, ValueError, SyntaxError, LookupError, EOFError, struct.error, zlib.error)
CHUNK = 64  # images for each task: long enough to hide a thread's overhead


def decode(content: bytes, domain: Domain) -> np.ndarray:
    """The pixels of a PNG file: (size, size, 3) uint8; grey is repeated over the channels.

    Everything that the header tells is checked before a pixel is decoded, so that a file which
    promises a huge image costs nothing; and every chunk's CRC, which Pillow skips for pixels.

    Raises:
        BadFile: not a whole, undamaged PNG of the domain's size and mode.
    """
    _check_header(content, domain)
    _check_chunks(content)
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as image:
            if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
                raise BadFile("has a camera's orientation mark; turn its pixels, save it without")
            return np.asarray(image.convert("RGB"))
    except UnidentifiedImageError:  # its own message holds a memory address
        raise BadFile("is damaged: its parts make no image") from None
    except PNG_ERRORS as error:
        raise BadFile(f"is damaged: {error}") from None


def decode_all(
    store: Store,
    names: Sequence[str],
    domain: Domain,
    workers: int | None,
    advance: Callable[[int], object],
) -> tuple[np.ndarray, list[str]]:
    """Decode `names` of `store` in threads; Pillow lets go of the lock while it works.

    Args:
        workers: how many threads; None for what suits the machine.
        advance: told how many images are done since it was last called (a progress bar).

    Returns:
        (N, size, size, 3) uint8 in the order of `names`, zero where an image is bad, and a line
        for each bad one.
    """
    images = np.zeros((len(names), domain.size, domain.size, 3), dtype=np.uint8)

    def work(start: int) -> list[str]:
        problems = []
        for index, name in enumerate(names[start : start + CHUNK], start):
            try:
                images[index] = decode(read(name), domain)
            except BadFile as error:
                problems.append(f"{store.place}/{shown(name)}: {error}")
        return problems

    found: list[str] = []
    starts = range(0, len(names), CHUNK)
    with store.reader() as read, ThreadPoolExecutor(workers) as pool:
        for start, problems in zip(starts, pool.map(work, starts), strict=True):
            found += problems
            advance(min(CHUNK, len(names) - start))
    return images, found


def _check_header(content: bytes, domain: Domain) -> None:
    if not content:
        raise BadFile("is empty (0 bytes)")
    if len(content) > MAX_FILE_BYTES:
        raise BadFile(f"is larger than {MAX_FILE_BYTES} bytes; no image of this set can be")
    if not content.startswith(SIGNATURE):
        kinds = [kind for start, kind in OTHERS.items() if content.startswith(start)]
        raise BadFile("is not a PNG file" + (f" but {kinds[0]}" if kinds else ""))
    if len(content) < 33 or content[12:16] != b"IHDR":
        raise BadFile("is damaged or truncated: no whole header")
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    depth, colour = content[24], content[25]
    if (width, height) != (domain.size, domain.size):
        raise BadFile(f"has size {width}x{height}, not {domain.size}x{domain.size}")
    mode = MODES.get(colour, f"unknown (colour type {colour})")
    if mode not in domain.modes:
        raise BadFile(f"has mode {mode}, not {' or '.join(domain.modes)}")
    if depth != 8:
        raise BadFile(f"has mode {mode} with {depth} bits for each value, not 8")


def _check_chunks(content: bytes) -> None:
    kinds = list(_chunks(content))
    if b"IEND" not in kinds:
        raise BadFile("is truncated")
    if b"acTL" in kinds:
        raise BadFile("is animated; one still image is needed")


def _chunks(content: bytes) -> Iterator[bytes]:
    """The type of each chunk up to the end mark: length, type, data, CRC-32 of type and data."""
    at = len(SIGNATURE)
    kind = b""
    while at + 12 <= len(content) and kind != b"IEND":
        end = at + 8 + int.from_bytes(content[at : at + 4], "big")
        kind = content[at + 4 : at + 8]
        if end + 4 > len(content):
            raise BadFile("is truncated")
        if zlib.crc32(content[at + 4 : end]) != int.from_bytes(content[end : end + 4], "big"):
            raise BadFile(f"is damaged: the checksum of its part {kind!r} is wrong")
        yield kind
        at = end + 4
