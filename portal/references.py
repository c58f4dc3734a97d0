"""What things are called between people: on a letter, in a mail, over the telephone."""

import secrets

# Without I, L, O and U: read aloud and typed without mistakes. Random, so none tells a count.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(prefix: str) -> str:
    """Such as OP-7K3M-9Q2X, of a package."""
    letters = "".join(secrets.choice(ALPHABET) for _number in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"
