"""What each step is called: its button, its receipt, what it warns of, and that it happened."""

from flask_babel import lazy_gettext as _l

from portal.handovers.models import Kind

BUTTONS = {
    "correct": _l("Ret dagen for ansvaret"),
    "amend": _l("Ret en oplysning"),
    "find_info": _l("Fundet selv"),
    "send": _l("Send pakken"),
    "acknowledge": _l("Kvittér for modtagelsen"),
    "acknowledge_by_phone": _l("Registrér kvittering på telefon"),
    "assign": _l("Tildel sagsbehandler"),
    "request_info": _l("Bed om oplysninger"),
    "provide_info": _l("Svar på spørgsmålene"),
    "accept": _l("Acceptér"),
    "take_over": _l("Overtag"),
    "reject": _l("Afvis"),
    "plan_meeting": _l("Aftal samtalen"),
    "cancel_meeting": _l("Aflys samtalen"),
    "offer_slots": _l("Tilbyd tider til samtalen"),
    "pick_slot": _l("Vælg en tid"),
    "waive_meeting": _l("Undlad samtalen"),
    "record_no_show": _l("Registrér udeblivelse"),
    "record_held": _l("Registrér samtalen som holdt"),
    "object": _l("Gør indsigelse mod referatet"),
    "publish_minutes": _l("Skriv referat"),
    "complete": _l("Afslut overdragelsen"),
    "withdraw": _l("Træk pakken tilbage"),
    "ask_withdrawal": _l("Bed om at trække pakken tilbage"),
    "agree_withdrawal": _l("Ja, pakken må trækkes tilbage"),
    "refuse_request": _l("Nej"),
    "ask_redirect": _l("Hører til en anden kommune"),
    "agree_redirect": _l("Ja, send pakken videre"),
    "take_back_request": _l("Fortryd anmodningen"),
    "submit_for_signoff": _l("Send til godkendelse"),
    "return_to_draft": _l("Send tilbage til kladden"),
    "hold": _l("Sæt på pause"),
    "resume": _l("Slut pausen nu"),
    "obsolete": _l("Pakken er ikke længere aktuel"),
    "reset": _l("Åbn pakken igen"),
    "contest": _l("Bed om en ny vurdering"),
    "mark_error": _l("Markér som fejloprettet"),
    "move_case": _l("Flyt til en kollega"),
}

# To whoever took the step.
RECEIPTS = {
    "correct": _l("Rettelsen er sendt til a-kassen."),
    "amend": _l("Rettelsen er sendt til kommunen."),
    "find_info": _l("Svarene er gemt, og pakken er til vurdering hos jer."),
    "send": _l("Pakken er sendt."),
    "acknowledge": _l("I har kvitteret for modtagelsen."),
    "acknowledge_by_phone": _l("Kvitteringen er registreret."),
    "assign": _l("Sagsbehandleren er tildelt."),
    "request_info": _l("Spørgsmålene er sendt til a-kassen."),
    "provide_info": _l("Svarene er sendt til kommunen."),
    "accept": _l("I har accepteret pakken."),
    "take_over": _l("I har overtaget forløbet."),
    "reject": _l("I har afvist pakken."),
    "plan_meeting": _l("Samtalen er aftalt."),
    "cancel_meeting": _l("Samtalen er aflyst."),
    "offer_slots": _l("Tiderne er sendt til den anden part."),
    "pick_slot": _l("Samtalen er aftalt."),
    "waive_meeting": _l("Det er registreret, at samtalen undlades."),
    "record_no_show": _l("Udeblivelsen er registreret. Aftal en ny samtale."),
    "record_held": _l("Samtalen er registreret som holdt."),
    "object": _l("Indsigelsen er sendt til kommunen."),
    "publish_minutes": _l("Referatet er delt med a-kassen."),
    "complete": _l("Overdragelsen er afsluttet."),
    "withdraw": _l("Pakken er trukket tilbage."),
    "ask_withdrawal": _l("Kommunen er spurgt, om pakken må trækkes tilbage."),
    "agree_withdrawal": _l("Pakken er trukket tilbage."),
    "ask_redirect": _l("A-kassen er bedt om at sende pakken videre."),
    "agree_redirect": _l("Pakken er sendt videre til den rigtige kommune."),
    "refuse_request": _l("Svaret er sendt til den anden part."),
    "take_back_request": _l("Anmodningen er taget tilbage."),
    "submit_for_signoff": _l("Pakken er sendt til godkendelse."),
    "return_to_draft": _l("Pakken er en kladde igen."),
    "hold": _l("Pakken er sat på pause."),
    "resume": _l("Pausen er slut."),
    "obsolete": _l("Pakken er bortfaldet."),
    "reset": _l("Pakken er åbnet igen."),
    "contest": _l("Kommunen er bedt om en ny vurdering."),
    "mark_error": _l("Pakken er markeret som fejloprettet, og indholdet er slettet."),
    "move_case": _l("Pakken er flyttet."),
}

# Before what cannot be undone: what happens then.
WARNINGS = {
    "send": _l(
        "Når du sender, låses indholdet, og kommunen kan læse det. Bagefter kan pakken kun "
        "trækkes tilbage, indtil kommunen har accepteret den."
    ),
    "reject": _l(
        "Afvisningen kan ikke fortrydes. Pakken lukkes, a-kassen får besked, og borgeren bliver "
        "i a-kassens forløb, til ansvaret overgår efter loven."
    ),
    "withdraw": _l(
        "Det kan ikke fortrydes. Pakken lukkes hos begge parter, og kommunen får besked. Skal "
        "medlemmet overdrages alligevel, laver du en ny pakke i medlemmets sag."
    ),
    "hold": _l(
        "Fristerne står stille, og ingen får påmindelser, til pausen slutter. Pakken går videre "
        "af sig selv på dagen. Den dag, ansvaret overgår, flytter sig ikke."
    ),
    "obsolete": _l(
        "Pakken lukkes hos begge parter, og en aftalt samtale aflyses i Samspil. Viser det sig "
        "forkert, kan I åbne den igen i 30 dage. Borgeren får ikke besked fra Samspil."
    ),
    "contest": _l(
        "Det kan kun gøres én gang. Afviser kommunen igen, står afvisningen ved magt, og sagen "
        "kommer på dagsordenen for parternes næste statusmøde."
    ),
    "mark_error": _l(
        "Det kan ikke fortrydes. Pakkens indhold, filer, spørgsmål, beskeder og noter slettes hos "
        "begge parter. Begge ser kun, at der var en pakke, og loggen over, hvem der åbnede den."
    ),
    "agree_redirect": _l(
        "Kommunen, der har pakken nu, kan ikke længere se den. Den nye kommune ser indholdet, som "
        "det blev sendt, og forløbet, men ikke den førstes interne noter. Fristerne begynder "
        "forfra."
    ),
    "ask_withdrawal": _l(
        "Kommunen har accepteret pakken og skal derfor sige ja, før den trækkes tilbage. Siger "
        "kommunen nej, får begge parters aftaleejere besked."
    ),
    "agree_withdrawal": _l(
        "Det kan ikke fortrydes. Pakken lukkes hos begge parter, og en aftalt samtale aflyses i "
        "Samspil. Borgeren får ikke besked fra Samspil."
    ),
    "cancel_meeting": _l(
        "Den anden part får besked fra Samspil. Borgeren får ikke: det er kommunen, der aflyser "
        "over for borgeren fra Jobnet eller Digital Post."
    ),
    "waive_meeting": _l(
        "Der holdes ingen samtale i denne overdragelse, og det tælles for sig. I skriver bagefter, "
        "hvad der er aftalt i stedet."
    ),
    "record_no_show": _l(
        "Samspil giver ikke besked til andre end a-kassen. Skal udeblivelsen have følger for "
        "ydelsen, gør I det i jeres eget fagsystem."
    ),
    "object": _l(
        "Kommunen skal dele et nyt referat, før overdragelsen kan afsluttes. I kan gøre "
        "indsigelse én gang mod hvert referat."
    ),
    "complete": _l(
        "Overdragelsen lukkes hos begge parter og kan ikke åbnes igen. Samspil registrerer ikke "
        "overgangen i DFDG. Det skal I have gjort først."
    ),
}
# The same step where a package goes from one municipality, or one fund, to the next.
_SENT_STRAIGHT = _l(
    "Når du sender, låses indholdet, og modtageren kan læse det. Bagefter kan pakken kun trækkes "
    "tilbage, indtil modtageren har overtaget forløbet."
)
_WITHDRAWN_STRAIGHT = _l(
    "Det kan ikke fortrydes. Pakken lukkes hos begge parter, og modtageren får besked."
)
WARNINGS_OF_KIND = {
    ("send", Kind.FLYTNING): _SENT_STRAIGHT,
    ("send", Kind.AKASSESKIFT): _SENT_STRAIGHT,
    ("withdraw", Kind.FLYTNING): _WITHDRAWN_STRAIGHT,
    ("withdraw", Kind.AKASSESKIFT): _WITHDRAWN_STRAIGHT,
    ("send", Kind.RETUR): _SENT_STRAIGHT,
    ("withdraw", Kind.RETUR): _WITHDRAWN_STRAIGHT,
    ("take_over", Kind.RETUR): _l(
        "Medlemmets sag hos jer går videre, og er den lukket, åbnes den igen. I sagen står, fra "
        "hvilken dag ansvaret er jeres igen. Er der begyndt en ny dagpengeperiode, retter I den "
        "bagefter i sagen."
    ),
    ("take_over", Kind.FLYTNING): _l(
        "Pakken lukkes hos begge parter. A-kassen kan se, at forløbet er flyttet til jer, men "
        "ikke, hvad der står i pakken."
    ),
    ("take_over", Kind.AKASSESKIFT): _l(
        "Samspil opretter medlemmets sag hos jer med planen og en kladde til kommunen. Den "
        "tidligere a-kasses åbne pakker erstattes af jeres kladde, og efter 30 dage kan den ikke "
        "længere se dem."
    ),
}

HAPPENED = {
    "correct": _l("Oplysning rettet"),
    "amend": _l("Oplysning rettet"),
    "find_info": _l("Svarene fundet af kommunen selv"),
    "create": _l("Kladde oprettet"),
    "send": _l("Pakken sendt"),
    "acknowledge": _l("Kvitteret for modtagelsen"),
    "acknowledge_by_phone": _l("Kvitteret på telefon"),
    "assign": _l("Sagsbehandler tildelt"),
    "request_info": _l("Bedt om oplysninger"),
    "provide_info": _l("Spørgsmål besvaret"),
    "accept": _l("Accepteret"),
    "take_over": _l("Overtaget"),
    "reject": _l("Afvist"),
    "plan_meeting": _l("Samtale aftalt"),
    "cancel_meeting": _l("Samtale aflyst"),
    "call_in": _l("Indkaldt til samtalen"),
    "offer_slots": _l("Tider til samtalen tilbudt"),
    "pick_slot": _l("Samtale aftalt"),
    "waive_meeting": _l("Samtalen undladt"),
    "record_no_show": _l("Udeblevet fra samtalen"),
    "record_held": _l("Samtale holdt"),
    "object": _l("Gjort indsigelse mod referatet"),
    "publish_minutes": _l("Referat delt med begge parter"),
    "complete": _l("Overdragelsen afsluttet"),
    "auto_complete": _l("Overdragelsen afsluttet, fordi ingen gjorde indsigelse"),
    "withdraw": _l("Pakken trukket tilbage"),
    "ask_withdrawal": _l("Bedt om at trække pakken tilbage"),
    "agree_withdrawal": _l("Sagt ja til, at pakken trækkes tilbage"),
    "refuse_request": _l("Sagt nej"),
    "ask_redirect": _l("Bedt om at sende pakken til en anden kommune"),
    "agree_redirect": _l("Pakken sendt videre til en anden kommune"),
    "redirect": _l("Pakken sendt videre til en anden kommune"),
    "take_back_request": _l("Anmodning taget tilbage"),
    "submit_for_signoff": _l("Sendt til intern godkendelse"),
    "return_to_draft": _l("Sendt tilbage til kladden"),
    "hold": _l("Sat på pause"),
    "resume": _l("Pausen slut"),
    "obsolete": _l("Bortfaldet"),
    "reset": _l("Åbnet igen"),
    "contest": _l("Bedt om en ny vurdering"),
    "mark_error": _l("Markeret som fejloprettet, og indholdet slettet"),
    "move_case": _l("Flyttet til en kollega i a-kassen"),
    "supersede": _l("Erstattet af en nyere pakke"),
    "move": _l("Flyttet til en kollega"),
    "release": _l("Ikke længere tildelt nogen"),
    "succeed": _l("En part er lagt sammen med en anden, og pakken følger med"),
}
