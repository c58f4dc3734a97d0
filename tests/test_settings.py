"""What is refused before anything starts, each beside settings that are sound."""

import base64
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.operations import fresh_keys
from portal.settings import CONFIG, Misconfigured, Settings, load

SAMPLES = tomllib.loads((CONFIG / "test.toml").read_text("utf-8"))
PLACEHOLDERS = tomllib.loads((CONFIG / "production.example.toml").read_text("utf-8"))


def key(length: int = 32, letter: str = "k") -> str:
    """The same at each run: it becomes a part of the name of a test."""
    return base64.urlsafe_b64encode(letter.encode() * length).decode()


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[..., Settings]:
    """Settings of production, sound but for what is given; None leaves one out."""

    def start(environ: dict[str, str] | None = None, **changes: object) -> Settings:
        sound = tomllib.loads("\n".join(fresh_keys("k1"))) | {
            "base_url": "https://samspil.test",
            "mail_from": "samspil@samspil.test",
            "checkpoint_folder": str(tmp_path),
            "scanner": "none",
        }
        values = {name: value for name, value in (sound | changes).items() if value is not None}
        lines = (f"{name} = {written(value)}" for name, value in values.items())
        (tmp_path / "settings.toml").write_text("\n".join(lines), "utf-8")
        named = {"SAMSPIL_CONFIG": str(tmp_path / "settings.toml")}
        return load(named | (environ or {}))

    return start


def written(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def test_sound_settings_start(loaded):
    settings = loaded()
    assert (settings.environment, settings.is_https) == ("production", True)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("debug", True, "not in production"),
        ("demo_sign_in", True, "not in production"),
        ("base_url", "http://samspil.test", "https"),
        ("base_url", "samspil.test", "address"),
        ("base_url", "https://samspil.test/portal", "address"),
        ("base_url", "https://samspil.example", "example"),
        ("base_url", None, "address"),
        ("checkpoint_folder", None, "outside the database"),
        ("secret_key", None, "at least 32"),
        ("secret_key", "x" * 31, "at least 32"),
        ("secret_key", SAMPLES["secret_key"], "sample"),
        ("data_keys", None, "empty"),
        ("data_keys", "k1:", "empty"),
        ("data_keys", key(), "id:key"),
        ("data_keys", f"k1:{key(16)}", "16 bytes"),
        ("data_keys", f"k1:{key()},k1:{key(letter='q')}", "used before"),
        ("data_keys", SAMPLES["data_keys"], "sample"),
        ("data_keys", f"k2:{key()},{SAMPLES['data_keys']}", "sample"),
        ("data_keys", SAMPLES["data_keys"].replace("t1:", "k1:"), "sample"),
        *((name, None, "empty") for name in ("index_key", "audit_key", "checkpoint_key")),
        *((name, key(31), "31 bytes") for name in ("index_key", "audit_key", "checkpoint_key")),
        *((name, "æøå", "base64url") for name in ("index_key", "audit_key", "checkpoint_key")),
        *((name, SAMPLES[name], "sample") for name in ("index_key", "audit_key")),
        ("checkpoint_key", SAMPLES["checkpoint_key"], "sample"),
        ("scanner", None, "say which"),
        ("scanner", "clamav", "must be clamd:"),
        ("scanner", "clamd:", "must be clamd:"),
        ("file_keys", None, "empty"),
        ("file_keys", SAMPLES["file_keys"], "sample"),
        ("session_idle_minutes", 4, "5 to 60"),
        ("session_idle_minutes", 61, "5 to 60"),
        ("session_hours", 11, "1 to 10"),
        ("support_hours", 73, "1 to 72"),
        ("session_hours", "10", "must be a int"),
        ("proxies", True, "must be a int"),
        ("no_such_thing", 1, "no such setting"),
    ],
)
def test_the_start_is_refused(name, value, words, loaded):
    with pytest.raises(Misconfigured) as refused:
        loaded(**{name: value})
    told = [line for line in str(refused.value).splitlines() if line.startswith(f"{name}: ")]
    assert any(words in line for line in told), refused.value
    assert len(str(refused.value).splitlines()) == len(told)


@pytest.mark.parametrize("name", ["secret_key", "data_keys", "index_key", "checkpoint_key"])
def test_a_refusal_does_not_tell_the_key(name, loaded):
    with pytest.raises(Misconfigured) as refused:
        loaded(**{name: "k1:kort-hemmelig"})
    assert "hemmelig" not in str(refused.value)


def test_the_example_is_refused_for_each_of_its_placeholders():
    with pytest.raises(Misconfigured) as refused:
        load({"SAMSPIL_CONFIG": str(CONFIG / "production.example.toml")})
    for name in ("secret_key", "data_keys", "index_key", "audit_key", "checkpoint_key", "base_url"):
        assert f"{name}: " in str(refused.value)
    assert PLACEHOLDERS.keys() <= Settings.__dataclass_fields__.keys()


@pytest.mark.parametrize("environment", ["demo", "test"])
def test_what_is_loose_runs_on_this_machine_only(environment, loaded):
    loose = {"environment": environment, "demo_sign_in": True, "secret_key": SAMPLES["secret_key"]}
    assert loaded(**loose, base_url="http://127.0.0.1:5000").demo_sign_in
    with pytest.raises(Misconfigured, match="loopback"):
        loaded(**loose, base_url="https://samspil.test")


def test_an_unknown_environment_is_refused(loaded):
    with pytest.raises(Misconfigured, match="production, demo or test"):
        loaded(environment="staging", base_url="http://127.0.0.1:5000")


def test_the_environment_wins(loaded):
    settings = loaded({"SAMSPIL_MAIL_PORT": "587", "SAMSPIL_MAIL_STARTTLS": "no"}, mail_port=25)
    assert (settings.mail_port, settings.mail_starttls) == (587, False)
    with pytest.raises(Misconfigured, match="whole number"):
        loaded({"SAMSPIL_MAIL_PORT": "many"})


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(Misconfigured, match=r"nowhere\.toml"):
        load({"SAMSPIL_CONFIG": str(tmp_path / "nowhere.toml")})
