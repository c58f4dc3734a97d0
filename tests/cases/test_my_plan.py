"""Taking the pasted text of Min Plan apart."""

from datetime import date

from portal.cases.my_plan import split

PASTED = """Min Plan
Senest opdateret: 2. 11. 2026
Sidst ændret d. 02.11.2026

Mine jobmål
1. Pædagog i dagtilbud
2) Pædagogisk vejleder
Krav til jobsøgning:
• To ansøgninger om ugen
• Opkald til institutioner
Fokusområder: Netværk i Vestsjælland
- Opfriske viden om de ældste børn

Kontaktoplysninger:
Telefon 12 34 56 78
Aktiviteter
Virksomhedspraktik fra 9. november
https://job.jobnet.dk/CV/minplan?id=1
"""


def test_known_headings_open_a_field():
    found = split(PASTED)
    assert found.job_goals == ["Pædagog i dagtilbud", "Pædagogisk vejleder"]
    assert found.search_strategy == ["To ansøgninger om ugen", "Opkald til institutioner"]
    assert found.focus_areas == ["Netværk i Vestsjælland", "Opfriske viden om de ældste børn"]
    assert found.efforts == ["Virksomhedspraktik fra 9. november"]


def test_link_and_day_are_found_wherever_they_stand():
    found = split(PASTED + "Godkendt den 12/11-2026\nhttps://jobnet.dk/andet")
    assert found.link == "https://job.jobnet.dk/CV/minplan?id=1"
    assert found.day == date(2026, 11, 2)  # the first one; later ones stay in the text


def test_what_no_known_heading_stands_over_is_handed_back():
    found = split(PASTED)
    assert "Kontaktoplysninger:" in found.rest
    assert "Telefon 12 34 56 78" in found.rest
    assert "Sidst ændret d. 02.11.2026" in found.rest
    assert found.job_goals


def test_a_day_that_is_none_is_text():
    found = split("Jobmål\nOpdateret 31.02.2026")
    assert found.day is None
    assert found.job_goals == ["Opdateret 31.02.2026"]


def test_a_link_to_another_place_is_text():
    found = split("Jobmål\nhttps://jobnet.dk.example/plan")
    assert found.link is None
    assert found.job_goals == ["https://jobnet.dk.example/plan"]
