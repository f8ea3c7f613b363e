"""What the service does, group by group."""

from adjudicator.service.operations import Operation, all_of
from adjudicator.service.routes import decisions, payouts, questions, rules

OPERATIONS: tuple[Operation, ...] = all_of(
    decisions.OPERATIONS, payouts.OPERATIONS, questions.OPERATIONS, rules.OPERATIONS
)
