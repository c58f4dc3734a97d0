"""Keys, encryption bound to its place, the blind index, and the chain of the audit log."""

import base64
import json
import re
import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal import crypto
from portal.crypto import BadKey, Checkpoint, Forged, KeyRing, Undecipherable

ONE, TWO = bytes(range(32)), bytes(range(1, 33))
RING = KeyRing({"one": ONE})
ROW = uuid.UUID("6f0c4d3e-54b1-4a7c-9d4e-2f5c6a7b8c9d")
PLACE: dict[str, Any] = {"table": "member", "column": "cpr", "row_id": ROW}
AT = datetime(2026, 11, 22, 3, 19, 44, tzinfo=UTC)

# No test may depend on how fast the machine is.


def written(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


class TestKeyRing:
    def test_the_first_key_is_current(self):
        ring = KeyRing.parse(f" new:{written(TWO)}, old:{written(ONE).rstrip('=')} ")

        assert ring.current == "new"
        assert ring.kids == ("new", "old")

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("", "empty"),
            (" ", "empty"),
            (",", "key 1: write id:key"),
            (f"{written(ONE)}", "key 1: write id:key"),
            (f":{written(ONE)}", "key 1: write id:key"),
            (f"{written(ONE).rstrip('=')}:one", "key 1: write id:key"),
            (f"a b:{written(ONE)}", "key 1: write id:key"),
            (f"a|b:{written(ONE)}", "key 1: write id:key"),
            (f"one:{written(ONE)},", "key 2: write id:key"),
            ("one:", "key 1: the key is empty"),
            (f"one:{written(ONE[:31])}", "key 1: the key is 31 bytes long and must be 32"),
            (f"one:{written(ONE + b'x')}", "key 1: the key is 33 bytes long and must be 32"),
            (f"one:{written(ONE)[:-2]}!=", "key 1: the key is not base64url"),
            (f"one:{written(bytes(range(220, 252))).replace('_', '/')}", "not base64url"),
            (f"one:{written(ONE)},one:{written(TWO)}", "key 2: its id is used before"),
        ],
    )
    def test_what_cannot_be_a_ring_is_refused_without_showing_it(self, text, complaint):
        with pytest.raises(BadKey) as refusal:
            KeyRing.parse(text)

        assert complaint in str(refusal.value)
        assert not any(len(word) > 20 for word in re.split(r"\W", str(refusal.value)))

    @pytest.mark.parametrize("keys", [{}, {"one": ONE[:16]}])
    def test_a_ring_made_of_bytes_is_checked_too(self, keys):
        with pytest.raises(BadKey):
            KeyRing(keys)

    def test_a_ring_shows_ids_and_never_a_key(self):
        ring = KeyRing.parse(f"new:{written(TWO)},old:{written(ONE)}")

        assert repr(ring) == str(ring) == f"{ring}" == "KeyRing(new, old)"


class TestEncryption:
    @given(st.text())
    def test_what_goes_in_comes_out(self, plaintext):
        value = crypto.encrypt(RING, plaintext, **PLACE)

        assert crypto.decrypt(RING, value, **PLACE) == plaintext

    def test_it_is_stored_with_version_and_key_id(self):
        value = crypto.encrypt(RING, "6101901234", **PLACE)

        assert re.fullmatch(r"v1\|one\|[A-Za-z0-9_-]{16}\|[A-Za-z0-9_-]+", value)
        assert "6101901234" not in value

    def test_the_same_twice_looks_different(self):
        assert crypto.encrypt(RING, "x", **PLACE) != crypto.encrypt(RING, "x", **PLACE)

    @pytest.mark.parametrize(
        "elsewhere", [{"table": "person"}, {"column": "note"}, {"row_id": uuid.UUID(int=1)}]
    )
    def test_a_value_is_unreadable_in_another_place(self, elsewhere):
        value = crypto.encrypt(RING, "6101901234", **PLACE)

        assert crypto.decrypt(RING, value, **PLACE) == "6101901234"
        with pytest.raises(Undecipherable):
            crypto.decrypt(RING, value, **{**PLACE, **elsewhere})

    def test_a_value_cannot_be_passed_off_as_another_keys(self):
        ring = KeyRing({"one": ONE, "same": ONE})
        value = crypto.encrypt(ring, "x", **PLACE)

        with pytest.raises(Undecipherable):
            crypto.decrypt(ring, value.replace("|one|", "|same|"), **PLACE)

    @pytest.mark.parametrize("names", [{"table": "member|cpr"}, {"column": "cpr|x"}])
    def test_names_cannot_blur_where_one_ends(self, names):
        with pytest.raises(ValueError, match="no |"):
            crypto.encrypt(RING, "x", **{**PLACE, **names})

    @given(st.text(max_size=20), st.data())
    def test_a_changed_character_is_noticed(self, plaintext, data):
        value = crypto.encrypt(RING, plaintext, **PLACE)
        at = data.draw(st.integers(0, len(value) - 1))
        other = data.draw(st.characters(codec="utf-8"))
        assume(other != value[at])

        with pytest.raises(Undecipherable):
            crypto.decrypt(RING, value[:at] + other + value[at + 1 :], **PLACE)

    def test_a_value_has_one_spelling(self):
        value = crypto.encrypt(RING, "", **PLACE)
        last = "AQgw".index(value[-1])

        assert crypto.decrypt(RING, value, **PLACE) == ""
        with pytest.raises(Undecipherable):
            crypto.decrypt(RING, value[:-1] + "BRhx"[last], **PLACE)

    @given(st.text() | st.builds("|".join, st.lists(st.text(max_size=5), min_size=3, max_size=5)))
    def test_what_was_never_encrypted_is_refused_as_such(self, value):
        with pytest.raises(Undecipherable):
            crypto.decrypt(RING, value, **PLACE)

    def test_a_key_out_of_the_ring_says_so_without_the_value(self):
        value = crypto.encrypt(KeyRing({"gone": TWO}), "6101901234", **PLACE)

        with pytest.raises(Undecipherable, match="not in the ring") as refusal:
            crypto.decrypt(RING, value, **PLACE)
        assert value not in str(refusal.value)


class TestRotation:
    def test_old_values_stay_readable_and_ask_for_rotation(self):
        value = crypto.encrypt(RING, "6101901234", **PLACE)
        both = KeyRing({"two": TWO, "one": ONE})

        assert not crypto.needs_rotation(RING, value)
        assert crypto.needs_rotation(both, value)
        assert crypto.decrypt(both, value, **PLACE) == "6101901234"

    def test_after_rotation_the_old_key_can_go(self):
        both = KeyRing({"two": TWO, "one": ONE})
        old = crypto.encrypt(RING, "6101901234", **PLACE)
        new = crypto.encrypt(both, crypto.decrypt(both, old, **PLACE), **PLACE)

        assert not crypto.needs_rotation(both, new)
        assert crypto.decrypt(KeyRing({"two": TWO}), new, **PLACE) == "6101901234"
        with pytest.raises(Undecipherable):
            crypto.decrypt(KeyRing({"two": TWO}), old, **PLACE)

    def test_nonsense_has_no_key(self):
        with pytest.raises(Undecipherable):
            crypto.needs_rotation(RING, "6101901234")


class TestBlindIndex:
    def test_equal_numbers_meet_under_one_key_and_purpose_only(self):
        mark = crypto.blind_index(ONE, "member", "6101901234")

        assert len(mark) == 32
        assert mark == crypto.blind_index(ONE, "member", "6101901234")
        assert mark != crypto.blind_index(ONE, "member", "6101901235")
        assert mark != crypto.blind_index(ONE, "project", "6101901234")
        assert mark != crypto.blind_index(TWO, "member", "6101901234")

    @pytest.mark.parametrize("digits", ["", "610190-1234", " 6101901234", "٦١٠١٩٠١٢٣٤"])
    def test_another_spelling_is_refused_rather_than_never_found(self, digits):
        with pytest.raises(ValueError, match="digits alone"):
            crypto.blind_index(ONE, "member", digits)

    def test_a_short_key_is_refused(self):
        with pytest.raises(BadKey):
            crypto.blind_index(ONE[:31], "member", "6101901234")


def scalars() -> st.SearchStrategy[object]:
    return (
        st.none()
        | st.booleans()
        | st.integers()
        | st.text()
        | st.uuids()
        | st.dates()
        | st.binary(max_size=40)
        | st.datetimes(timezones=st.just(UTC))
    )


def rows() -> st.SearchStrategy[dict[str, object]]:
    values = st.recursive(
        scalars(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=8,
    )
    return st.dictionaries(st.text(), values, max_size=6)


class TestCanonical:
    def test_it_is_spelled_one_way(self):
        row = {
            "when": datetime(2026, 11, 22, 4, 19, 44, tzinfo=timezone(timedelta(hours=1))),
            "day": date(2026, 11, 22),
            "id": ROW,
            "detail": {"å": [1, None, True], "a": "ø\n"},
            "hash": b"\x00\xff",
        }

        assert crypto.canonical(row).decode() == (
            '{"day":"2026-11-22","detail":{"a":"ø\\n","å":[1,null,true]},"hash":"00ff",'
            f'"id":"{ROW}","when":"2026-11-22T03:19:44.000000+00:00"}}'
        )

    @given(rows())
    def test_the_order_of_the_columns_does_not_matter(self, row):
        assert crypto.canonical(row) == crypto.canonical(dict(reversed(row.items())))

    @given(rows())
    def test_it_survives_the_way_through_the_database(self, row):
        assert crypto.canonical(json.loads(crypto.canonical(row))) == crypto.canonical(row)

    @pytest.mark.parametrize("value", [1.0, float("nan"), Decimal(1), {1}, object(), {1: "x"}])
    def test_what_has_no_one_spelling_is_refused(self, value):
        assert crypto.canonical({"deep": [{"value": 1}]}) == b'{"deep":[{"value":1}]}'
        with pytest.raises(TypeError):
            crypto.canonical({"deep": [{"value": value}]})

    def test_a_time_without_a_zone_is_refused(self):
        with pytest.raises(ValueError, match="zone"):
            crypto.canonical({"at": AT.replace(tzinfo=None)})


def chain(key: bytes, log: list[dict[str, object]]) -> bytes:
    seal = crypto.GENESIS
    for row in log:
        seal = crypto.link(key, seal, row)
    return seal


class TestChain:
    @given(st.lists(rows(), min_size=1, max_size=5), rows(), st.data())
    def test_change_removal_insertion_and_order_all_show(self, log, other, data):
        at = data.draw(st.integers(0, len(log) - 1))
        seal = chain(ONE, log)

        assert chain(ONE, [dict(row) for row in log]) == seal
        assert chain(ONE, log[:at] + log[at + 1 :]) != seal
        assert chain(ONE, [*log[:at], other, *log[at:]]) != seal
        if crypto.canonical(other) != crypto.canonical(log[at]):
            assert chain(ONE, [*log[:at], other, *log[at + 1 :]]) != seal
        if crypto.canonical(log[0]) != crypto.canonical(log[at]):
            assert chain(ONE, [log[at], *log[1:at], log[0], *log[at + 1 :]]) != seal

    def test_without_the_key_no_chain_fits(self):
        assert chain(ONE, [{"n": 1}]) != chain(TWO, [{"n": 1}])

    @pytest.mark.parametrize(("key", "previous"), [(ONE[:31], crypto.GENESIS), (ONE, b"")])
    def test_a_link_needs_whole_keys_and_hashes(self, key, previous):
        with pytest.raises(ValueError, match="32 bytes"):
            crypto.link(key, previous, {})


class TestCheckpoint:
    checkpoint = Checkpoint(seal_no=41, hash=TWO, count=42, at=AT)

    def test_it_is_one_line_that_says_what_was_signed(self):
        line = crypto.sign_checkpoint(ONE, self.checkpoint)

        assert "\n" not in line
        assert json.loads(line.rpartition(" ")[0])["seal_no"] == 41
        assert crypto.verify_checkpoint(crypto.public_key(ONE), line) == self.checkpoint
        assert crypto.verify_checkpoint(crypto.public_key(ONE), f"{line}\n") == self.checkpoint

    def test_another_key_did_not_sign_it(self):
        with pytest.raises(Forged):
            crypto.verify_checkpoint(
                crypto.public_key(TWO), crypto.sign_checkpoint(ONE, self.checkpoint)
            )

    @given(st.data())
    def test_a_changed_character_is_noticed(self, data):
        line = crypto.sign_checkpoint(ONE, self.checkpoint)
        at = data.draw(st.integers(0, len(line) - 1))
        other = data.draw(st.characters(codec="utf-8"))
        assume(other != line[at])

        with pytest.raises(Forged):
            crypto.verify_checkpoint(crypto.public_key(ONE), line[:at] + other + line[at + 1 :])

    @pytest.mark.parametrize("line", ["", "x", "{} AAAA", '{"seal_no":41}'])
    def test_nonsense_is_forged(self, line):
        with pytest.raises(Forged):
            crypto.verify_checkpoint(crypto.public_key(ONE), line)
