"""Documents: accessible, archivable, the same each time, and true to every text they are given."""

import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from portal import pdf, printable
from tests import documents
from tests.reading import runs, spoken, squeezed, tags, text_of

AT = datetime(2026, 11, 20, 13, 5, tzinfo=UTC)
SAMPLES: dict[str, Callable[[], Any]] = {
    "package": documents.package,
    "member_copy": documents.member_copy,
    "agreement": documents.agreement,
}
HOSTILE = [
    '#panic("x") #sys.inputs #read("/etc/passwd") #include "x" #eval("1")',
    "*fed* _kursiv_ `kode` $x^2$ $ alene ~ -- --- ...",
    "= Overskrift\n- punkt\n+ nummer\n/ ord: forklaring",
    "@henvisning <mærke> [indhold] {kode} (paren) \\ \\u{1F600} // kommentar /* også */",
    "\"citat\" 'apostrof' <script>alert(1)</script> &amp; %s {{ 7*7 }} {% x %}",
]

# Points from the left edge of an A4 sheet. Typst lets a hyphen hang a little over the margin.
RIGHT_MARGIN = (210 - 21) / 25.4 * 72

anywhere = pytest.mark.parametrize("template", SAMPLES)


def made(template: Any, *, frame: Mapping[str, object] | None = None, **changes: object) -> bytes:
    """The sample document with some of its data, or of its frame, changed; None takes a key out."""
    data = changed(SAMPLES[template](), changes)
    whole: Any = data | {"letter": changed(data["letter"], frame or {})}
    return pdf.render(template, whole, at=AT)


def changed(data: Any, changes: Mapping[str, object]) -> dict[str, Any]:
    return {key: value for key, value in (data | changes).items() if value is not None}


def opened(document: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(document))


def texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from texts(value)


def everywhere(data: Any, text: str) -> Any:
    """The same data with each of its texts followed by another one."""
    if isinstance(data, str):
        return f"{data} {text}"
    if isinstance(data, dict):
        return {key: everywhere(value, text) for key, value in data.items()}
    return [everywhere(value, text) for value in data]


def in_a_process_of_its_own(program: str) -> str:
    """What a Python program of ours prints."""
    command = [sys.executable, "-c", program]
    root = Path(__file__).parent.parent
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)  # noqa: S603 (our own program)
    return run.stdout.strip()


@anywhere
class TestAccessible:
    def test_it_says_what_standards_it_keeps(self, template):
        with opened(made(template)) as document, document.open_metadata() as said:
            assert said["pdfuaid:part"] == "1"
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("2", "A")

    def test_it_is_tagged_danish_and_shows_its_title(self, template):
        with opened(made(template)) as document:
            assert document.Root.MarkInfo.Marked
            assert str(document.Root.Lang) == "da-DK"
            assert document.Root.ViewerPreferences.DisplayDocTitle

    def test_its_parts_are_named_for_a_screen_reader(self, template):
        found = tags(made(template))

        assert found["Title"] == 1
        assert found["H1"] > 4
        assert found["P"] > 0
        assert found["LI"] == found["LBody"] > 0
        assert found["Table"] == found["THead"] > 0
        assert found["TH"] > found["Table"]

    def test_its_metadata_name_nobody(self, template):
        with opened(made(template)) as document, document.open_metadata() as said:
            metadata = f"{said} {document.docinfo}"

        assert said["dc:title"] in text_of(made(template))
        assert "Prøvesen" not in metadata

    def test_every_font_is_ours_and_embedded(self, template):
        with opened(made(template)) as document:
            fonts = [font for page in document.pages for font in page.resources.Font.values()]
            inner = [font.DescendantFonts[0] for font in fonts]

            assert inner
            assert all("IBMPlexSans" in str(font.BaseFont) for font in inner)
            assert all({"/FontFile2", "/FontFile3"} & set(font.FontDescriptor) for font in inner)


@anywhere
class TestTrue:
    def test_everything_given_is_shown(self, template):
        read = squeezed(spoken(made(template)))
        given = [text for text in texts(SAMPLES[template]()) if text != documents.HASH]

        assert [text for text in given if squeezed(text) not in read] == []

    def test_nothing_runs_off_the_paper(self, template):
        assert max(run.right for run in runs(made(template))) < RIGHT_MARGIN

    @pytest.mark.parametrize("hostile", HOSTILE)
    def test_no_text_is_read_as_markup(self, template, hostile):
        data = everywhere(SAMPLES[template](), hostile)

        read = squeezed(spoken(pdf.render(template, data, at=AT)))

        # The hash stands in the footer alone.
        assert read.count(squeezed(hostile)) >= len(list(texts(data))) - 1

    def test_the_footer_of_each_page_names_page_reference_version_and_hash(self, template):
        with opened(made(template)) as document:
            pages = len(document.pages)
        text = text_of(made(template))

        assert pages > 1
        assert re.findall(r"Side (\d+) af (\d+)", text) == [
            (str(number), str(pages)) for number in range(1, pages + 1)
        ]
        reference = SAMPLES[template]()["letter"]["reference"]
        assert text.count(f"{reference} · version 2 · 20. november 2026") == pages
        assert text.count(f"kontrolsum (SHA-256): {documents.HASH}") == pages

    def test_what_is_not_sealed_has_no_hash_and_says_so_on_each_page(self, template):
        document = made(template, frame={"hash": None, "mark": "Kladde"})
        with opened(document) as draft:
            pages = len(draft.pages)

        assert text_of(document).count("KLADDE") == pages
        assert "SHA-256" not in text_of(document).replace("Kontrolsum (SHA-256, forkortet)", "")

    def test_the_same_data_make_the_same_bytes(self, template):
        program = (
            "import hashlib; from tests.test_pdf import made;"
            f"print(hashlib.sha256(made({template!r})).hexdigest())"
        )

        assert in_a_process_of_its_own(program) == hashlib.sha256(made(template)).hexdigest()
        assert made(template) != made(template, frame={"reference": "OP-2026-00418"})


class TestOptional:
    def test_a_key_left_out_leaves_its_section_out(self):
        optional = ("assessment", "questions", "meeting", "recommendations", "notice", "wish")
        heads = ("Vurdering efter", "Spørgsmål og svar", "Fællessamtale Tid", "Åbne indstillinger")

        whole = text_of(made("package"))
        bare = text_of(made("package", **dict.fromkeys(optional)))

        assert all(head in whole for head in heads)
        assert not any(head in bare for head in heads)

    def test_an_empty_one_says_that_nothing_is_known(self):
        plan = {"job_goals": [], "focus_areas": [], "search_strategy": " \n\n "}
        empty = made("package", summary="", contact_course=[], efforts=[], plan=plan)

        assert "Ikke oplyst" not in text_of(made("package"))
        assert text_of(empty).count("Ikke oplyst.") == 6

    def test_minutes_and_attachments_have_their_place(self):
        kept = {"goal": "Pædagog på bosted", "outcome": "Fortsætter", "reason": "Der er mange job"}
        minutes = {"text": "Enige om det hele.", "goals": [kept], "next_contact": "9. december"}
        attachments = [{"name": "CV", "size": "2 KB", "checksum": "5f1d 7a84"}]

        package = text_of(made("package", minutes=minutes, attachments=attachments))
        copy = text_of(made("member_copy", minutes=minutes))

        assert "Ingen bilag." in text_of(made("package"))
        assert "Ingen bilag." not in package
        assert "CV 2 KB 5f1d 7a84" in package
        assert "Pædagog på bosted Fortsætter Der er mange job" in package
        assert "Pædagog på bosted Fortsætter Der er mange job" in copy

    def test_a_copy_tells_when_no_day_is_fixed(self):
        assert "ikke fastsat endnu" not in text_of(made("member_copy"))
        assert "ikke fastsat endnu" in text_of(made("member_copy", responsible_from=None))


class TestText:
    def test_words_are_divided_as_in_danish(self):
        words = " ".join("i" * number + " virksomhedspraktik" for number in range(24))

        divided = set(re.findall(r"(virk\w*) ?- ?\w", text_of(made("package", summary=words))))

        assert divided
        assert divided <= {"virk", "virksom", "virksomheds", "virksomhedsprak"}

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("emoji 😀 arabisk محمد", "emoji [U+1F600] arabisk [U+0645][U+062D][U+0645][U+062F]"),
            ("nul \x00 styre \x1b", "nul [U+0000] styre [U+001B]"),
            ("omvendt \u202eabc", "omvendt [U+202E]abc"),
            ("løs \ud83d halvdel", "løs [U+D83D] halvdel"),
            ("bom \ufeffog blød\u00adt", "bom og blødt"),
            ("løs e\u0301n", "løs én"),
            ("fast\u00a0mellemrum", "fast mellemrum"),
            ("tynd\u2009mellemrum", "tynd mellemrum"),
            ("en\r\nto\rtre\u2028fire\tfem", "en to tre fire fem"),
            ("æøåÆØÅ – “citat” … € ½", "æøåÆØÅ – “citat” … € ½"),
        ],
    )
    def test_what_the_font_lacks_is_told_and_stops_nothing(self, written, shown):
        assert shown in spoken(made("package", summary=written))

    def test_blank_lines_part_paragraphs_however_typed(self):
        one = tags(made("package", summary="en to"))["P"]

        assert tags(made("package", summary="en\r\n\r\nto"))["P"] == one + 1
        assert tags(made("package", summary="en\n\n\n\nto\n\n"))["P"] == one + 1

    def test_a_word_without_end_stays_on_the_paper(self):
        effort = {"effort": "x" * 90, "period": "", "status": "", "follow_up": "y" * 90}
        endless = made("package", summary="z" * 200, efforts=[effort])

        assert text_of(endless).count("z") >= 200
        assert max(run.right for run in runs(endless)) < RIGHT_MARGIN


class TestRefused:
    def test_a_time_without_a_zone_is_no_moment(self):
        with pytest.raises(ValueError, match="zone"):
            pdf.render("package", documents.package(), at=AT.replace(tzinfo=None))

    def test_a_day_that_nobody_wrote_out_is_refused(self):
        with pytest.raises(TypeError, match="datetime"):
            made("package", frame={"dated": AT})

    def test_missing_fonts_are_named_with_the_remedy(self, tmp_path, monkeypatch):
        monkeypatch.setattr(printable, "FONTS", tmp_path)
        for weight in printable.WEIGHTS[1:]:
            (tmp_path / f"IBMPlexSans-{weight}.ttf").touch()

        with pytest.raises(
            printable.FontsMissing, match=r"lacks IBMPlexSans-Regular\.ttf: run\.py"
        ):
            printable.font_files()

    def test_a_warning_of_a_template_is_an_error(self, tmp_path, monkeypatch):
        (tmp_path / "package.typ").write_text(
            '#set document(title: "x")\n#set text(font: "Ingen")\nx'
        )
        monkeypatch.setattr(pdf, "TEMPLATES", tmp_path)

        with pytest.raises(pdf.Flawed, match="ingen"):
            made("package")


def test_several_threads_may_render_at_once():
    with ThreadPoolExecutor(4) as threads:
        made_at_once = list(threads.map(made, [*SAMPLES] * 4))

    assert made_at_once == [made(template) for template in SAMPLES] * 4


def test_nothing_heavy_is_loaded_before_a_document_is_made():
    program = (
        "import sys, portal.pdf; print([m for m in ('typst', 'fontTools') if m in sys.modules])"
    )

    assert in_a_process_of_its_own(program) == "[]"
