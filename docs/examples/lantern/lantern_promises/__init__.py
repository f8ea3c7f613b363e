"""What Lantern promises to its customers."""

from lantern_promises.late_delivery import EDITION as LATE_DELIVERY

EDITIONS = (LATE_DELIVERY,)
