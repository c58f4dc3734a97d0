"""`samspil case recount`: forecasts follow changed rules, confirmed days do not."""

from datetime import date

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo

from portal.cases.models import ResponsibilityDate
from portal.cli import samspil
from tests import make


@pytest.fixture
def recount(worker):
    def command():
        script = ScriptInfo(create_app=lambda: worker, set_debug_flag=False)
        return CliRunner().invoke(samspil, ["case", "recount"], obj=script)

    return command


def test_every_open_case_is_counted_anew(fund, municipality, recount):
    stale = {"transfer_on": date(2027, 1, 31)}
    open_case = make.member_case(fund, municipality, **stale)
    other = make.member_case(make.fund("Nabobæk A-kasse"), municipality, **stale)
    confirmed = make.member_case(fund, municipality, **stale)
    known = {"source": "dfdg", "recorded_by": "Mette Eksempel"}
    make.of_case(confirmed, ResponsibilityDate, day=date(2027, 1, 31), **known)
    closed = make.member_case(
        fund, municipality, closed_at=open_case.created_at, closed_reason="job", **stale
    )

    assert recount().output == "3 counted, 2 changed\n"
    days = [make.fresh(case).transfer_on for case in (open_case, other, confirmed, closed)]
    february, january = date(2027, 2, 28), date(2027, 1, 31)
    assert days == [february, february, january, january]
    assert recount().output == "3 counted, 0 changed\n"
