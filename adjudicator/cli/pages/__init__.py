"""What people read in a terminal: decisions, checks, what-ifs, entitlements, policies and faults as pages.

Whatever came in with a case is shown as it is, character by character, and never obeyed: no control character of it reaches the
terminal, and no markup in it is markup.
"""

from adjudicator.cli.pages.checks import check_page
from adjudicator.cli.pages.decisions import decision_page
from adjudicator.cli.pages.entitlements import entitlements_page
from adjudicator.cli.pages.errors import fault_line, faults_page
from adjudicator.cli.pages.layout import Marks, can_write, marks_in, rule_between
from adjudicator.cli.pages.policies import policies_page, policy_page
from adjudicator.cli.pages.whatif import alternatives_page, flattened, what_if_page

__all__ = [
    "Marks",
    "alternatives_page",
    "can_write",
    "check_page",
    "decision_page",
    "entitlements_page",
    "fault_line",
    "faults_page",
    "flattened",
    "marks_in",
    "policies_page",
    "policy_page",
    "rule_between",
    "what_if_page",
]
