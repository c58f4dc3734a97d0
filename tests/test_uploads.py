"""What is taken in as a file, and forty ways to be something else than one seems."""

import io
import struct
import zipfile
import zlib
from contextlib import nullcontext

import pytest

from portal import uploads
from portal.uploads import Unacceptable, accepted

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
HTML = b"<html><script>alert(1)</script></html>"
TYPES = b'<?xml version="1.0"?><Types><Override ContentType="document.main+xml"/></Types>'


def png(width: int = 3, height: int = 2, tail: bytes = b"") -> bytes:
    def piece(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    made = piece(b"IHDR", head) + piece(b"IDAT", zlib.compress(b"\0" * 8)) + piece(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + made + tail


def jpeg(width: int = 3, height: int = 2, marker: int = 0xC2) -> bytes:
    note = b"\xff\xe1" + struct.pack(">H", 10) + b"Exif\0\0\0\0"
    frame = struct.pack(">BBHBHHB", 0xFF, marker, 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + note + frame + b"\xff\xda\0\x08\1\1\0\0\x3f\0\x12\xff\xd9"


def archive(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(NAMES.get(name, name), data)
    return held.getvalue()


NAMES = {"types": "[Content_Types].xml", "word": "word/document.xml", "sheet": "xl/workbook.xml"}
NAMES |= {"content": "content.xml", "macro": "word/vbaProject.bin", "basic": "Basic/Standard/a.xml"}
ODT = uploads.TYPES["odt"].encode()


def docx(**more: bytes) -> bytes:
    return archive(types=TYPES, word=b"<w/>", **more)


def locked() -> bytes:
    """Every entry marked as encrypted, here and in the list at the end."""
    data = bytearray(docx())
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(sign, at + 1)
    return bytes(data)


def twice() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("[Content_Types].xml", TYPES)
        for name in ("word/document.xml", "word/documenT.xml"):
            made.writestr(name, b"<w/>")
    return held.getvalue().replace(b"documenT", b"document")


SOUND = {
    "Ansøgning.PDF": PDF,
    "cv.v2.pdf": PDF,
    "skærm.png": png(),
    "foto.jpeg": jpeg(),
    "foto.jpg": jpeg(marker=0xC0),
    "brev.docx": docx(),
    "timer.xlsx": archive(types=TYPES, sheet=b"<x/>"),
    "brev.odt": archive(mimetype=ODT, content=b"<o/>"),
    "notat.txt": "Møde på åen".encode(),
    "gammelt.txt": "Møde på åen".encode("cp1252"),
}


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_is_taken_in(name, web):
    with web.test_request_context():
        upload = accepted(name, SOUND[name])
    if upload.kind not in {"jpg", "png"}:
        assert upload.data == SOUND[name]
    assert upload.kind in uploads.TYPES
    assert upload.name == f"{name.rpartition('.')[0]}.{upload.kind}"


HOSTILE = {
    "html.pdf": HTML,
    "html with a beginning.pdf": b"%PDF-1.7" + HTML,
    "late.pdf": b"MZ" + PDF,
    "an archive too.pdf": PDF + archive(a=b"a") + b"%%EOF",
    "runs by numbers.pdf": PDF.replace(
        b"/Catalog", b"/Catalog/OpenAction<</S/J#61va#53cript/JS(x)>>"
    ),
    "runs.pdf": PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"),
    "starts.pdf": PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/Launch/F(cmd.exe)>>"),
    "carries.pdf": PDF.replace(b"/Catalog", b"/EmbeddedFile"),
    "svg.svg": b"<svg/>",
    "svg.png": b"<svg onload='alert(1)'/>",
    "page.html": HTML,
    "sheet.xlsm": docx(),
    "program.exe": b"MZ",
    "empty.pdf": b"",
    "no ending": PDF,
    ".pdf": PDF,
    "x.php.png": png(),
    "regning.pdf.exe": PDF,
    "brev.exe .pdf": PDF,
    "turned \u202efdp.exe": PDF,
    "tail.png": png(tail=HTML),
    "archive tail.png": png(tail=archive(a=b"a")),
    "huge.png": png(60_000, 60_000),
    "flat.png": png(0, 9),
    "cut.png": png()[:-6],
    "changed.png": png().replace(b"IDAT", b"IDAT\1", 1),
    "huge.jpg": jpeg(60_000, 60_000),
    "headless.jpg": b"\xff\xd8\xff\xd9",
    "html tail.jpg": jpeg() + HTML,
    "gif.jpg": b"GIF89a",
    "no word.docx": archive(types=TYPES),
    "text.docx": b"Hej",
    "sheet.docx": archive(types=TYPES, sheet=b"<x/>"),
    "after a program.docx": b"#!/bin/sh\n" + docx(),
    "macro.docx": docx(macro=b"Sub AutoOpen"),
    "wide docm.docx": archive(
        types=TYPES.replace(b"document", b"macroEnabled").decode().encode("utf-16"), word=b"<w/>"
    ),
    "renamed docm.docx": archive(types=TYPES.replace(b"document", b"macroEnabled"), word=b"<w/>"),
    "climbs.docx": docx(**{"../../etc/cron.d/x": b"x"}),
    "rooted.docx": docx(**{"/etc/x": b"x"}),
    "locked.docx": locked(),
    "twice.docx": twice(),
    "broken.docx": docx()[:-9],
    "many parts.docx": docx(**{f"p{n}": b"" for n in range(uploads.MOST_PARTS)}),
    "word.odt": docx(),
    "macro.odt": archive(mimetype=ODT, content=b"<o/>", basic=b"Sub"),
    "another kind.odt": archive(mimetype=b"application/zip", content=b"<o/>"),
    "program.txt": b"MZ\x90\0\x03",
    "nothing in Danish.txt": b"\x81\x8d",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused(name, web):
    with web.test_request_context(), pytest.raises(Unacceptable) as refused:
        accepted(name, HOSTILE[name])
    assert str(refused.value).endswith(".")
    assert name not in str(refused.value)


def test_a_file_is_at_most_twenty_mebibytes(web):
    with web.test_request_context():
        room = uploads.MOST_BYTES
        assert accepted("lang.txt", b"a" * room).kind == "txt"
        with pytest.raises(Unacceptable, match="20 MB"):
            accepted("lang.txt", b"a" * (room + 1))


def test_an_archive_is_at_most_a_hundred_mebibytes_unpacked(web, monkeypatch):
    """The true limit takes a second to unpack; the rule is the same at a tenth of a thousandth."""
    monkeypatch.setattr(uploads, "MOST_UNPACKED", 10_000)
    rest = 10_000 - len(TYPES) - len(b"<w/>")
    with web.test_request_context():
        assert accepted("brev.docx", docx(more=b"\0" * rest)).kind == "docx"
        with pytest.raises(Unacceptable, match="pakket ud"):
            accepted("brev.docx", docx(more=b"\0" * (rest + 1)))


@pytest.mark.parametrize("side", [(6000, 10_000), (6000, 10_001)])
def test_a_picture_is_at_most_sixty_million_pixels(side, web):
    too_many = pytest.raises(Unacceptable, match="billedpunkter")
    for name, picture in (("a.png", png(*side)), ("a.jpg", jpeg(*side))):
        with web.test_request_context(), nullcontext() if side[1] == 10_000 else too_many:
            assert len(accepted(name, picture).data) <= len(picture)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Mine filer\\cv.pdf", "cv.pdf"),
        ("cv\u202e\u200b\r\n\0.pdf", "cv.pdf"),
        ("  to   ord .pdf", "to ord.pdf"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
    ],
)
def test_a_name_is_for_people_and_leads_nowhere(name, shown, web):
    with web.test_request_context():
        assert accepted(name, PDF).name == shown
