"""What is typed to search for: the words of it, and those of them that tell anything."""

import re

# A reference typed in one piece, as OP7K3M9Q2X; of letters alone a name may be made of as many.
REFERENCE = re.compile(r"\b(OP)[ -]?(\w{4})[ -]?(\w{4})\b", re.IGNORECASE)


def words_of(search: str) -> list[str]:
    return re.findall(r"\w+", REFERENCE.sub(r"\1 \2 \3", search))


def telling(words: list[str]) -> list[str]:
    """Without "OP", with which every reference begins: it finds all, and is read from all.

    Where nothing else was asked for, all is what was asked for.
    """
    return [word for word in words if not "op".startswith(word.casefold())] or words
