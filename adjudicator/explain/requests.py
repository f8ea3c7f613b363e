"""Requests: what the reader must supply, what is acceptable, by when, and what others were asked for."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from adjudicator.explain.page import Block, Items, Paragraph, items
from adjudicator.explain.timing import until
from adjudicator.explain.view import View, capitalised
from adjudicator.model.facts import Party
from adjudicator.model.finding import Request
from adjudicator.words import own_part


@frozen
class GroupedRequest:
    """One request to one party, for all the lines that need it."""

    request: Request
    line_ids: tuple[str, ...]


def grouped(view: View, party: str) -> tuple[GroupedRequest, ...]:
    """The requests to one party; the same request for several lines appears once."""
    groups: dict[str, list[Request]] = {}
    for each in view.decision.requests:
        if each.to == party:
            groups.setdefault(str((each.need, each.accepts, each.due_at, each.evidence_id)), []).append(each)
    return tuple(
        GroupedRequest(group[0], tuple(each.line_id for each in group if each.line_id is not None))
        for group in groups.values()
    )


def asked_of(view: View, party: str) -> Iterator[Block]:
    """What one party must submit, in which form, and by when."""
    for each in grouped(view, party):
        request = each.request
        yield Paragraph(please(view, each), strong=True)
        if f"letter.answers.{request.need}" in view.words:
            yield Paragraph(view.say(f"letter.answers.{request.need}"))
        elif accepted := answers(view, request):
            yield Paragraph(view.say("letter.any_of" if len(accepted) > 1 else "letter.this_will_do"))
            yield Items(tuple(map(capitalised, accepted)))
        if own_part(request) != request.accepts:
            yield Paragraph(view.say("letter.we_verify"))
        if limit := until(view, request.due_at):
            yield Paragraph(limit)


def answers(view: View, request: Request) -> tuple[str, ...]:
    """The acceptable answers, where they say more than the request itself: one that says yes, or anything, does not."""
    fields = [each for each in own_part(request) if any(each.values())]
    if len(fields) == 1 and all(not values or values[0] is True for values in fields[0].values()):
        return ()
    return tuple(dict.fromkeys(view.words.answer(each, view.decision.currency) for each in fields))


def please(view: View, grouped: GroupedRequest) -> str:
    """The request in words, with its document and lines."""
    document = grouped.request.evidence_id
    about = view.say("letter.about_document", document=view.document(document)) if document else ""
    return view.words.sentences(please_send(view, grouped.request), about, view.where(grouped.line_ids))


def please_send(view: View, request: Request) -> str:
    """The request in words."""
    need = request.need
    because = view.reasons_for_needs.get((need, request.line_id), "")
    texts = (f"letter.please.{need}.{because}", f"letter.please.{need}", _any(request))
    return view.words.first(texts, need=view.say(f"need.{need}"))


def _any(request: Request) -> str:
    """The code of the text for a need without words of its own: to tell what is not known, or to send a document."""
    places = [place for each in request.accepts for place in each]
    is_told = bool(places) and all(place.startswith("/") for place in places)
    return "letter.please.tell" if is_told else "letter.please.any"


def waiting(view: View, reader: str) -> Items | None:
    """What parties other than the reader were asked for."""
    needs: dict[str, dict[str, None]] = {}
    for each in view.decision.requests:
        if each.to != reader:
            needs.setdefault(each.to, {})[view.say(f"need.{each.need}")] = None
    return items(tuple(_waiting_for(view, party, tuple(each)) for party, each in needs.items()))


def _waiting_for(view: View, party: str, needs: tuple[str, ...]) -> str:
    listed = view.words.listed(needs)
    if party == Party.PLATFORM.value:
        return view.say("letter.looking_into", needs=listed)
    return view.say("letter.have_asked", party=view.say(f"party.{party}"), needs=listed)
