"""What each step asks for and what it changes besides the state.

Each function looks first (and refuses with every lack at once), then changes the package. The
state itself, the turn, the clock and the event are `actions.take`'s.
"""

from portal.handovers import (
    amending,
    redirecting,
    requests,
    slots,
    steps_after_meeting,
    steps_of_decision,
    steps_of_end,
    steps_of_meeting,
    steps_of_pause,
    steps_of_sending,
    steps_of_signoff,
    steps_of_taking,
)
from portal.handovers.lacks import Effect

EFFECTS: dict[str, Effect] = {
    **steps_of_signoff.EFFECTS,
    **steps_of_sending.EFFECTS,
    **steps_of_decision.EFFECTS,
    **steps_of_taking.EFFECTS,
    **steps_of_meeting.EFFECTS,
    **slots.EFFECTS,
    **steps_after_meeting.EFFECTS,
    **steps_of_end.EFFECTS,
    **steps_of_pause.EFFECTS,
    **requests.EFFECTS,
    **redirecting.EFFECTS,
    **amending.EFFECTS,
}
