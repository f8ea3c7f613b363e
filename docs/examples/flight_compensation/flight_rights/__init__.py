"""What air passengers in the European Union are entitled to."""

from flight_rights.compensation import EDITION as COMPENSATION

EDITIONS = (COMPENSATION,)
