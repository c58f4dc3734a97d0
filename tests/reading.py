"""Reading what a PDF says, without any tool: its texts, where they stand, its tree of tags."""

import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pikepdf


@dataclass(frozen=True)
class Run:
    """One piece of text as written on a page."""

    text: str
    left: float  # points from the left edge of the paper
    right: float
    page: int
    mark: int | None  # by which the tree of tags points at it; headers and footers have none


def text_of(document: bytes) -> str:
    """What is shown, page by page, runs of white space as one space."""
    return " ".join(" ".join(run.text for run in runs(document)).split())


def spoken(document: bytes) -> str:
    """What a screen reader reads, in its order: a table row over two pages is whole here."""
    texts: dict[tuple[int, int | None], str] = {}
    for run in runs(document):
        texts[run.page, run.mark] = texts.get((run.page, run.mark), "") + run.text
    with pikepdf.open(io.BytesIO(document)) as pdf:
        pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}
        marks = _marks(pdf.Root.StructTreeRoot.K, None)
        pieces = [texts.get((pages[page.objgen], mark), "") for page, mark in marks]
    return " ".join(" ".join(pieces).split())


def _marks(node: Any, page: Any) -> Iterator[tuple[Any, int]]:
    """Page and mark of all content under an element."""
    if isinstance(node, int):
        yield page, node
    elif isinstance(node, pikepdf.Array):
        for child in node:
            yield from _marks(child, page)
    elif "/MCID" in node:
        yield node.get("/Pg", page), int(node.MCID)
    else:
        yield from _marks(node.get("/K", pikepdf.Array()), node.get("/Pg", page))


def squeezed(text: str) -> str:
    """Without what depends on where a line happens to end: white space and hyphens."""
    return re.sub(r"[\s\u00ad\u2010-]", "", text)


def runs(document: bytes) -> Iterator[Run]:
    with pikepdf.open(io.BytesIO(document)) as pdf:
        for number, page in enumerate(pdf.pages):
            yield from _runs(number, page)


def _runs(number: int, page: pikepdf.Page) -> Iterator[Run]:
    fonts = {name: _Font(font) for name, font in page.resources.Font.items()}
    font, size, left = _Font(None), 0.0, [0.0]
    marks: list[int | None] = [None]
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        match str(instruction.operator):
            case "q":
                left.append(left[-1])
            case "Q":
                left.pop()
            case "cm":
                left[-1] += float(operands[4])
            case "BDC":
                marks.append(operands[1].get("/MCID", marks[-1]))
            case "EMC":
                marks.pop()
            case "Tf":
                font, size = fonts[str(operands[0])], float(operands[1])
            case "Tj" | "TJ":
                text, width = font.read(operands[0])
                yield Run(text, left[-1], left[-1] + width * size / 1000, number, marks[-1])


class _Font:
    def __init__(self, font: Any) -> None:
        self.font = font

    def read(self, shown: Any) -> tuple[str, float]:
        """The letters, and how far they reach in thousandths of the size."""
        parts = list(shown) if isinstance(shown, pikepdf.Array) else [shown]
        text, width = "", 0.0
        for part in parts:
            if isinstance(part, pikepdf.String):
                codes = [int.from_bytes(pair, "big") for pair in _pairs(bytes(part))]
                text += "".join(self.letters[code] for code in codes)
                width += sum(self.widths[code] for code in codes)
            else:
                width -= float(part)
        return text, width

    @cached_property
    def letters(self) -> dict[int, str]:
        """By glyph, as the font's ToUnicode says: what a reader copies or reads aloud."""
        mapping = self.font.ToUnicode.read_bytes().decode("ascii")
        letters = {}
        for block in re.findall(r"beginbfchar(.*?)endbfchar", mapping, re.DOTALL):
            for code, text in re.findall(r"<(\w+)>\s*<(\w+)>", block):
                letters[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
        for block in re.findall(r"beginbfrange(.*?)endbfrange", mapping, re.DOTALL):
            for first, last, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
                for code in range(int(first, 16), int(last, 16) + 1):
                    letters[code] = chr(int(text, 16) + code - int(first, 16))
        return letters

    @cached_property
    def widths(self) -> dict[int, float]:
        """By glyph, from an array of `first [width …]` and `first last width`."""
        entries = iter(self.font.DescendantFonts[0].W)
        widths: dict[int, float] = {}
        for first in entries:
            second = next(entries)
            if isinstance(second, pikepdf.Array):
                widths.update(enumerate(map(float, second), int(first)))
            else:
                glyphs = range(int(first), int(second) + 1)
                widths.update(dict.fromkeys(glyphs, float(next(entries))))
        return widths


def _pairs(codes: bytes) -> Iterator[bytes]:
    return (codes[at : at + 2] for at in range(0, len(codes), 2))


def tags(document: bytes) -> Counter[str]:
    """How often each element stands in the tree that a screen reader walks."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        found = _nodes(pdf.Root.StructTreeRoot.K)
        return Counter(str(node.S).removeprefix("/") for node in found)


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _nodes(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        yield from _nodes(node.get("/K", pikepdf.Array()))


def alternatives(document: bytes) -> list[str]:
    """What is said of each picture to whoever does not see it."""
    with pikepdf.open(io.BytesIO(document)) as pdf:
        return [str(node.Alt) for node in _nodes(pdf.Root.StructTreeRoot.K) if "/Alt" in node]


def texts(workbook: bytes) -> list[str]:
    """The texts of a workbook; a formula is none of them."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as held:
        found = re.findall(r"<t[^>]*>(.*?)</t>", held.read("xl/sharedStrings.xml").decode(), re.S)
        sheets = [name for name in held.namelist() if name.startswith("xl/worksheets/")]
        assert not any(b"<f>" in held.read(name) for name in sheets)
    return [html.unescape(one) for one in found]
