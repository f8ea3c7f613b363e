"""What the service does, group by group."""

from adjudicator.service.operations import Operation, all_of
from adjudicator.service.routes import decisions, erasures, payouts, questions, rules

OPERATIONS: tuple[Operation, ...] = all_of(
    decisions.OPERATIONS, payouts.OPERATIONS, erasures.OPERATIONS, questions.OPERATIONS, rules.OPERATIONS
)
