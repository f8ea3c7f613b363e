"""The operations that show the pictures and PDFs of a case on the panel: the list with what was read, and each picture."""

from __future__ import annotations

from typing import Final

from adjudicator.desk import pages
from adjudicator.desk.cases import Standing, chosen_among, standings
from adjudicator.desk.gate import CREDENTIAL, session_of
from adjudicator.desk.panel_routes import CLAIM, NO_STORE, PAGE, showing_pictures
from adjudicator.explain import view_for
from adjudicator.service.budget import budget
from adjudicator.service.negotiation import language_for
from adjudicator.service.operations import Answer, Call, Operation, Parameter, Tag, integer, operation, string
from adjudicator.service.panel_tokens import Grant
from adjudicator.service.problems import Problem
from adjudicator.service.routes.panel import PANEL_PATH
from adjudicator.service.routes.parameters import LOCALE
from adjudicator.store import Scope

JPEG: Final = "image/jpeg"
MOST_PAGES: Final = 200
"""The last page of a PDF that can be asked for."""
PAGE_OF_PDF: Final = Parameter(
    name="page", description="The page of a PDF, counted from 1; 0 for a picture.", **integer(0, MOST_PAGES, 0)
)
SHA256: Final = Parameter(name="sha256", where="path", description="The digest of a file.", required=True, **string(64))


@operation(
    "GET",
    PANEL_PATH + "/pictures",
    scope=Scope.READ,
    analysis=True,
    parameters=(CREDENTIAL, LOCALE, CLAIM),
    **PAGE,
)
def panel_pictures(call: Call) -> Answer:
    """Show the pictures and PDFs of a claim, with what was read in them."""
    grant = session_of(call)
    shown = _shown(call, grant)
    pictures = showing_pictures()
    readings = pictures.readings_of(call.record, call.settings.evidence_files, shown.case)
    language = language_for(call.values[LOCALE.name], call.accept_language)
    with budget(call.settings.analysis_seconds):
        words = view_for(shown.decision, shown.case, voice="agent", locale=language).words
        pieces = tuple(pictures.pieces_shown(shown.case, readings, grant, words))
        content = pages.rendered("pictures.html", language, pieces=pieces)
    return Answer(content, NO_STORE, resource=shown.summary.id)


@operation(
    "GET",
    PANEL_PATH + "/pictures/{sha256}",
    tag=Tag.PANEL,
    scope=Scope.READ,
    parameters=(CREDENTIAL, CLAIM, SHA256, PAGE_OF_PDF),
    response_schemas={JPEG: {"type": "string", "format": "binary"}},
)
def panel_picture(call: Call) -> Answer:
    """A picture of a claim, or a page of a PDF: small, without metadata, and as it was drawn when it was examined, never the file itself."""
    shown = _shown(call, session_of(call))
    file, page = call.values[SHA256.name], call.values[PAGE_OF_PDF.name]
    content = showing_pictures().picture_of(call.record, call.settings.evidence_files, shown.case, file, page)
    if content is None:
        raise Problem("not-found", "this claim has no such picture")
    return Answer(content, NO_STORE, JPEG, resource=shown.summary.id)


def _shown(call: Call, grant: Grant) -> Standing:
    return chosen_among(call.record, standings(call.record, grant), call.values[CLAIM.name])


OPERATIONS: Final[tuple[Operation, ...]] = (panel_pictures, panel_picture)
