"""The Douyin Select Alliance (精选联盟), as published on 25 July 2024: admission to it, and clearance from it."""

from douyin_alliance.admission import EDITION as ADMISSION
from douyin_alliance.clearance import EDITION as CLEARANCE

EDITIONS = (ADMISSION, CLEARANCE)
