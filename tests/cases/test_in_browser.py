"""The pages of a case as a caseworker meets them: by mouse and keyboard, on screen and phone."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from playwright.sync_api import expect

from portal import cpr, keys
from portal.cases.models import (
    Assessment,
    AssessmentAnswer,
    BenefitHours,
    CasePlan,
    CriterionAnswer,
    Decision,
    Effort,
    EffortKind,
    EffortStatus,
    ProfileClarification,
    Talk,
    TalkOutcome,
)
from tests import make
from tests.browser import faults
from tests.cases.conftest import TODAY
from tests.serving import served_portal

pytestmark = pytest.mark.journey
NAMES = ("Asta Brinch", "Bo Ømand", "Carla Fuglsang", "Dorte Æblegård", "Emil Kildevæld",
         "Freja Ågerup", "Gustav Nordlys", "Hanne Skovmose", "Ida Rønnebær")  # fmt: skip
NUMBER = cpr.parse("620588-1234", today=TODAY)  # a replacement number: 2 May 1988
PAGES = ("", "/edit", "/hours", "/plan", "/course", "/assessments", "/assessments/new",
         "/talks/new", "/efforts/new", "/clarifications/new")  # fmt: skip


@pytest.fixture(scope="module")
def served(database, settings):
    """The portal's settings, whose base address is that of its server."""
    with served_portal(settings) as app:
        yield app.extensions["samspil"]


@pytest.fixture
def enter(served, visit):
    """A browser in which this user is signed in."""

    def signed_in(user, **how):
        page = visit(base_url=served.base_url, **how)
        token = {"name": served.cookie("samspil"), "value": make.session_of(user)}
        page.context.add_cookies([token | {"url": served.base_url}])
        return page

    return signed_in


@pytest.fixture
def full(fund, municipality, adviser, version, settings):
    """A case in the middle of its course: most is there, something is missing."""
    ring = keys.of(settings)
    case = make.member_case(
        fund, municipality, name="Sigrid Kornblomst", adviser_id=adviser.id, phone="12 34 56 78",
        email="sigrid@example.dk", own_reference="A-2026-118", benefit_start=date(2026, 9, 14),
        transfer_on=date(2026, 11, 30),
    )  # fmt: skip
    case.cpr = ring.seal_cpr(NUMBER, table="member_case", row_id=case.id)
    case.cpr_index = ring.find_cpr(NUMBER)
    make.saved(case)
    add, by = partial(make.of_case, case), {"recorded_by": "Mette Eksempel"}
    add(BenefitHours, month=date(2026, 9, 1), hours=Decimal("96.20"), source="fund_system", **by)
    add(BenefitHours, month=date(2026, 10, 1), hours=Decimal("148"), source="fund_system", **by)
    add(BenefitHours, month=date(2026, 10, 1), hours=Decimal("160.33"), source="fund_system",
        reason="Ferie var trukket fra ved en fejl", **by)  # fmt: skip
    add(CasePlan, job_goals=["Pædagog i dagtilbud", "Pædagogisk vejleder"],
        focus_areas="Netværk i Vestsjælland. Opfriske viden om de ældste børn.",
        search_strategy="To ansøgninger om ugen, opkald til institutioner i pendlerafstand.",
        my_plan_link="https://job.jobnet.dk/minplan", my_plan_on=date(2026, 11, 2))  # fmt: skip
    talk = {"kind": "job_talk", "form": "phone"}
    add(Talk, day=date(2026, 9, 24), kind="first", form="in_person", outcome=TalkOutcome.HELD)
    add(Talk, day=date(2026, 10, 22), **talk, outcome=TalkOutcome.ABSENT, reason="Syg")
    add(Talk, day=date(2026, 11, 5), **talk, outcome=TalkOutcome.HELD)
    add(Effort, kind=EffortKind.COMPANY_BASED, status=EffortStatus.RUNNING,
        description="Virksomhedspraktik i Børnehuset Kastanjen", first_day=date(2026, 11, 9),
        last_day=date(2026, 12, 4))  # fmt: skip
    add(Effort, kind=EffortKind.RECOMMENDATION, status=EffortStatus.OPEN,
        description="Kursus i inkluderende pædagogik, 2 uger",
        first_day=date(2026, 11, 12))  # fmt: skip
    add(ProfileClarification, day=date(2026, 9, 20), tool="Forberedelsesskemaet på Jobnet")
    assessment = add(
        Assessment, agreement_version_id=version.id, decision=Decision.KEEP,
        reason="Medlemmet har et stærkt netværk og er i praktik. A-kassen følger op i december.",
        informed_on=date(2026, 11, 5), informed_channel="phone", decided_by="Mette Eksempel",
    )  # fmt: skip
    answers = (CriterionAnswer.NO, CriterionAnswer.YES, CriterionAnswer.UNKNOWN)
    for n, (criterion, answer) in enumerate(zip(version.criteria, answers, strict=True)):
        told = "Kan ikke løfte små børn, og søger derfor de ældste grupper."
        make.saved(
            AssessmentAnswer(
                organisation_id=fund.id,
                assessment_id=assessment.id,
                position=n,
                code=criterion["code"],
                label=criterion["label_da"],
                answer=answer,
                consequence=told if answer is CriterionAnswer.YES else None,
            )  # fmt: skip
        )
    return case


@pytest.fixture
def members(fund, municipality, outsider, adviser, leader, full):
    for n, name in enumerate(NAMES):
        make.member_case(
            fund,
            outsider if n % 3 else municipality,
            name=name,
            adviser_id=adviser.id if n % 2 else leader.id,
            own_reference=f"A-2026-{200 + n}",
            transfer_on=date(2026, 11 + n // 5, 15 + n),
            transfer_confirmed=n % 4 == 0,
        )


def test_the_pages_of_a_case_are_accessible_and_fit(full, adviser, enter):
    page = enter(adviser)
    for path in PAGES:
        page.goto(f"/cases/{full.id}{path}")
        assert faults(page, picture=f"case{path.replace('/', '-')}") == [], path


def test_lists_and_forms_are_accessible_and_fit(members, full, leader, enter):
    page = enter(leader)
    paths = (
        "?list=all",
        "?list=mine",
        "?list=closed",
        "new",
        "import/members",
        f"move?case={full.id}",
    )
    for path in paths:
        page.goto(f"/cases/{path}")
        assert faults(page) == [], path


def test_a_number_is_shown_on_purpose_and_in_place(full, adviser, enter):
    page = enter(adviser)
    page.goto(f"/cases/{full.id}")
    expect(page.get_by_text("620588-xxxx")).to_be_visible()
    expect(page.get_by_text("620588-1234")).to_have_count(0)

    page.get_by_text("Vis hele nummeret").click()
    page.get_by_label("Hvad skal nummeret bruges til?").select_option("contact")
    page.get_by_role("button", name="Vis CPR-nummer").click()

    expect(page.get_by_text("620588-1234")).to_be_visible()
    assert page.url.endswith(f"/cases/{full.id}")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_assessment_asks_for_text_where_the_answer_is_yes(scripts, full, adviser, enter):
    page = enter(adviser, java_script_enabled=scripts)
    page.goto(f"/cases/{full.id}/assessments/new")
    first = page.locator(".criterion").first
    box = first.get_by_label("Betydning for jobsøgningen")
    expect(box).to_be_hidden()
    first.get_by_text("Ja", exact=True).click()
    box.fill("Kan kun søge deltidsjob")
    first.get_by_text("Nej", exact=True).click()
    expect(box).to_be_visible()  # nothing that is typed is hidden, since it would be sent
    box.fill("")
    expect(box).to_be_hidden()


def test_whether_the_rule_is_met_is_told_while_one_answers(full, adviser, enter):
    page = enter(adviser)
    page.goto(f"/cases/{full.id}/assessments/new")
    told = page.get_by_role("status").filter(has_text="Reglen er")
    first = page.locator(".criterion").first
    expect(told).to_have_count(0)
    first.get_by_text("Ja", exact=True).click()
    expect(told).to_have_text("Reglen er opfyldt. Det er stadig dig, der afgør det.")
    first.get_by_text("Nej", exact=True).click()
    expect(told).to_have_text("Reglen er ikke opfyldt.")
