"""The service (extra ``service``): the rulebook and its record over HTTP, for programs in any language.

:func:`create_app` makes an ASGI application; nothing of the library knows of it.
"""

from adjudicator.service.app import create_app
from adjudicator.service.settings import Settings

__all__ = ["Settings", "create_app"]
