"""The application log: one line of JSON for each event, and no secrets in it (F9)."""

import json
import logging
import sys

import pytest

from portal.log import JsonLines


def line(message: str, *values: object, **extra: object) -> dict[str, str]:
    record = logging.getLogger("samspil.x").makeRecord(
        "samspil.x", logging.WARNING, __file__, 1, message, values, None, extra=extra
    )
    text = JsonLines().format(record)
    assert "\n" not in text
    assert "\r" not in text
    return json.loads(text)


def test_a_line():
    found = line("not signed in: %s", "attempt", request_id="abc")
    assert found["message"] == "not signed in: attempt"
    assert found["level"] == "WARNING"
    assert found["from"] == "samspil.x"
    assert found["request_id"] == "abc"
    assert found["at"].endswith("+00:00")


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", 'a"}\n{"level": "INFO"}', "a\u2028b"])
def test_nobody_writes_a_line_of_their_own(text):
    assert line("path %s", text)["message"] == f"path {text}"


@pytest.mark.parametrize(
    "text",
    [
        "GET /login/a/callback?code=SECRET&x=1",
        "state=SECRET",
        "{'code_verifier': 'SECRET'}",
        '{"access_token": "SECRET"}',
        "id_token_hint=SECRET",
        "client_secret: SECRET",
        "GET https://samspil.example/calendar/SECRET.ics HTTP/1.1",
        "token eyJhbGciOiJSUzI1NiJ9.SECRET.SECRET",
        "Using code_verifier: 'SECRET'",
    ],
)
def test_secrets_are_taken_out(text):
    assert "SECRET" not in line(text)["message"]


@pytest.mark.parametrize(
    "text", ["error_code 7", "no codes here", "postcode 4200", "statement", "/calendar/"]
)
def test_other_words_stay(text):
    assert line(text)["message"] == text


def test_an_exception_is_one_line_too():
    try:
        raise ValueError("two\nlines with code=SECRET")
    except ValueError:
        information = sys.exc_info()
    record = logging.makeLogRecord({"msg": "broken", "exc_info": information, "name": "samspil"})
    text = JsonLines().format(record)
    assert "\n" not in text
    assert "SECRET" not in text
    assert "ValueError" in json.loads(text)["error"]


def test_a_request_names_itself(web):
    with web.test_request_context("/"):
        web.preprocess_request()
        from flask import g

        assert line("x")["request_id"] == g.request_id
