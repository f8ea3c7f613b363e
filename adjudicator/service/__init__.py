"""The HTTP service (extra ``service``): decisions and the record over HTTP.

``adjudicator serve`` runs it, and :func:`adjudicator.service.app.create_app` builds it as an ASGI application. This module imports
nothing, so the CLI can read the settings without the server's dependencies.
"""
