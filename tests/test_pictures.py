"""Real pictures, as a browser writes them, with what a telephone writes beside them."""

import base64
import struct
import zlib

import pytest

from portal import pictures, uploads
from portal.pictures import Broken, bare_jpeg, bare_png, orientation, segments
from portal.uploads import Unacceptable, accepted

# Sixteen by eight, red to the left: drawn for this test and saved by a browser.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEA"
    "AAAAAABhY3NwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAAACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRi"
    "WFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0AAABjAAA"
    "ADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABi"
    "mQAAt4UAABjaWFlaIAAAAAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKn"
    "AAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAMZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMA"
    "LgAgADIAMAAxADb/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQc1tdhbWGkJ6jq62r"
    "Z4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKSkpKSkpKSkpKT/wAARCAAIABADASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAUG/8QAFBABAAAAAAAAAAAA"
    "AAAAAAAAAP/EABUBAQEAAAAAAAAAAAAAAAAAAAME/8QAGREAAQUAAAAAAAAAAAAAAAAAAAMEQUKB/9oADAMBAAIRAxEA"
    "PwCW3QCTkveV0//Z"
)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAICAYAAADwdn+XAAAAJ0lEQVR4AeyQoQ0AAAjDmv1/Gj+ND0AgMGtSW1EVeNIL"
    "4kgC8P+gAQAA///5acNnAAAABklEQVQDAAIpLkkv8C6SAAAAAElFTkSuQmCC"
)
WHERE = b"55.4038N 10.4024E"


def segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def exif(order: str = "<", turned: int = 6) -> bytes:
    """As a telephone writes it: how it was held, and where."""
    mark = {"<": b"II*\0", ">": b"MM\0*"}[order]
    table = mark + struct.pack(f"{order}IH", 8, 2)
    table += struct.pack(f"{order}HHII", 0x8825, 4, 1, 38)  # where the place stands
    table += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0) + bytes(4)
    return segment(0xE1, b"Exif\0\0" + table + WHERE)


def taken(*notes: bytes, tail: bytes = b"") -> bytes:
    return JPEG[:2] + b"".join(notes) + JPEG[2:] + tail


def chunk(kind: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def noted(*chunks: bytes) -> bytes:
    return PNG[:33] + b"".join(chunks) + PNG[33:]


def test_a_picture_without_notes_is_kept_byte_for_byte():
    assert (bare_jpeg(JPEG), bare_png(PNG)) == (JPEG, PNG)
    assert pictures.size_of_jpeg(JPEG) == (16, 8)


NOTES = {
    "where": exif(),
    "xmp": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + WHERE),
    "agency": segment(0xED, b"Photoshop 3.0\0" + WHERE),
    "comment": segment(0xFE, WHERE),
    "further pictures": segment(0xE2, b"MPF\0" + WHERE),
}


@pytest.mark.parametrize("note", NOTES)
def test_what_a_camera_writes_beside_it_goes_and_the_drawing_stays(note):
    before = taken(NOTES[note])
    assert WHERE in before
    after = bare_jpeg(before)
    assert WHERE not in after
    assert after.endswith(JPEG[2:])
    assert segment(0xE2, b"ICC_PROFILE\0") in bare_jpeg(taken(segment(0xE2, b"ICC_PROFILE\0")))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("turned", "kept"), [(1, 1), (6, 6), (8, 8), (9, 1)])
def test_which_side_is_up_is_all_that_is_kept(order, turned, kept):
    after = bare_jpeg(taken(exif(order, turned)))
    found = [after[first:last] for marker, first, last in segments(after) if marker == 0xE1]
    assert [orientation(one) for one in found] == ([kept] if kept > 1 else [])


def test_what_stands_after_the_picture_goes_too():
    """A telephone puts a small copy there, with the place in it."""
    with_copy = taken(tail=taken(exif()))
    assert WHERE in with_copy
    assert bare_jpeg(with_copy) == JPEG


@pytest.mark.parametrize("kind", [b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"])
def test_a_png_loses_the_same(kind):
    before = noted(chunk(kind, WHERE), chunk(b"pHYs", bytes(9)))
    assert WHERE in before
    assert bare_png(before) == noted(chunk(b"pHYs", bytes(9)))


def test_what_is_uploaded_is_taken_in_bare(web):
    with web.test_request_context():
        assert accepted("foto.jpg", taken(exif(turned=1))).data == JPEG
        assert accepted("foto.png", noted(chunk(b"eXIf", WHERE))).data == PNG


FILLED = {
    "filler alone": b"\xff\xd8" + b"\xff" * (uploads.MOST_BYTES - 4) + b"\xff\xd9",
    "no end of tiny pieces": b"\xff\xd8" + b"\xff\xe0\0\2" * 5_000_000 + b"\xff\xd9",
    "a scan without end": JPEG[:-2] + b"\xff\0" * 1_000_000,
}


@pytest.mark.parametrize("name", FILLED)
def test_what_would_only_cost_time_is_refused_after_few_steps(name, web, monkeypatch):
    """As many pieces as are looked at, whatever the number of bytes: counted, not timed."""
    seen: list[int] = []
    after = pictures.after

    def counted(data: bytes, at: int, marker: int) -> int:
        seen.append(at)
        return after(data, at, marker)

    monkeypatch.setattr(pictures, "after", counted)
    with web.test_request_context(), pytest.raises(Unacceptable):
        accepted("foto.jpg", FILLED[name])
    assert len(seen) <= pictures.MOST_PIECES


@pytest.mark.parametrize("at", range(2, len(JPEG) - 2, 40))
def test_one_that_is_cut_short_is_refused(at):
    with pytest.raises(Broken):
        bare_jpeg(JPEG[:at])
