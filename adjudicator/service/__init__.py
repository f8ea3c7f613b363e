"""The service (extra ``service``): deciding and the record over HTTP.

``adjudicator serve`` runs it, and :func:`adjudicator.service.app.create_app` makes an ASGI application of it. Nothing is imported here: a
client reads the shapes and the command the settings where no server is installed.
"""
