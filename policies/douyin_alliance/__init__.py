"""Admission to the Douyin Select Alliance (精选联盟), as published on 25 July 2024."""

from douyin_alliance.admission import EDITION as ADMISSION

EDITIONS = (ADMISSION,)
