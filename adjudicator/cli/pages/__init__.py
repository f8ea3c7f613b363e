"""Pages for the terminal: decisions, checks, what-ifs, entitlements, policies and faults.

Text from a case is shown literally: control characters never reach the terminal, and markup is not interpreted.
"""

from adjudicator.cli.pages.checks import check_page
from adjudicator.cli.pages.decisions import decision_page
from adjudicator.cli.pages.entitlements import entitlements_page
from adjudicator.cli.pages.errors import fault_line, faults_page
from adjudicator.cli.pages.layout import Marks, can_write, marks_in, separator
from adjudicator.cli.pages.policies import policies_page, policy_page
from adjudicator.cli.pages.whatif import alternatives_page, flatten, what_if_page

__all__ = [
    "Marks",
    "alternatives_page",
    "can_write",
    "check_page",
    "decision_page",
    "entitlements_page",
    "fault_line",
    "faults_page",
    "flatten",
    "marks_in",
    "policies_page",
    "policy_page",
    "separator",
    "what_if_page",
]
