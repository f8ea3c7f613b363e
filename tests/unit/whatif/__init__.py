"""What-if: what would lead elsewhere, and what to ask next."""
