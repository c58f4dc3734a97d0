"""Names that look Danish and that nobody has: the surnames say that they are made up."""

from demo.chance import Chance


def listed(words: str) -> list[str]:
    return words.split()


WOMEN = listed(
    "Anne Mette Camilla Louise Maria Sofie Ida Emma Freja Katrine Line Julie Trine Pernille "
    "Charlotte Helle Hanne Kirsten Lene Gitte Pia Rikke Sanne Maja Signe Nanna Amalie Cecilie "
    "Mathilde Laura Karen Inger Bodil Birthe Dorthe Tina Susanne Heidi Malene Stine Amina Leyla "
    "Fatima Zahra Agnieszka Olena Åse Sidsel"
)
MEN = listed(
    "Anders Jens Morten Søren Kasper Mikkel Rasmus Thomas Jakob Frederik Emil Oskar Magnus "
    "Christian Henrik Lars Niels Peter Ole Bo Jesper Hassan Ali Mehmet Åge Jørn"
)
BEGINNINGS = listed(
    "Prøve Eksempel Attrap Skabelon Påfund Opdigt Demo Model Mønster Kulisse Udkast Skitse Kladde "
    "Øvelses Fiktiv Tænke Papir Låne Søge Ærinde"
)
ENDINGS = listed("sen gaard lund holm by strup bjerg dal vang toft næs høj å")


def person(chance: Chance) -> str:
    """Most who work as pædagog are women."""
    first = chance.choice(WOMEN if chance.likely(82) else MEN)
    middle = f" {chance.choice(BEGINNINGS)}{chance.choice(ENDINGS)}" if chance.likely(25) else ""
    return f"{first}{middle} {surname(chance)}"


def surname(chance: Chance) -> str:
    return f"{chance.choice(BEGINNINGS)}{chance.choice(ENDINGS)}"


def address(name: str, place: str) -> str:
    """An e-mail address that leads nowhere: nobody can own `.example`."""
    return f"{plain(name).replace(' ', '.')}@{place}.example"


def plain(text: str) -> str:
    folded = text.lower()
    for danish, ascii_only in {"æ": "ae", "ø": "oe", "å": "aa"}.items():
        folded = folded.replace(danish, ascii_only)
    return folded
