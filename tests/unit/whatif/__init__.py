"""What-if: changes that lead to another outcome, and what to ask next."""
