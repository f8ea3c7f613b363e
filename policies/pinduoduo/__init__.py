"""Pinduoduo's rules for merchants (拼多多): virtual goods."""

from pinduoduo.virtual_arrival import EDITION as VIRTUAL_ARRIVAL
from pinduoduo.virtual_dispatch import EDITION as VIRTUAL_DISPATCH
from pinduoduo.virtual_listing import EDITION as VIRTUAL_LISTING

EDITIONS = (VIRTUAL_LISTING, VIRTUAL_DISPATCH, VIRTUAL_ARRIVAL)
