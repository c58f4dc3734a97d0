"""A meeting as an iCalendar file (RFC 5545, scheduling as in RFC 5546).

The file ends up in calendars that others can look into: it names organisations, a reference and a
link, and never a person.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress

from portal.clock import COPENHAGEN
from portal.meetings.entry import Entry

Half = TimezoneDaylight | TimezoneStandard
PRODUCT = "-//Samspil//Samspil//DA"
REFRESH = timedelta(hours=1)
NOTHING: Mapping[str, object] = MappingProxyType({})
SUMMER, WINTER = timedelta(hours=2), timedelta(hours=1)


def invitation(entry: Entry) -> bytes:
    """The file: the same meeting always under the same UID, so that a calendar moves it."""
    return written(entry.method, [invited(event(entry), entry)])


def published(entries: Sequence[Entry], name: str) -> bytes:
    """All meetings of a person: what is no longer in it, the calendar takes out by itself."""
    shown = {"x-wr-calname": name, "refresh-interval": REFRESH, "x-published-ttl": REFRESH}
    return written("PUBLISH", [event(one) for one in entries], shown)


def written(method: str, events: Sequence[Event], more: Mapping[str, object] = NOTHING) -> bytes:
    calendar = Calendar()
    for name, value in {"prodid": PRODUCT, "version": "2.0", "method": method, **more}.items():
        calendar.add(name, value)
    for part in (copenhagen(), *events):
        calendar.add_component(part)
    made: bytes = calendar.to_ical()
    return made


def event(entry: Entry) -> Event:
    made = Event()
    made.add("uid", str(entry.meeting_id))  # without a host: the portal's address may change
    made.add("sequence", entry.sequence)
    made.add("dtstamp", entry.changed_at)
    made.add("dtstart", entry.starts_at.astimezone(COPENHAGEN))
    made.add("dtend", entry.ends_at.astimezone(COPENHAGEN))
    made.add("summary", entry.title)
    made.add("description", entry.text)
    if entry.where:
        made.add("location", entry.where)
    made.add("url", entry.url)
    made.add("class", "PRIVATE")
    made.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    return made


def invited(made: Event, entry: Entry) -> Event:
    """REQUEST demands attendees (RFC 5546 3.2.2); nobody is asked to answer by mail."""
    convening, *_others = entry.parties.values()
    made.add("organizer", address(f"mailto:{entry.reply_to}", convening))
    for party_id, name in entry.parties.items():
        made.add("attendee", address(f"urn:uuid:{party_id}", name, CUTYPE="GROUP", RSVP="FALSE"))
    if entry.to:  # programs take an invitation only for whom it names; the reader knows the address
        made.add("attendee", address(f"mailto:{entry.to}", entry.to, RSVP="FALSE"))
    return made


def address(uri: str, name: str, **parameters: str) -> vCalAddress:
    made = vCalAddress(uri)
    made.params.update({"CN": name, **parameters})
    return made


def copenhagen() -> Timezone:
    """Danish time by the rule that has held since 1996 (directive 2000/84/EC).

    Written out, because the library's own would end with the years that it was made for.
    """
    zone = Timezone()
    zone.add("tzid", "Europe/Copenhagen")
    zone.add_component(observance(TimezoneDaylight(), "CEST", 3, datetime(1996, 3, 31, 2)))  # noqa: DTZ001  (local by definition)
    zone.add_component(observance(TimezoneStandard(), "CET", 10, datetime(1996, 10, 27, 3)))  # noqa: DTZ001  (local by definition)
    return zone


def observance(half: Half, name: str, month: int, begins: datetime) -> Half:
    is_summer = name == "CEST"
    half.add("tzname", name)
    half.add("dtstart", begins)
    half.add("rrule", {"freq": "yearly", "bymonth": month, "byday": "-1su"})
    half.add("tzoffsetfrom", WINTER if is_summer else SUMMER)
    half.add("tzoffsetto", SUMMER if is_summer else WINTER)
    return half
