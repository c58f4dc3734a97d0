"""What somebody signs in from, in words that they know again: kind of browser, kind of system.

Nothing finer is kept; that would tell people apart.
"""

from flask_babel import gettext as _

# In the order in which they are looked for: most browsers also claim to be others.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Windows": "Windows",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def device(agent: str) -> str | None:
    """Such as "Firefox/Windows"; None where neither is known."""
    found = [
        next((name for mark, name in known.items() if mark in agent), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return "/".join(found) if any(found) else None


def in_words(device: str | None) -> str:
    browser, _sign, system = (device or "").partition("/")
    if browser and system:
        return str(_("%(browser)s på %(system)s", browser=browser, system=system))
    return browser or system or str(_("Ukendt browser"))
