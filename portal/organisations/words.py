"""What roles and units are called."""

from flask_babel import lazy_gettext as _l

from portal.access import OrganisationKind, Role
from portal.organisations.models import UnitKind

ROLES = {
    Role.ADVISER: _l("rådgiver"),
    Role.TEAM_LEAD: _l("teamleder"),
    Role.CONTACT: _l("kontaktperson"),
    Role.COORDINATOR: _l("koordinator"),
    Role.AGREEMENT_OWNER: _l("aftaleejer"),
    Role.LOCAL_ADMINISTRATOR: _l("lokal administrator"),
    Role.AUDITOR: _l("revisor"),
    Role.SECRETARY: _l("rådssekretær"),
    Role.COUNCIL_MEMBER: _l("rådsmedlem"),
    Role.PROJECT_PARTNER: _l("projektpartner"),
    Role.OPERATOR: _l("driftsansvarlig"),
}
ORGANISATION_KINDS = {
    OrganisationKind.UNEMPLOYMENT_FUND: _l("A-kasse"),
    OrganisationKind.MUNICIPALITY: _l("Kommune"),
    OrganisationKind.COUNCIL: _l("Råd"),
    OrganisationKind.PARTNER: _l("Projektpartner"),
    OrganisationKind.PLATFORM: _l("Drift"),
}
UNIT_KINDS = {
    UnitKind.TEAM: _l("Team"),
    UnitKind.BRANCH: _l("Afdeling"),
    UnitKind.OFFICE: _l("Kontor"),
}
