"""Documents about people who do not exist, as the templates want their data."""

from portal.pdf import Agreement, Contact, Letter, MemberCopy, Package, Plan

HASH = "5f1d7a84c9e20b36a07b12dd9f406c155f1d7a84c9e20b36a07b12dd9f406c15"

SENDER: Contact = {
    "organisation": "Prøvebæk A-kasse",
    "unit": "Team Øst",
    "person": "Mette Eksempel, jobrådgiver",
    "phone": "70 00 00 01",
    "mail": "team-oest@a-kasse.example",
    "stand_in": "Søren Stedfortræder, teamleder",
}
RECEIVER: Contact = {
    "organisation": "Lillekøbing Kommune",
    "unit": "Jobcentret, modtagelsen",
    "person": "Ikke tildelt endnu",
    "phone": "70 00 00 02",
    "mail": "modtagelsen@kommune.example",
}
PLAN: Plan = {
    "job_goals": ["Pædagog i daginstitution", "Pædagogisk medarbejder på bosted"],
    "focus_areas": ["Netværk blandt tidligere kolleger", "Kortere ansøgninger, målrettet stedet"],
    "search_strategy": "Søger to stillinger om ugen, heraf mindst én uopfordret.\n\n"
    "Søgeområdet er hele Vestsjælland og kan udvides til København fra foråret.",
    "original": "Min Plan på Jobnet, senest ændret 2. november 2026",
}


def letter() -> Letter:
    return {
        "sender": {"name": "Prøvebæk A-kasse", "lines": ["Eksempelgade 1", "4999 Prøvebæk"]},
        "receiver": [
            "Lillekøbing Kommune",
            "Jobcentret, modtagelsen",
            "Rådhustorvet 2",
            "4998 Lillekøbing",
        ],
        "reference": "OP-2026-00417",
        "version": "2",
        "dated": "20. november 2026",
        "hash": HASH,
    }


def package() -> Package:
    return {
        "letter": letter(),
        "kind": "Visitation (tidligere overgang efter aftalte kriterier)",
        "member": {"name": "Karl Prøvesen", "cpr": "740190-xxxx"},
        "responsible_from": "mandag den 7. december 2026",
        "responsible_source": "Bekræftet af Lillekøbing Kommune den 24. november 2026",
        "agreement": "Samarbejdsaftalen mellem parterne, version 3 af 1. marts 2026",
        "wish": "Karl ønsker, at a-kassen deltager i samtalen",
        "facts": [("Dagpengeperiode fra", "4. maj 2026"), ("Timer indtil nu", "386,50 af 410")],
        "notice": {
            "head": "Kommunen skal kvittere senest tirsdag den 24. november 2026",
            "text": "Kvitteringen betyder, at pakken er set. Ansvaret skifter på datoen ovenfor, "
            "uanset om der er kvitteret. Mangler der oplysninger, så bed om dem i Samspil og ikke "
            "i en mail.",
        },
        "contacts": (SENDER, RECEIVER),
        "summary": "Karl er uddannet pædagog og har været ledig siden maj 2026, da institutionen "
        "lukkede. Han søger bredt og har været til fire samtaler. Han vil gerne opkvalificeres "
        "inden for specialpædagogik.\n\nA-kassen vurderer, at Karl kan komme i arbejde inden for "
        "seks måneder, hvis han får kurset og en virksomhedspraktik i forlængelse af det.",
        "contact_course": [
            {
                "day": "18. maj 2026",
                "what": "Første samtale, ved fremmøde",
                "more": "Min Plan oprettet",
            },
            {"day": "29. juni 2026", "what": "Samtale, på telefon"},
            {
                "day": "24. august 2026",
                "what": "Samtale, på video",
                "more": "Aflyst på grund af sygdom",
            },
            {
                "day": "7. september 2026",
                "what": "Samtale, på video",
                "more": "Søgeområdet udvidet",
            },
        ],
        "course_facts": [
            ("Profilafklaring", "Gennemført 20. maj 2026 med det nationale værktøj"),
            ("Virksomhedsrettet indsats", "Aftalt: praktik fra 4. januar 2027"),
        ],
        "plan": PLAN,
        "considerations": "Faste vagter, helst om dagen.\n\nIngen tunge løft.",
        "efforts": [
            {
                "effort": "Seks ugers jobrettet uddannelse: specialpædagogik",
                "period": "4. januar til 12. februar 2027",
                "status": "Bevilget",
                "follow_up": "A-kassen følger op i uge 3",
            },
            {
                "effort": "Virksomhedspraktik på et bosted",
                "period": "Efter kurset, fire uger",
                "status": "Indstillet",
            },
        ],
        "recommendations": [
            {
                "day": "10. november 2026",
                "what": "Virksomhedspraktik, fire uger",
                "more": "Afventer svar",
            }
        ],
        "assessment": {
            "criteria": [
                {
                    "criterion": "Branche- eller jobskifte nødvendigt",
                    "answer": "Ja",
                    "consequence": "Kan ikke søge job med tunge løft og må skifte speciale.",
                },
                {
                    "criterion": "Begrænsninger i rådighed i eget fag",
                    "answer": "Ja",
                    "consequence": "Skiftende nattevagter går ud over søvnen; søger faste vagter.",
                },
                {"criterion": "Sproglige barrierer", "answer": "Nej", "consequence": "–"},
                {
                    "criterion": "Sociale eller familiemæssige forhold",
                    "answer": "Ved ikke",
                    "consequence": "Tages op på samtalen.",
                },
            ],
            "decision": "To kriterier er opfyldt, og praktikken kræver kommunens bevilling. Derfor "
            "bør Karl overgå nu og ikke vente til de 410 timer.",
            "by": "Mette Eksempel, 19. november 2026",
        },
        "informed": {
            "day": "18. november 2026",
            "channel": "På video, pakken gennemgået sammen",
            "comment": "Karl er glad for, at det ikke trækker ud.",
        },
        "questions": [
            {
                "question": "Hvor længe varer praktikken?",
                "asked": "24. november 2026, Lillekøbing Kommune",
                "answer": "Fire uger, 25 timer om ugen.",
                "answered": "25. november 2026, Mette Eksempel",
            }
        ],
        "meeting": {
            "word": "Fællessamtale",
            "when": "tirsdag den 1. december 2026 kl. 10.00-11.00",
            "where": "Rådhustorvet 2, 4998 Lillekøbing, lokale 4",
            "present": ["Karl Prøvesen", "Lillekøbing Kommune", "Prøvebæk A-kasse"],
            "called_in": "Indkaldt 25. november 2026 via Jobnet",
        },
        "next": [
            {
                "due": "24. november 2026",
                "step": "Kvitterer for pakken",
                "who": "Lillekøbing Kommune",
            },
            {
                "due": "1. december 2026",
                "step": "Fællessamtale",
                "who": "Lillekøbing Kommune indkalder",
            },
            {
                "due": "7. december 2026",
                "step": "Ansvaret for indsatsen skifter",
                "who": "Følger af aftalen",
            },
        ],
        "receipt": [
            ("Sendt", "20. november 2026 kl. 14.05 af Mette Eksempel"),
            ("Modtaget", "23. november 2026 kl. 9.12 af Lillekøbing Kommune"),
        ],
    }


def member_copy() -> MemberCopy:
    whole = package()
    return {
        "letter": letter() | {"receiver": ["Karl Prøvesen", "Prøvestien 4", "4998 Lillekøbing"]},
        "name": "Karl Prøvesen",
        "responsible_from": whole["responsible_from"],
        "why": "Du overgår tidligere end ellers, fordi praktikken kræver kommunens bevilling.",
        "wish": "Du vil gerne have a-kassen med.",
        "contacts": whole["contacts"],
        "summary": "Du er uddannet pædagog og har været ledig siden maj 2026. Du søger bredt og "
        "vil gerne opkvalificeres inden for specialpædagogik.",
        "plan": whole["plan"],
        "efforts": whole["efforts"],
        "considerations": ["Du søger job uden tunge løft.", "Du søger faste vagter."],
        "comment": "Jeg er glad for, at det ikke trækker ud.",
        "meeting": whole["meeting"],
        "next": whole["next"][1:],
    }


def agreement() -> Agreement:
    return {
        "letter": letter() | {"reference": "AFT-2026-0012"},
        "title": "Samarbejdsaftale om overgang fra a-kasse til kommune",
        "parties": [
            {"name": "Prøvebæk A-kasse", "side": "A-kasse", "note": "Koordinerer aftalen"},
            {"name": "Lillekøbing Kommune", "side": "Kommune"},
        ],
        "valid_from": "1. marts 2026",
        "valid_until": "Indtil den opsiges",
        "termination": "Skriftligt med tre måneders varsel",
        "covers": ["Overgang efter reglerne", "Visitation efter kriterierne"],
        "sections": [
            {
                "heading": "Formål",
                "text": "Medlemmet skal opleve ét forløb.\n\nIngen starter forfra.",
            },
            {"heading": "Samtalen efter overgangen", "text": "Kommunen indkalder."},
        ],
        "parameters": [
            {"name": "Kvittering for en modtaget pakke", "value": "2 arbejdsdage"},
            {"name": "Beslutning", "value": "5 arbejdsdage", "note": "Sættes i bero ved spørgsmål"},
        ],
        "criteria": [
            {
                "criterion": "Branche- eller jobskifte nødvendigt",
                "guidance": "Beskriv, hvilke job der ikke længere kan søges.",
                "basis": "Det, medlemmet selv fortæller",
                "sensitivity": "Almindelig",
            }
        ],
        "plan": ["Klare jobmål", "Fokusområder", "Detaljeret strategi for jobsøgningen"],
        "goals": [
            {
                "goal": "I ordinært arbejde efter tre måneder",
                "target": "Mindst 60 %",
                "measured": "Egen optælling, hvert kvartal",
            }
        ],
        "contacts": [
            {
                "organisation": "Prøvebæk A-kasse",
                "person": "Mette Eksempel",
                "role": "Jobrådgiver",
                "reach": "70 00 00 01\nteam-oest@a-kasse.example",
                "stand_in": "Søren Stedfortræder",
            }
        ],
        "signatures": [
            {
                "organisation": "Prøvebæk A-kasse",
                "person": "Dorte Direktør, direktør",
                "day": "20. februar 2026",
            }
        ],
        "sources": ["Parternes referat af mødet den 12. januar 2026"],
    }
