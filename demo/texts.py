"""What people write in cases and packages, as a pædagog's case would read.

Of health only what follows for the job search is written, never a diagnosis.
"""

JOB_GOALS = {
    "bupl-a": (
        "Pædagog i daginstitution",
        "Pædagog i vuggestue",
        "Pædagog i børnehave med skovgruppe",
        "Pædagog i SFO",
        "Pædagog i indskolingen",
        "Støttepædagog på specialskole",
        "Pædagog på bosted for voksne",
        "Klubpædagog",
        "Pædagogisk vejleder",
        "Familievejleder i kommunen",
        "Souschef i daginstitution",
        "Pædagog i socialpsykiatrien",
    ),
    "foa": (
        "Pædagogisk assistent",
        "Dagplejer",
        "Social- og sundhedsassistent i hjemmeplejen",
        "Portør",
        "Husassistent på plejecenter",
    ),
}
FOCUS_AREAS = (
    "Få erfaring fra specialområdet på cv'et, så flere stillinger bliver mulige.",
    "Søge bredere geografisk. Medlemmet kan køre op til 45 minutter hver vej.",
    "Blive skarp på, hvad der skiller ansøgningen fra de andre nyuddannedes.",
    "Opdatere viden om sprogarbejde med de mindste. Mange opslag spørger efter det.",
    "Bruge netværket fra praktikkerne. To ledere har lovet at ringe, når de mangler vikarer.",
    "Finde arbejdspladser, der kan tilbyde dagvagter, fordi medlemmet er alene med to børn.",
    "Gøre erfaringen fra ti år i samme institution synlig, så den kan bruges andre steder.",
    "Træne jobsamtaler. Medlemmet kommer ofte til samtale, men får ikke jobbet.",
    "Afprøve, om arbejdet på et bosted er noget for medlemmet, inden der søges fast.",
    "Lære at bruge de digitale værktøjer, som institutionerne dokumenterer i.",
)
STRATEGIES = (
    "To ansøgninger om ugen til opslåede stillinger og mindst én uopfordret henvendelse. "
    "Vikarbureauer er kontaktet som vej ind på arbejdspladserne.",
    "Søger alle opslag for pædagoger i kommunen og nabokommunerne. Ringer altid, før ansøgningen "
    "sendes, og følger op efter en uge.",
    "Opsøger institutionerne personligt onsdag formiddag. Fører liste over, hvem der er talt med, "
    "og hvornår der skal ringes igen.",
    "Søger barselsvikariater først, fordi de giver den erfaring, som arbejdsgiverne spørger efter. "
    "Faste stillinger søges, når de ligger inden for 30 kilometer.",
    "Søger halvt om halvt inden for specialområdet og almenområdet. Jobmål og cv på Jobnet er "
    "delt i to, så begge slags arbejdsgivere kan finde medlemmet.",
    "Tager imod timevikariater og søger fast ved siden af. A-kassen præsenterer nye jobordrer "
    "inden for et døgn.",
)
SUMMARIES = {
    "quick": (
        "Medlemmet er i god gang og har været til tre samtaler. Planen følges, og der er kun brug "
        "for, at kommunen holder fast i de aftalte mål.",
        "Nyuddannet pædagog, som søger aktivt. Et barselsvikariat er på vej, men er ikke bekræftet "
        "endnu. Vi foreslår, at den første samtale tager udgangspunkt i det.",
        "Medlemmet har haft vikartimer hele vejen igennem og mangler kun det sidste skub til en "
        "fast stilling. Netværket er stærkt.",
    ),
    "risk": (
        "Medlemmet har søgt bredt i tre måneder uden at komme til samtale. Ansøgningerne er gode, "
        "men erfaringen ligger mange år tilbage. En virksomhedspraktik vil gøre forskellen.",
        "Medlemmet er over 55 og har været i samme institution i 22 år. Motivationen er høj, men "
        "troen på egne chancer er faldende. Vi anbefaler tæt kontakt i de første uger.",
        "Stillingerne i fagets kerne kræver skiftende arbejdstider, som medlemmet ikke kan have "
        "lige nu. Vi har talt om beslægtede job med faste dagtimer.",
        "Medlemmet vil væk fra normeringen i daginstitutionerne og har brug for at få afprøvet et "
        "spor inden for voksenområdet.",
    ),
    "complex": (
        "Flere forhold på én gang gør det svært at nå i mål med jobsøgning alene. Medlemmet er til "
        "rådighed og vil gerne arbejde, men har brug for en indsats, som a-kassen ikke kan give.",
        "Vi har prøvet kortere mål og hyppigere samtaler uden den ønskede virkning. Medlemmet er "
        "enig i, at kommunens tilbud er bedre egnede.",
        "Medlemmet kan passe et job på nedsat tid med faste rammer. Det kræver, at arbejdspladsen "
        "findes først, og at opstarten bliver fulgt.",
    ),
}
CONSIDERATIONS = (
    "Medlemmet kan ikke løfte tungt. Det udelukker de fleste vuggestuer, men ikke arbejde med "
    "større børn.",
    "Medlemmet har bedst af samtaler om formiddagen og vil gerne have dagsordenen dagen før.",
    "Medlemmet har ikke bil. Job skal kunne nås med bus eller cykel.",
    "Medlemmet kan arbejde 30 timer om ugen indtil sommer og derefter fuld tid.",
    "Skriftlige beskeder skal være korte. Medlemmet ringer gerne tilbage samme dag.",
    "Medlemmet er alene med børn og kan ikke møde før kl. 8.",
)
EFFORTS = (
    "Cv-værksted i a-kassen, tre formiddage",
    "Forløb om målrettede ansøgninger til specialområdet",
    "Netværksgruppe for nyuddannede pædagoger",
    "Individuel træning i jobsamtaler",
    "Kursus i neuropædagogik, seks ugers jobrettet uddannelse",
    "Mentor fra faget, en gang om ugen",
    "Motivationsforløb for medlemmer over 55",
)
COMPANY_EFFORTS = (
    "Virksomhedspraktik i børnehave, fire uger",
    "Virksomhedspraktik på bosted, fire uger",
    "Løntilskud i SFO, seks måneder",
    "Besøg på tre arbejdspladser inden for specialområdet",
)
RECOMMENDATIONS = (
    "Indstillet til kursus i medicinhåndtering",
    "Indstillet til opkvalificering i sprogarbejde",
    "Indstillet til kursus i konflikthåndtering",
)
PLACEMENTS = (
    "Vikariat i daginstitution, 20 timer om ugen",
    "Præsenteret for fast stilling i SFO",
    "Præsenteret for barselsvikariat i vuggestue",
)
EFFORT_RESULTS = (
    "Gav to samtaler, men ikke job endnu.",
    "Medlemmet vil gerne fortsætte inden for området.",
    "Arbejdsgiveren giver gerne reference.",
    "Medlemmet blev afklaret om, at det ikke er vejen.",
)
ABSENCES = (
    "Barnets første sygedag. Ny tid aftalt samme dag.",
    "Til jobsamtale på samme tidspunkt.",
    "Udeblevet uden afbud. Kontaktet på telefon, ny tid aftalt.",
)
EXEMPTIONS = ("Har fået job fra den første i næste måned.", "På ferie, meldt rettidigt.")
TOOLS = ("Forberedelsesskema på Jobnet", "A-kassens profilafklaring")
CONSEQUENCES = {
    "multi_problem": (
        "Overskuddet rækker til en ansøgning ad gangen, og aftaler bliver ofte flyttet.",
        "Jobsøgningen går i stå, når flere ting skal klares samme uge.",
    ),
    "health_physical": (
        "Kan ikke løfte børn eller sidde på gulvet længe. Vuggestue er derfor ikke et mål mere.",
        "Kan arbejde op til 25 timer om ugen med mulighed for at skifte mellem opgaver.",
    ),
    "health_mental": (
        "Kan overkomme et par henvendelser om ugen og har brug for faste rammer og korte møder.",
        "Store børnegrupper er for meget lige nu. Små enheder og rolige opgaver kan gå.",
    ),
    "disability": (
        "Har brug for et hjælpemiddel til dokumentation. Med det kan alle jobmål nås.",
        "Kan passe job med faste opgaver og aftalt støtte ved opstart.",
    ),
    "addiction": ("Kan ikke tage arbejde med eneansvar, før den aftalte hjælp er på plads.",),
    "language": (
        "Skriftlig dokumentation er svær. Det lukker mange stillinger som pædagog, men ikke som "
        "medhjælper.",
        "Har brug for hjælp til ansøgninger, men klarer sig godt i samtaler og i praksis.",
    ),
    "social_network": (
        "Kan kun arbejde i dagtimerne og ikke i ferier, før pasning er på plads.",
        "Skal kunne forlade arbejdet med kort varsel. Det udelukker vagter alene.",
    ),
    "long_term_risk": (
        "Har ikke været til samtale i ti uger trods mange ansøgninger.",
        "Sidste job i faget ligger over fem år tilbage, og opslagene spørger efter ny erfaring.",
    ),
    "career_shift": (
        "Kan ikke blive i institutionsarbejde. Vejen går over en afklaring af nye jobmål.",
        "Ønsker administration i kommunen, men mangler kendskab til området.",
    ),
    "availability_limited": (
        "Kan ikke have aften- og weekendvagter, som de fleste bosteder kræver.",
        "Kan kun søge inden for 20 kilometer, indtil transporten er løst.",
    ),
}
ASSESSED_REASONS = (
    "De opfyldte kriterier står i vejen for almindelig jobsøgning, og kommunen har de tilbud, "
    "som kan flytte noget. Medlemmet har set begrundelsen.",
    "Tre samtaler har vist det samme billede. Medlemmet er hjulpet bedre af en samlet indsats "
    "end af flere jobsøgningskurser.",
)
KEPT_REASONS = (
    "Kriterierne er delvis opfyldt, men medlemmet er i gang og vil gerne blive i a-kassens forløb.",
    "Et vikariat er på vej. Vi vurderer igen om fire uger.",
)
# What the municipality has done, and what is left.
GIVEN_BACK = (
    (
        "To samtaler og fire uger på kursus i IT. Praktikken på plejehjemmet blev aflyst.",
        "En ny plan for jobsøgningen. Kurset giver adgang til stillinger, der ikke er søgt endnu.",
    ),
    (
        "Virksomhedspraktik i en daginstitution i seks uger, afsluttet efter aftale.",
        "Opfølgning med institutionen, som gerne ser en ansøgning, når en stilling er ledig.",
    ),
)
COMMENTS = (
    "Vil gerne have, at kommunen ikke begynder forfra.",
    "Er glad for, at de to steder taler sammen.",
    "Synes, det går for stærkt, men er enig i målet.",
    "Ønsker en fast kontaktperson.",
)
QUESTIONS = (
    (
        "Hvilke arbejdspladser har medlemmet selv kontaktet de sidste fire uger?",
        "Seks institutioner i kommunen og to bosteder. Listen ligger i joblog på Jobnet.",
    ),
    (
        "Er praktikken i børnehaven afsluttet, og hvad sagde stedet?",
        "Den sluttede som aftalt. Lederen giver gerne reference og vil kontaktes i marts.",
    ),
    (
        "Hvor mange timer om ugen kan medlemmet arbejde fra starten?",
        "25 timer de første to måneder og derefter 30. Det er aftalt med medlemmet.",
    ),
    (
        "Hvad er der sket med indstillingen til kurset?",
        "Den ligger hos jer og er ikke besvaret endnu. Vi har tilføjet den under indsatser.",
    ),
    (
        "Har medlemmet kørekort, og kan medlemmet komme til arbejdspladser uden for byen?",
        "Kørekort ja, men ingen bil. Cykel og bus er aftalt som udgangspunkt.",
    ),
    (
        "Hvem kan vi kontakte om referencen fra det seneste job?",
        None,
    ),
)
UNANSWERABLE = "Medlemmet har ikke givet lov til, at vi oplyser navnet. Spørg på samtalen."
REJECTIONS = (
    (
        "criterion_not_met",
        "Beskrivelsen viser, at medlemmet kan søge inden for fagets fulde bredde, når transporten "
        "er løst. Det kan ske i jeres forløb.",
        "Vi sender gerne vores liste over arbejdspladser med gode busforbindelser.",
    ),
    (
        "fund_effort_first",
        "Praktikken i jeres regi er ikke prøvet endnu, og den ser ud til at kunne løse det meste.",
        "Prøv fire ugers praktik først. Vi tager sagen op igen, hvis den ikke lykkes.",
    ),
    (
        "transfers_soon",
        "Ansvaret overgår om få uger. En særskilt visitation når ikke at gøre en forskel.",
        "Send overgangspakken som planlagt, så holder vi samtalen straks efter.",
    ),
)
WITHDRAWALS = {
    "job": "Medlemmet begynder i fast stilling den første i måneden.",
    "moved": "Medlemmet er flyttet. Vi sender til den nye kommune.",
    "no_longer_needed": "Medlemmet er i praktik og vil gerne blive i a-kassens forløb.",
    "mistake": None,
}
PAUSED = "Medlemmet er på ferie og er tilbage i midten af næste måned."
WRONG = "Pakken blev lavet på et andet medlem med næsten samme navn."
CANCELLATIONS = (
    ("participant", "Borgeren er til jobsamtale på samme tidspunkt."),
    ("staff", "Vi finder en ny tid i denne uge."),
)
MINUTES = (
    "Vi gennemgik planen fra a-kassen og er enige om retningen. Borgeren vil gerne begynde i "
    "praktik hurtigst muligt. Vi finder to pladser og vender tilbage inden for en uge.",
    "Borgeren fortalte om jobsøgningen indtil nu. Jobmålene fortsætter, og vi lægger et kursus i "
    "sprogarbejde oveni. Næste samtale bliver på telefon.",
    "Enighed om at prøve voksenområdet af, før målet ændres helt. A-kassen har et netværk, som "
    "borgeren kan bruge undervejs.",
    "Kort og god samtale. Borgeren venter svar på et vikariat. Vi aftalte, hvad der sker, hvis "
    "det ikke bliver til noget.",
)
GOAL_CHANGES = {
    "changed": "Omfatter nu også nabokommunerne.",
    "dropped": "Borgeren vil hellere arbejde med voksne.",
}
MESSAGES = (
    (
        "Medlemmet har fået et nyt telefonnummer. Det står i planen på Jobnet.",
        "Tak, vi har rettet det hos os.",
    ),
    (
        "Kan samtalen lægges om formiddagen? Medlemmet henter børn kl. 14.",
        "Det kan vi godt. Vi foreslår kl. 9 eller 10.",
    ),
    (
        "Vi har lige fået en jobordre, som passer på medlemmet. Sig til, hvis I også har noget.",
        "Godt. Vi afventer svaret, før vi går videre med praktikken.",
    ),
    (
        "Arbejdsgiveren fra praktikken ringer gerne til jer også.",
        "Det vil vi gerne. Vi tager det op på samtalen.",
    ),
)
FUND_NOTES = (
    "Ringet til medlemmet om, hvad pakken indeholder. Ingen indvendinger.",
    "Følg op på fredag, hvis der ikke er kvitteret.",
)
MUNICIPALITY_NOTES = (
    "Passer til den ledige plads på holdet om specialområdet.",
    "Tag fat i virksomhedskonsulenten inden samtalen.",
)
CORRECTIONS = "Efterbetaling af feriedage var ikke talt med."
