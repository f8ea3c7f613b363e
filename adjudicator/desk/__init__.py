"""The desk (extra ``desk``): pages for the people who answer customers. Now: the panel, one order beside its conversation.

``adjudicator serve`` serves it if the setting ``panel_key`` is there: see ``docs/panel.md``.
"""
