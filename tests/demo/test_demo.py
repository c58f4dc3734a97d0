"""The whole demo, as whoever types the command meets it."""

import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests
from bs4 import BeautifulSoup
from playwright.sync_api import Page

import run
from portal.clock import today
from portal.embedded import Server
from tests.browser import follow, press
from tests.conftest import ROOT

LONG = 60  # seconds after which a demo that does not start has failed


@dataclass
class Demo:
    process: subprocess.Popen[str]
    folder: Path
    port: int
    said: str = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def four_free_ports() -> int:
    """The first of four in a row that nobody listens on now."""
    for first in range(20000 + os.getpid() % 10000, 60000, 4):
        try:
            for port in range(first, first + 4):
                socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return first
    raise AssertionError("no ports")


def start(folder: Path, port: int) -> Demo:
    command = [sys.executable, "-P", "-m", "demo", "--port", str(port), "--data", str(folder)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SAMSPIL", "DATABASE"))}
    environment["PYTHONPATH"] = str(ROOT)
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    # As a script puts it into the background: it stops when told to all the same.
    pipes |= {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)}
    return Demo(subprocess.Popen(command, env=environment, cwd=folder, **pipes), folder, port)  # noqa: S603 - our own command


def left_behind(folder: Path) -> list[str]:
    """Processes that were started with the folder in their arguments or their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes()
            known = words + (process / "environ").read_bytes()
        except OSError:
            continue  # ended since, or another user's
        if str(folder).encode() in known:
            found.append(words.decode("utf-8", "replace"))
    return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    made = start(folder, four_free_ports())
    assert made.process.stdout
    try:
        for line in made.process.stdout:
            made.said += line
            if "Ctrl-C" in line:
                break
        yield made
    finally:
        made.process.kill()
        made.process.communicate()
        Server(folder / "postgresql").remove()


def sign_in(demo: Demo, slug: str, sub: str) -> tuple[requests.Session, requests.Response]:
    session = requests.Session()
    session.trust_env = False
    choice = session.get(f"{demo.address}/login/{slug}")
    form = BeautifulSoup(choice.text, "html.parser").find("form")
    assert form, demo.said + choice.text
    return session, session.post(choice.url, data={"sub": sub})


def test_it_says_where_it_is(demo):
    assert re.search(rf"Samspil: +{demo.address}\n", demo.said), demo.said
    assert requests.get(f"{demo.address}/login", timeout=LONG).status_code == 200


def test_the_commands_that_it_names_find_its_database(demo):
    """Wherever its data lies."""
    [where] = re.findall(r"Commands: +(.*) python3 run.py samspil …\n", demo.said)
    named = dict(setting.split("=", 1) for setting in where.split())
    command = [sys.executable, "-c", run.SAMSPIL, "mail", "failed"]

    def asked(settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"]} | settings
        return subprocess.run(  # noqa: S603 - our own command
            command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
        )

    assert asked(named).returncode == 0, asked(named).stderr
    assert asked(named | {"SAMSPIL_DATA": "elsewhere"}).returncode != 0


def test_the_keys_are_for_nobody_else(demo):
    assert (demo.folder / "demo.toml").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("slug", "sub"), [("bupl-a", "mette"), ("slagelse", "sanne")])
def test_a_person_signs_in_through_their_own_provider(slug, sub, demo):
    session, answer = sign_in(demo, slug, sub)
    assert answer.status_code == 200
    assert answer.url.startswith(f"{demo.address}/")
    assert "login" not in answer.url
    session.close()


def test_somebody_without_an_account_is_not_let_in(demo):
    session, answer = sign_in(demo, "bupl-a", "nobody-of-this-name")
    assert "/authorize" in answer.url or answer.status_code >= 400
    session.close()


def test_mails_end_on_a_page(demo):
    message = EmailMessage()
    message["From"], message["To"] = "samspil@samspil.example", "sanne@slagelse.example"
    message["Subject"] = "Samspil: <b>OP-1</b> venter på jer"
    message.set_content("Åbn den:\n\nhttp://127.0.0.1/handovers/1\n")
    with smtplib.SMTP("127.0.0.1", demo.port + 3) as server:
        server.send_message(message)
    page = f"http://127.0.0.1:{demo.port + 2}/"
    found = BeautifulSoup(requests.get(page, timeout=LONG).text, "html.parser")
    [link] = [link for link in found.find_all("a") if link.text == message["Subject"]]
    shown = requests.get(urljoin(page, str(link["href"])), timeout=LONG)
    assert 'href="http://127.0.0.1/handovers/1"' in shown.text
    assert "&lt;b&gt;" in shown.text
    assert (
        requests.get(page, headers={"Host": "elsewhere.example"}, timeout=LONG).status_code == 400
    )


@pytest.mark.journey
def test_a_quarterly_meeting_is_held_on_the_year_that_lies_there(demo, visit):
    """From the agenda that draws itself to minutes that both approve, and a change agreed."""

    def enter(organisation: str, person: str) -> Page:
        page = visit(base_url=demo.address)
        page.goto("/login")
        page.get_by_role("link", name=organisation).click()
        page.get_by_role("button", name=person).click()
        page.wait_for_url(f"{demo.address}/")
        return page

    ulla, gitte = enter("BUPL-A", "Ulla Påfund"), enter("Aarhus Kommune", "Gitte Påfund")
    follow(ulla, re.compile("^Statusmøde"))
    meeting = ulla.url
    follow(ulla, "Flyt mødet")
    ulla.get_by_label("Dag", exact=True).fill(f"{today():%d/%m/%Y}")
    press(ulla, "Flyt mødet")

    follow(ulla, "Lav dagsordenen")
    press(ulla, "Tag alle forslag med")
    follow(ulla, "Færdig: se og send dagsordenen")
    press(ulla, "Send dagsordenen")
    told = ulla.get_by_role("main").inner_text()
    for fact in (r"\d+ opgaver fra tidligere møder er åbne", r"\d af \d mål er ikke nået",
                 r"\d+ pakker? er over fristen", r"\d+ afvisning"):  # fmt: skip
        assert re.search(fact, told), fact
    press(ulla, "Begynd mødet")
    follow(gitte, re.compile("^Statusmøde"))
    follow(gitte, re.compile("Åbn punktet.*Overskredne frister"))
    press(gitte, "Tag punktet op")
    gitte.get_by_label("Beslutning").check()
    gitte.get_by_role("textbox", name="Note").fill("Vi vurderer inden for tre arbejdsdage.")
    press(gitte, "Gem noten")
    ulla.goto(f"{meeting}/people")
    press(ulla, "Alle var med")
    press(ulla, "Del referatet til godkendelse")
    press(ulla, "Godkend referatet")
    gitte.goto(meeting)
    press(gitte, "Godkend referatet")
    assert gitte.get_by_text("Referat godkendt").first.is_visible()

    follow(gitte, "Gør til en ændring af aftalen")
    follow(gitte, "Frist for vurdering")
    gitte.get_by_label("Frist for vurdering").fill("3")
    press(gitte, "Send forslaget")
    ulla.goto(gitte.url)
    press(ulla, "Vi er enige")
    follow(ulla, "Frist for vurdering")
    assert ulla.get_by_text("Godkendt, går med i næste version").first.is_visible()
    assert ulla.get_by_text("3 arbejdsdage").first.is_visible()


def test_a_second_one_on_its_ports_says_so_in_one_sentence(demo, tmp_path):
    second = start(tmp_path, demo.port)
    said, _ = second.process.communicate(timeout=LONG)
    assert second.process.returncode == 1
    assert said == f"demo: Port {demo.port} is taken by another program; choose another port.\n"


def test_it_leaves_nothing_behind(demo):
    """Last: it ends the demo of this module."""
    assert len(left_behind(demo.folder)) > 5
    demo.process.send_signal(signal.SIGINT)
    demo.process.communicate(timeout=LONG)
    assert demo.process.returncode == 0
    assert left_behind(demo.folder) == []
    for port in range(demo.port, demo.port + 4):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
