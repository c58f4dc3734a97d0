"""Secrets: values that the database cannot read, and proofs that it cannot make.

Nothing here reads the environment or the database. Keys come in as arguments, and no key, plaintext
or ciphertext ever goes into a message or a `repr`.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = "v1"
CHECKPOINT = b"samspil checkpoint v1\n"
DOCUMENT = b"samspil document v1\n"
GENESIS = bytes(hashlib.sha256().digest_size)
"""What the first row of a chain is linked to."""


class BadKey(ValueError):
    """A key as configured cannot be used. The message names its place, never its text."""


class Undecipherable(Exception):
    """A stored value that these keys cannot open in this place: changed, moved, or key missing."""


class Forged(Exception):
    """A checkpoint or a document that the holder of the signing key did not sign."""


def secret_key(text: str) -> bytes:
    """The 32 bytes of a key written as base64url, with or without padding. Raises BadKey."""
    bare = text.strip().rstrip("=")
    if not bare:
        raise BadKey("the key is empty")
    try:
        key = _bytes_of(bare)
    except ValueError:
        raise BadKey("the key is not base64url") from None
    if len(key) != KEY_BYTES:
        raise BadKey(f"the key is {len(key)} bytes long and must be {KEY_BYTES}")
    return key


class KeyRing:
    """Keys by id. The first one encrypts; all of them decrypt."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise BadKey("the key ring is empty")
        if any(len(key) != KEY_BYTES for key in keys.values()):
            raise BadKey(f"every key of the ring must be {KEY_BYTES} bytes")
        self._keys = dict(keys)
        self.current = next(iter(self._keys))

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """From `kid:base64url,kid2:base64url`, current first. Raises BadKey."""
        if not text.strip():
            raise BadKey("the key ring is empty")
        keys: dict[str, bytes] = {}
        for number, entry in enumerate(text.split(","), 1):
            kid, key = _entry(number, entry)
            if kid in keys:
                raise BadKey(f"key {number}: its id is used before")
            keys[kid] = key
        return cls(keys)

    @property
    def kids(self) -> tuple[str, ...]:
        return tuple(self._keys)

    def cipher(self, kid: str) -> AESGCM:
        if kid not in self._keys:
            raise Undecipherable("the key of this value is not in the ring")
        return AESGCM(self._keys[kid])

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self._keys)})"


def _entry(number: int, entry: str) -> tuple[str, bytes]:
    kid, colon, key = entry.strip().partition(":")
    # Short, so that a key written where its id belongs is refused and thus never shown.
    if not colon or not re.fullmatch(r"[A-Za-z0-9_.-]{1,20}", kid):
        raise BadKey(f"key {number}: write id:key, the id at most 20 of A-Z a-z 0-9 _ . -")
    try:
        return kid, secret_key(key)
    except BadKey as error:
        raise BadKey(f"key {number}: {error}") from None


def encrypt(ring: KeyRing, plaintext: str, *, table: str, column: str, row_id: uuid.UUID) -> str:
    """`v1|kid|nonce|ciphertext`, readable in this row and column only (AES-256-GCM)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    place = _place(table, column, row_id, ring.current)
    sealed = ring.cipher(ring.current).encrypt(nonce, plaintext.encode(), place)
    return "|".join((VERSION, ring.current, _text_of(nonce), _text_of(sealed)))


def decrypt(ring: KeyRing, value: str, *, table: str, column: str, row_id: uuid.UUID) -> str:
    """Raises Undecipherable; never answers with anything but what was encrypted here."""
    kid, nonce, sealed = _parts(value)
    try:
        plain = ring.cipher(kid).decrypt(nonce, sealed, _place(table, column, row_id, kid))
    except InvalidTag:
        raise Undecipherable("the value was changed or belongs somewhere else") from None
    return plain.decode()


def seal_bytes(key: bytes, data: bytes, place: str) -> bytes:
    """What is too large to be written anew with each new key: nonce and ciphertext, under a key
    that nothing else is under."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def open_bytes(key: bytes, sealed: bytes, place: str) -> bytes:
    """Raises Undecipherable."""
    try:
        nonce, rest = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return AESGCM(key).decrypt(nonce, rest, place.encode())
    except (InvalidTag, ValueError):
        raise Undecipherable("the bytes were changed or belong somewhere else") from None


def needs_rotation(ring: KeyRing, value: str) -> bool:
    """Whether a value is still under an older key than the current one."""
    kid, *_ = _parts(value)
    return kid != ring.current


def _place(table: str, column: str, row_id: uuid.UUID, kid: str) -> bytes:
    if "|" in table + column:
        raise ValueError("names of tables and columns hold no |")
    return "|".join((table, column, str(row_id), kid)).encode()


def _parts(value: str) -> tuple[str, bytes, bytes]:
    try:
        version, kid, nonce, sealed = value.split("|")
        parts = kid, _bytes_of(nonce), _bytes_of(sealed)
    except ValueError:
        raise Undecipherable("the value is not of a form that was ever written") from None
    if version != VERSION or len(parts[1]) != NONCE_BYTES:
        raise Undecipherable("the value is not of a form that was ever written")
    return parts


def blind_index(key: bytes, purpose: str, digits: str) -> bytes:
    """What an encrypted number is found by: equal numbers of one purpose, nothing else.

    A key of its own, or whoever holds the one for reading could also guess numbers.
    """
    if len(key) != KEY_BYTES:
        raise BadKey(f"the key of the blind index must be {KEY_BYTES} bytes")
    if not re.fullmatch(r"[0-9]+", digits):
        raise ValueError("a blind index is made of digits alone")
    return hmac.digest(key, f"{purpose}|{digits}".encode(), "sha256")


def canonical(row: Mapping[str, object]) -> bytes:
    """The one spelling of a row: JSON, keys sorted, times in UTC. Raises TypeError, ValueError.

    Floats are refused, since they come back from a database spelled in other ways; naive times,
    since they name no moment.
    """
    plain = _plain(row)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _plain(value: object) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case uuid.UUID():
            return str(value)
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
        case list() | tuple():
            return [_plain(item) for item in value]
        case Mapping():
            return {_name(key): _plain(item) for key, item in value.items()}
    raise TypeError(f"a {type(value).__name__} has no canonical form")


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without a zone names no moment")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("a canonical row has names as keys")
    return key


def link(key: bytes, previous: bytes, row: Mapping[str, object]) -> bytes:
    """The hash of a row in its chain. The key is not in the database, so not even the owner of
    the database can make a chain that fits changed rows."""
    if len(key) != KEY_BYTES or len(previous) != len(GENESIS):
        raise ValueError("a link needs a key and a previous hash of 32 bytes each")
    return hmac.digest(key, previous + canonical(row), "sha256")


@dataclass(frozen=True)
class Checkpoint:
    """How far a chain had come at a moment (aware): kept elsewhere, it betrays a cut tail."""

    seal_no: int
    hash: bytes
    count: int
    at: datetime


def sign_checkpoint(private_key: bytes, checkpoint: Checkpoint) -> str:
    """One line of JSON and its Ed25519 signature, for a log, a file or a mail."""
    content = canonical(vars(checkpoint))
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(CHECKPOINT + content)
    return f"{content.decode()} {_text_of(signature)}"


def verify_checkpoint(public_key: bytes, line: str) -> Checkpoint:
    """What the line says, if the holder of the private key said so. Raises Forged."""
    content, _, signature = line.strip().rpartition(" ")
    verifier = Ed25519PublicKey.from_public_bytes(public_key)
    try:
        verifier.verify(_bytes_of(signature), CHECKPOINT + content.encode())
    except (InvalidSignature, ValueError):
        raise Forged("the signature does not belong to this checkpoint") from None
    said = json.loads(content)
    at, seal = datetime.fromisoformat(said["at"]), bytes.fromhex(said["hash"])
    return Checkpoint(seal_no=said["seal_no"], hash=seal, count=said["count"], at=at)


def sign_document(private_key: bytes, sha256: str) -> bytes:
    """Ed25519 over the hash (hex) of a document's final bytes."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(DOCUMENT + sha256.encode())


def verify_document(public_key: bytes, sha256: str, signature: bytes) -> None:
    """Raises Forged unless the holder of the private key signed this hash."""
    try:
        verifier = Ed25519PublicKey.from_public_bytes(public_key)
        verifier.verify(signature, DOCUMENT + sha256.encode())
    except InvalidSignature:
        raise Forged("the signature does not belong to this document") from None


def key_id(public_key: bytes) -> str:
    """A short name for a public key: the beginning of its SHA-256, in hex."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def public_key(private_key: bytes) -> bytes:
    """The half of a signing key that may be handed to whoever checks."""
    public = Ed25519PrivateKey.from_private_bytes(private_key).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def fresh_key() -> str:
    """As keys are written down: base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes_of(text: str) -> bytes:
    """Strict, where the standard library skips what it does not know. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _text_of(data) != text:
        raise binascii.Error("not the one spelling of these bytes")
    return data
