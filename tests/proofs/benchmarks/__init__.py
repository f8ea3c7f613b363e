"""What deciding costs, measured side by side with reading the same bytes: ``make bench``."""
