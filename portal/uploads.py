"""What an uploaded file may be: by its name and by what is in it, and how much it may become.

Nothing is opened as a document, and nothing is believed that a file says of itself: formats are
told by their bytes, archives unpacked to be counted and thrown away, pictures measured without
being drawn. Pictures lose what their camera wrote beside them (`pictures`); all else is kept as it
came. What is refused says why, in Danish.
"""

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from flask_babel import gettext as _

from portal import pictures

MEBIBYTE = 2**20
MOST_BYTES = 20 * MEBIBYTE
MOST_UNPACKED = 100 * MEBIBYTE
MOST_PARTS = 2000  # of an archive
MOST_PIXELS = 60_000_000  # A4 at 600 dots an inch, in full, and half as much again
LONGEST_NAME = 120
TAIL = 2048  # of a PDF: what its writers put after its end
# What a program would be called; hidden before the last dot it is meant to be overlooked.
ACTIVE = re.compile(
    r"(app|bat|cmd|com|cpl|dll|exe|hta|html?|jar|jse?|lnk|msc|msi|php|pif|ps1|py|reg|scr|sh|svgz?"
    r"|url|vb[es]|wsf|xht|xhtml|xml)",
    re.I,
)
WORD = "application/vnd.openxmlformats-officedocument"
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": f"{WORD}.wordprocessingml.document",
    "xlsx": f"{WORD}.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "txt": "text/plain; charset=utf-8",
}
SPELLED = {"jpeg": "jpg"}
ACCEPTED = ",".join(f".{kind}" for kind in (*TYPES, *SPELLED))


class Unacceptable(Exception):
    """The file is not taken in; the message is Danish and does not repeat what it is called."""


@dataclass(frozen=True)
class Upload:
    """A file that may be kept. `name` is for people to read: nothing is ever stored under it."""

    name: str
    kind: str  # of TYPES
    data: bytes


def accepted(name: str, data: bytes) -> Upload:
    """Raises Unacceptable."""
    shown = readable(name)
    stem, kind = kind_of(shown)
    if not data:
        raise Unacceptable(_("Filen er tom."))
    if len(data) > MOST_BYTES:
        raise Unacceptable(too_large())
    LOOKS[kind](data)
    short = stem[: LONGEST_NAME - len(kind) - 1].rstrip()
    return Upload(f"{short}.{kind}", kind, bare(kind, data))


def too_large() -> str:
    text: str = _("Filen fylder for meget. Den må højst fylde 20 MB.")
    return text


def readable(name: str) -> str:
    """The name alone, without folders and without signs that nobody sees or that turn the text."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = (sign for sign in last if unicodedata.category(sign)[0] != "C")
    return " ".join("".join(plain).split())


def kind_of(name: str) -> tuple[str, str]:
    """Raises Unacceptable for what is not in the list, or hides what it is."""
    stem, dot, ending = name.rpartition(".")
    kind = SPELLED.get(ending.casefold(), ending.casefold())
    if not dot or not stem.strip(". ") or kind not in TYPES:
        raise Unacceptable(_("Vælg en fil af typen PDF, PNG, JPEG, DOCX, XLSX, ODT eller TXT."))
    if any(ACTIVE.fullmatch(part.strip()) for part in stem.split(".")[1:]):
        raise Unacceptable(_("Filens navn har to endelser. Giv den et andet navn."))
    return stem.strip(), kind


def mismatch() -> Unacceptable:
    return Unacceptable(_("Filens indhold passer ikke til dens type, eller filen er beskadiget."))


def spelled(name: bytes) -> bytes:
    """A sign of a name may stand there by its number (ISO 32000, 7.3.5): /J#61vaScript."""
    return b"".join(b"(?:%c|(?i:#%02x))" % (sign, sign) for sign in name)


RUNS = re.compile(
    rb"/(?:" + b"|".join(map(spelled, (b"JavaScript", b"Launch", b"EmbeddedFile"))) + rb")\b"
)


def look_at_pdf(data: bytes) -> None:
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-TAIL:]:
        raise mismatch()
    refuse_double(data)
    if RUNS.search(data):
        raise Unacceptable(
            _("PDF-filen indeholder programkode eller andre filer. Gem den som en almindelig PDF.")
        )


def refuse_double(data: bytes) -> None:
    """One that is an archive too is read as the one here and as the other there."""
    if zipfile.is_zipfile(io.BytesIO(data)):
        raise mismatch()


def look_at_png(data: bytes) -> None:
    """Every piece is whole and nothing follows the last: a picture is not a wrapping."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        raise mismatch()
    with whole():
        kinds = [kind for kind, _piece in pictures.pieces(data)]
    if kinds[:1] != [b"IHDR"] or b"IDAT" not in kinds:
        raise mismatch()
    refuse_double(data)
    refuse_pixels(*struct.unpack(">II", data[16:24]))


def look_at_jpeg(data: bytes) -> None:
    if not data.startswith(b"\xff\xd8\xff") or not data.rstrip(b"\0").endswith(b"\xff\xd9"):
        raise mismatch()
    refuse_double(data)
    with whole():
        size = pictures.size_of_jpeg(data)
    refuse_pixels(*size)


@contextmanager
def whole() -> Iterator[None]:
    try:
        yield
    except pictures.Broken:
        raise mismatch() from None


def bare(kind: str, data: bytes) -> bytes:
    """A picture without what its camera wrote beside it; any other file as it is."""
    strip = {"jpg": pictures.bare_jpeg, "png": pictures.bare_png}.get(kind)
    with whole():
        return strip(data) if strip else data


def refuse_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise mismatch()
    if width * height > MOST_PIXELS:
        raise Unacceptable(
            _("Billedet har for mange billedpunkter. Gem det i en mindre størrelse.")
        )


def look_at_docx(data: bytes) -> None:
    look_at_office(data, "word/document.xml")


def look_at_xlsx(data: bytes) -> None:
    look_at_office(data, "xl/workbook.xml")


def look_at_office(data: bytes, part: str) -> None:
    with unpacked(data) as archive:
        archive.getinfo(part)
        told = archive.read("[Content_Types].xml").replace(b"\0", b"")  # in UTF-16 too
        if b"macroenabled" in told.lower():
            raise with_macros()


def look_at_odt(data: bytes) -> None:
    with unpacked(data) as archive:
        archive.getinfo("content.xml")
        first = archive.infolist()[0].filename
        if first != "mimetype" or archive.read(first) != TYPES["odt"].encode():
            raise mismatch()


@contextmanager
def unpacked(data: bytes) -> Iterator[zipfile.ZipFile]:
    """A sound archive in which nothing runs. Raises Unacceptable, also where a part is missing."""
    if not data.startswith(b"PK\x03\x04"):
        raise mismatch()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            refuse_parts(archive.infolist())
            if archive.testzip() is not None:
                raise mismatch()
            yield archive
    except BROKEN:
        raise mismatch() from None


BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, OSError)


def refuse_parts(parts: list[zipfile.ZipInfo]) -> None:
    """Before anything is unpacked: by what the archive says that it holds, which is all that is
    ever read of it."""
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unacceptable(_("Dokumentet fylder for meget, når det bliver pakket ud."))
    if any(part.flag_bits & 1 for part in parts):
        raise Unacceptable(_("Dokumentet er låst med en adgangskode. Gem det uden."))
    names = [part.filename for part in parts]
    if any(map(climbs, names)) or len(set(names)) < len(names):
        raise mismatch()
    if any(map(is_macro, names)):
        raise with_macros()


def climbs(name: str) -> bool:
    """Out of the folder that it is unpacked in."""
    return name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name)


def is_macro(name: str) -> bool:
    return name.casefold().endswith("vbaproject.bin") or name.startswith(("Basic/", "Scripts/"))


def with_macros() -> Unacceptable:
    return Unacceptable(_("Dokumentet indeholder makroer. Gem det uden makroer."))


def text_of(data: bytes) -> str:
    """As editors and spreadsheets write it: UTF-8, with or without its mark, else Windows-1252.

    Raises Unacceptable for what has signs that only machines read.
    """
    for encoding in ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            if not re.search(r"[\x00-\x08\x0e-\x1f\x7f]", text):
                return text
    raise Unacceptable(_("Filen er ikke en tekstfil. Gem den som CSV (semikolonsepareret)."))


def look_at_text(data: bytes) -> None:
    try:
        text_of(data)
    except Unacceptable:
        raise mismatch() from None


LOOKS: dict[str, Callable[[bytes], object]] = {
    "pdf": look_at_pdf,
    "png": look_at_png,
    "jpg": look_at_jpeg,
    "docx": look_at_docx,
    "xlsx": look_at_xlsx,
    "odt": look_at_odt,
    "txt": look_at_text,
}
