"""The register of companies: one contact across partners, a file of 600, and who may see it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.access import OrganisationKind, Role
from portal.clock import today
from portal.companies.models import Company, CompanyContact, CompanyNeed
from tests import company, make, project

HEAD = "CVR-nummer;Navn;Branche;Kommune;Kontaktperson;Telefon;E-mail;Spurgt;Svaret;Interesseret\r\n"
TYPED = {"name": "Ånden Metal", "trade": "Metal", "contact_phone": "12 34 56 78"}


@pytest.fixture
def aarhus(municipality):
    return municipality


@pytest.fixture
def union(app):
    return make.organisation("3F Prøve", OrganisationKind.PARTNER)


@pytest.fixture
def metal(app):
    return make.organisation("Dansk Metal Prøve", OrganisationKind.PARTNER)


@pytest.fixture
def shared(aarhus, union, metal):
    """Led by the municipality, with two unions in it."""
    return project.project(aarhus, union, metal, municipalities=(aarhus,))


@pytest.fixture
def people(client_of, union, metal):
    return [client_of(make.user(one, Role.PROJECT_PARTNER)) for one in (union, metal)]


def at(one, *rest):
    return f"/projects/{one.id}/companies/" + "/".join(map(str, rest))


def rows_of(model=Company):
    found = make.records.scalars(select(model).execution_options(populate_existing=True)).all()
    make.records.commit()
    return found


def told(answer):
    return answer.get_data(as_text=True)


def test_a_company_has_one_contact_across_the_partners(people, shared, aarhus, union, metal):
    ours, theirs = people
    typed = TYPED | {"municipality": aarhus.id, "ours": "y"}
    for number, fault in {
        "": "Skriv virksomhedens CVR-nummer.",
        "1234567": "Et CVR-nummer har otte cifre.",
        "12345678": "Det er ikke et CVR-nummer.",
    }.items():
        refused = ours.post(at(shared, "new"), data=typed | {"cvr": number})
        assert refused.status_code == 422
        assert fault in told(refused)
        assert "Ånden Metal" in told(refused)  # nothing typed is lost
    number = company.free_cvr()
    made = ours.post(at(shared, "new"), data=typed | {"cvr": f"DK {number[:4]} {number[4:]}"})
    assert made.status_code == 303
    (one,) = rows_of()
    assert (one.cvr, one.contacted_by_id) == (number, union.id)
    again = theirs.post(at(shared, "new"), data=typed | {"cvr": number})
    assert again.status_code == 422
    assert "kontaktes af 3F Prøve" in told(again)

    page = told(theirs.get(at(shared, one.id)))
    assert "3F Prøve kontakter virksomheden" in page
    assert "Notér en kontakt" not in page
    assert "Testnummer" in page
    note = {"kind": "call", "text": "Talte med værkføreren"}
    refused = theirs.post(at(shared, one.id, "note"), data=note)
    assert refused.status_code == 422
    assert ours.post(at(shared, one.id, "note"), data=note).status_code == 303  # the control
    handed = ours.post(at(shared, one.id, "hand-over"), data={"to": metal.id, "text": "Tag den"})
    assert handed.status_code == 303
    assert theirs.post(at(shared, one.id, "note"), data=note).status_code == 303
    assert ours.post(at(shared, one.id, "note"), data=note).status_code == 422
    story = [row.kind for row in sorted(rows_of(CompanyContact), key=lambda row: row.at)]
    assert story == ["call", "handed_over", "call"]
    released = theirs.post(at(shared, one.id, "hand-over"), data={"to": ""})
    assert released.status_code == 303
    assert ours.post(at(shared, one.id, "take")).status_code == 303


def test_a_company_is_asked_answers_and_says_what_it_needs(people, shared, aarhus, union):
    ours, theirs = people
    one = company.company(shared, union, aarhus)
    other = company.company(shared, union, aarhus, contacted_by_id=union.id)
    assert ours.post(at(shared, one.id, "ask")).status_code == 303  # who asks a free one, takes it
    assert ours.post(at(shared, "ask-all")).status_code == 303
    yesterday, tomorrow = today() - timedelta(days=1), today() + timedelta(days=1)
    for day, fault in {yesterday: "før den dag, de blev spurgt", tomorrow: "fremtiden"}.items():
        typed = {"interested": "yes", "answered_on": day.isoformat(), "answer": "Gerne to"}
        refused = ours.post(at(shared, one.id, "answer"), data=typed)
        assert refused.status_code == 422
        assert fault in told(refused)
        assert "Gerne to" in told(refused)
    typed = {"interested": "yes", "answered_on": today().isoformat()}
    assert ours.post(at(shared, one.id, "answer"), data=typed).status_code == 303
    assert ours.post(at(shared, other.id, "answer"), data=typed | {"interested": "no"})
    need = {"competence": "Svejser", "number": "2", "needed_from": "1/3-2027"}
    assert ours.post(at(shared, one.id, "needs"), data=need | {"number": "0"}).status_code == 422
    assert ours.post(at(shared, one.id, "needs"), data=need).status_code == 303
    assert [(row.number, row.needed_from) for row in rows_of(CompanyNeed)] == [
        (2, date(2027, 3, 1))
    ]
    shown = told(theirs.get(at(shared), query_string={"show": "interested"}))
    assert one.name in shown
    assert other.name not in shown
    figures = told(theirs.get(at(shared, "figures")))
    assert "3F Prøve" in figures


def lines(numbers):
    rows = (f"{one};Fabrik {n:04d};Metal;Lillekøbing Kommune" for n, one in enumerate(numbers))
    return HEAD + "\r\n".join(f"{row};=Ane;;;;;" for row in rows)


def test_six_hundred_companies_come_from_a_file_at_once(people, shared, union, aarhus, statements):
    ours, _theirs = people
    numbers = [company.free_cvr() for _number in range(600)]
    company.company(shared, union, aarhus, cvr=numbers[0], contacted_by_id=union.id)
    text_ = "\ufeff" + lines([*numbers, numbers[1]]) + "\r\n12345678;Uden;Metal;Ingensteds;;;;;;"
    looked = ours.post(at(shared, "import"), data={"lines": text_})
    page = told(looked)
    assert "kontaktes af 3F Prøve" in page  # the register has it
    assert "Står også på en tidligere linje i filen." in page
    assert "Det er ikke et CVR-nummer." in page
    assert "Navnet kendes ikke." in page
    assert len(rows_of()) == 1
    refused = ours.post(at(shared, "import"), data={"lines": text_, "take": "yes"})
    assert refused.status_code == 422
    statements.clear()
    done = {"lines": text_, "take": "yes", "leave_out": "y", "ours": "y"}
    assert ours.post(at(shared, "import"), data=done).status_code == 303
    assert len(statements) <= 15
    assert len(rows_of()) == 600

    page, asked = "", {"q": "Fabrik"}
    for first in ("Fabrik 0001", "Fabrik 0026"):
        if page:
            asked["after"] = page.split("after=")[1][:36]
        statements.clear()
        page = told(ours.get(at(shared), query_string=asked))
        assert len(statements) <= 9
        assert first in page
        assert page.count(">Fabrik ") == 25
    file = ours.get(at(shared, "export")).data.decode("utf-8-sig")
    assert file.splitlines()[0].startswith(HEAD.strip())
    assert "'=Ane" in file  # no formula


def test_another_organisation_sees_and_changes_nothing(
    client_of, people, shared, aarhus, union, outsider, seen_by
):
    one = company.company(shared, union, aarhus, contacted_by_id=union.id, contact_name="Ane")
    stranger = client_of(make.user(outsider, Role.COORDINATOR))
    council = project.council(aarhus)
    secretary = client_of(make.user(council, Role.SECRETARY))
    for person in (stranger, secretary):
        for path in ("", one.id, "figures"):
            assert person.get(at(shared, path)).status_code == 404, path
    assert people[1].get(at(shared, one.id)).status_code == 200  # the control
    for by, number in {outsider: 0, council: 0, union: 1}.items():
        with seen_by(by) as session:
            assert session.scalar(select(func.count()).select_from(Company)) == number


@pytest.mark.parametrize(
    "change",
    [
        "contacted_by_id = :me",
        "asked_on = current_date",
        "contact_name = 'En anden'",
    ],
)
def test_the_database_leaves_a_company_to_its_contact(
    change, app, shared, aarhus, union, metal, seen_by
):
    company.company(shared, union, aarhus, contacted_by_id=union.id)
    company.company(shared, union, aarhus)
    for where, by, goes in (("is not null", metal, False), ("is null", metal, True)):
        with seen_by(by) as session:
            asked = text(f"update company set {change} where contacted_by_id {where}")
            values = {"me": by.id} if ":me" in change else {}
            if goes:
                assert session.execute(asked, values).rowcount == 1
            else:
                with pytest.raises(DBAPIError, match="another partner contacts"):
                    session.execute(asked, values)
    with seen_by(union) as session:  # and its contact may give it away
        gone = session.execute(text("update company set contacted_by_id = null"))
        assert gone.rowcount == 2
