"""Pictures without what a camera writes beside them: where, when, with what and by whom.

JPEG and PNG are rows of marked pieces. Those that hold such notes are left out and all others are
copied as they are: nothing is drawn and nothing compressed anew. Only which side is up is kept.
"""

import re
import struct
import zlib
from collections.abc import Iterator

FILL = re.compile(rb"\xff+")
# In the drawing itself a 0xFF is followed by a zero, or is a mark to start again.
NEXT = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
STANDALONE = {0x01, *range(0xD0, 0xD8)}
START, END, APP1, APP2, APP13, COMMENT = 0xDA, 0xD9, 0xE1, 0xE2, 0xED, 0xFE
FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
MOST_PIECES = 20_000  # of one picture: more than any program writes
EXIF = b"Exif\0\0"
ORIENTATION, SHORT = 0x0112, 3
UPRIGHT, TURNED = 1, range(2, 9)
NOTES = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}  # of a PNG
SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Broken(ValueError):
    """It is no whole picture of its kind."""


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Of a JPEG: each marker with where its piece begins and ends, up to the end of the picture.

    The drawing belongs to the piece before it. Raises Broken; the work follows the pieces, not the
    bytes, so filler costs nothing.
    """
    at = 2
    for _piece in range(MOST_PIECES):
        fill = FILL.match(data, at)
        if fill is None or fill.end() >= len(data):
            raise Broken
        marker, begins, at = data[fill.end()], fill.end() - 1, fill.end() + 1
        if marker not in STANDALONE | {END}:
            at = after(data, at, marker)
        yield marker, begins, at
        if marker == END:
            return
    raise Broken


def after(data: bytes, at: int, marker: int) -> int:
    """Where a piece with a length ends, and for the start of a scan the scan too."""
    if at + 2 > len(data):
        raise Broken
    [length] = struct.unpack(">H", data[at : at + 2])
    ends = at + int(length)
    if marker != START:
        return ends
    found = NEXT.search(data, ends)
    if found is None:
        raise Broken
    return found.start()


def size_of_jpeg(data: bytes) -> tuple[int, int]:
    """Width and height, as the first frame says. Raises Broken."""
    for marker, begins, ends in segments(data):
        if marker in FRAMES and ends - begins > len("xxxxxhhww"):
            height, width = struct.unpack(">HH", data[begins + 5 : begins + 9])
            return width, height
    raise Broken


def bare_jpeg(data: bytes) -> bytes:
    """Raises Broken. What stands after the end of the picture goes too."""
    kept, turned = [], UPRIGHT
    for marker, begins, ends in segments(data):
        piece = data[begins:ends]
        if is_note(marker, piece):
            turned = orientation(piece) if piece[4:10] == EXIF else turned
        else:
            kept.append(piece)
    return b"".join([data[:2], exif_of(turned), *kept])


def is_note(marker: int, piece: bytes) -> bool:
    """EXIF and XMP, what agencies write, comments, and the list of further pictures in the file."""
    return marker in {APP1, APP13, COMMENT} or (marker == APP2 and piece[4:8] == b"MPF\0")


def orientation(piece: bytes) -> int:
    """How the picture is turned by its EXIF; upright where that cannot be read."""
    table = piece[10:]
    order = {b"II": "<", b"MM": ">"}.get(table[:2])
    try:
        [first] = struct.unpack(f"{order}I", table[4:8]) if order else [len(table)]
        [count] = struct.unpack(f"{order or '>'}H", table[first : first + 2])
        for at in range(first + 2, first + 2 + 12 * count, 12):
            tag, kind, _count, value = struct.unpack(f"{order}HHIH", table[at : at + 10])
            if (tag, kind) == (ORIENTATION, SHORT):
                return value if value in TURNED else UPRIGHT
    except struct.error:
        return UPRIGHT
    return UPRIGHT


def exif_of(turned: int) -> bytes:
    """An EXIF that says nothing but how the picture is turned; none for one that is not."""
    if turned == UPRIGHT:
        return b""
    entry = struct.pack(">HHIHH", ORIENTATION, SHORT, 1, turned, 0)
    table = EXIF + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return struct.pack(">BBH", 0xFF, APP1, len(table) + 2) + table


def pieces(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Of a PNG up to its end: kind, and the piece as it stands. Raises Broken where one is cut
    short or changed, and where something follows the last.
    """
    at, kind, count = len(SIGNATURE), b"", 0
    while kind != b"IEND":
        count += 1
        if at + 12 > len(data) or count > MOST_PIECES:
            raise Broken
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        end = at + 12 + length
        check = struct.pack(">I", zlib.crc32(data[at + 4 : end - 4]))
        if end > len(data) or data[end - 4 : end] != check:
            raise Broken
        yield kind, data[at:end]
        at = end
    if at != len(data):
        raise Broken


def bare_png(data: bytes) -> bytes:
    """Raises Broken."""
    return SIGNATURE + b"".join(piece for kind, piece in pieces(data) if kind not in NOTES)
