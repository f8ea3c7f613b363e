"""Acme's own promises to its customers."""

from acme_returns.fifteen_days import EDITION as FIFTEEN_DAYS
from acme_returns.seven_days import EDITION as SEVEN_DAYS

EDITIONS = (SEVEN_DAYS, FIFTEEN_DAYS)
