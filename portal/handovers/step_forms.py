"""Which form each step of the table has."""

from portal.handovers import meeting_forms, other_forms
from portal.handovers.forms import (
    AcceptForm,
    AmendForm,
    AskWithdrawalForm,
    AssignForm,
    CompleteForm,
    FindInfoForm,
    FreezingForm,
    ProvideInfoForm,
    RefuseRequestForm,
    RejectForm,
    RequestInfoForm,
    StepForm,
    WithdrawForm,
)

STEP_FORMS: dict[str, type[StepForm]] = {
    **meeting_forms.FORMS,
    **other_forms.FORMS,
    "send": FreezingForm,
    "acknowledge": StepForm,
    "assign": AssignForm,
    "request_info": RequestInfoForm,
    "provide_info": ProvideInfoForm,
    "find_info": FindInfoForm,
    "amend": AmendForm,
    "correct": AmendForm,
    "accept": AcceptForm,
    "take_over": StepForm,
    "reject": RejectForm,
    "complete": CompleteForm,
    "withdraw": WithdrawForm,
    "ask_withdrawal": AskWithdrawalForm,
    "agree_withdrawal": StepForm,
    "refuse_request": RefuseRequestForm,
    "take_back_request": StepForm,
}
