"""Creators' tasks on Douyin Xingtu (星图), as published on 15 March 2022."""

from douyin_xingtu.task import EDITION as TASK

EDITIONS = (TASK,)
