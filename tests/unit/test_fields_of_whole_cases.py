"""Fields of cases that are judged as a whole, and of their parts: their facts, declarations and needs."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, get_type_hints

import attrs
import pytest
from attrs import evolve, field, frozen

from adjudicator.law import (
    COUNT,
    Ask,
    CaseBase,
    ConductCase,
    Fact,
    Instant,
    Need,
    Open,
    Party,
    PolicyError,
    SingleIncident,
    WholeCase,
    asked_of,
    glossary_of,
    supplied,
)
from adjudicator.model.errors import InputError
from adjudicator.model.time import LATEST
from adjudicator.testing import AS_OF
from douyin_xingtu.case import TaskCase

SEAL = Need("seal", Party.CONSUMER)


class Colour(StrEnum):
    """A choice of a pack's own."""

    RED = "red"


@frozen(kw_only=True)
class Kiln:
    """A part of a case with facts of its own."""

    hot: bool | None = asked_of(Party.MERCHANT, "Whether it is hot.", "temperature")
    cups: int = supplied(Party.CONSUMER, "How many cups are in it.", bounds=COUNT)


@frozen(kw_only=True)
class KilnCase(CaseBase):
    """A case with a part."""

    id: str
    as_of: Instant
    kiln: Kiln
    colour: Colour | None = asked_of(Party.MERCHANT, "Its colour.")


@frozen(kw_only=True)
class Glaze:
    """An optional part."""

    shade: Colour | None = asked_of(Party.MERCHANT, "Its shade.", SEAL, fact="glaze_shade", could_be=(Colour.RED, None))
    mixed_by: str | None = supplied(Party.MERCHANT, "Who mixed it.", default=None)
    bought_at: Instant | None = field(default=None, metadata={"fact": "glaze_bought_at"})


@frozen(kw_only=True)
class Crack:
    """Something that happened to a pot."""

    id: str
    deep: bool | None = asked_of(Party.CONSUMER, "Whether it goes through.", accepts=(True, False))


@frozen(kw_only=True)
class GlazedCase(ConductCase):
    """A case with incidents and an optional part."""

    id: str
    as_of: Instant
    incidents: tuple[Crack, ...]
    glaze: Glaze | None = None


@frozen(kw_only=True)
class HotKilnCase(KilnCase):
    """A case with a field of the same name as one of its part."""

    hot: bool | None = asked_of(Party.MERCHANT, "Whether it is hot.")


def test_a_field_declares_its_supplier_meaning_and_need() -> None:
    """The name of a need implies its party. A party or a need alone is enough."""
    found = {
        "asked": asked_of(Party.MERCHANT, "Whether it is hot."),
        "by_name": asked_of(Party.MERCHANT, "Whether it is hot.", "temperature", could_be=(True, False), fact="heat"),
        "by_need": asked_of(Party.MERCHANT, "Whether it is whole.", SEAL),
        "supplied": supplied(Party.CONSUMER, "How many.", default=1, bounds=COUNT),
    }
    made = attrs.fields_dict(attrs.make_class("Told", found))
    assert {name: (each.default, dict(each.metadata)) for name, each in made.items()} == {
        "asked": (None, {"means": "Whether it is hot.", "asked_as": Party.MERCHANT}),
        "by_name": (
            None,
            {
                "means": "Whether it is hot.",
                "asked_as": Need("temperature", Party.MERCHANT),
                "could_be": (True, False),
                "fact": "heat",
            },
        ),
        "by_need": (None, {"means": "Whether it is whole.", "asked_as": SEAL}),
        "supplied": (1, {"means": "How many.", "supplier": Party.CONSUMER, "bounds": COUNT}),
    }
    (required,) = attrs.fields(attrs.make_class("Told", {"supplied": supplied(Party.CONSUMER, "How many.")}))
    assert required.default is attrs.NOTHING


def test_a_fact_says_where_it_is_stated() -> None:
    """If the part that has the field is always there."""
    facts = {**glossary_of(KilnCase).facts, **glossary_of(GlazedCase).facts}
    stated = {name: fact.stated and fact.stated.path for name, fact in facts.items()}
    assert stated == {
        "as_of": "case.as_of",
        "hot": "case.kiln.hot",
        "cups": "case.kiln.cups",
        "colour": "case.colour",
        "deep": "incident.deep",
        "glaze_shade": None,
        "mixed_by": None,
        "glaze_bought_at": None,
    }
    assert {fact.stated.by is fact.read for fact in facts.values() if fact.stated} == {True}


def test_the_moment_of_a_step_of_a_process_is_its_own() -> None:
    """A step of its past is judged when it was taken, not at the moment of the case. A process may hand in a fact of its own."""
    facts = glossary_of(TaskCase).facts
    assert [*facts] == ["qualification_certified", "payment_checked", "agreement_signed", "as_of"]
    own = Fact(facts["as_of"].read, ("/as_of",), Party.PLATFORM)
    assert glossary_of(TaskCase, own).facts["as_of"] is own
    earlier = Instant(AS_OF - 1)
    assert facts["as_of"].read(SimpleNamespace(case=SimpleNamespace(as_of=AS_OF), as_of=earlier)) == earlier


def test_the_fields_of_a_case_and_of_its_parts_are_its_facts() -> None:
    """Through their metadata. The need has the name of the field unless another is given."""
    facts = glossary_of(KilnCase).facts
    assert {each.name: each.pointers for each in facts.values()} == {
        "as_of": ("/as_of",),
        "hot": ("/kiln/hot",),
        "cups": ("/kiln/cups",),
        "colour": ("/colour",),
    }
    case = KilnCase(id="1", as_of=AS_OF, kiln=Kiln(cups=3))
    read = {name: fact.read(WholeCase(case)) for name, fact in facts.items()}
    assert read == {
        "as_of": AS_OF,
        "hot": Open((Ask(Need("temperature", Party.MERCHANT), ({"hot": ()},)),), could_be=(False, True)),
        "cups": 3,
        "colour": Open((Ask(Need("colour", Party.MERCHANT), ({"colour": ()},)),), could_be=(Colour.RED,)),
    }
    assert [facts[name].supplier for name in ("as_of", "hot", "cups")] == [None, Party.MERCHANT, Party.CONSUMER]
    assert [facts[name].asked_as for name in ("hot", "cups")] == [Need("temperature", Party.MERCHANT), None]
    assert [facts[name].read.__doc__ for name in ("hot", "cups")] == ["Whether it is hot.", "How many cups are in it."]
    assert [get_type_hints(facts[name].read)["return"] for name in ("hot", "cups")] == [bool | Open, int]
    with pytest.raises(PolicyError, match="two fields with the name hot"):
        glossary_of(HotKilnCase)


def colours_named(case: NamedKilnCase) -> Iterator[Colour]:
    """Those that the case names."""
    yield from case.named


@frozen(kw_only=True)
class Slip:
    """A part with a field whose values are found in the case."""

    shade: Colour | None = asked_of(Party.MERCHANT, "Its shade.", SEAL, could_be=colours_named)


@frozen(kw_only=True)
class NamedKilnCase(CaseBase):
    """A case that names colours."""

    id: str
    as_of: Instant
    named: tuple[Colour, ...]
    slip: Slip | None = None


def test_what_a_field_could_be_can_be_found_in_the_case() -> None:
    """Each value once, also if the part that would hold the field is unknown."""
    shade = glossary_of(NamedKilnCase).facts["shade"]
    case = NamedKilnCase(id="1", as_of=AS_OF, named=(Colour.RED, Colour.RED))
    unknown = Open((Ask(SEAL, ({"shade": ()},)),), could_be=(Colour.RED,))
    assert [shade.read(WholeCase(each)) for each in (case, evolve(case, slip=Slip()))] == [unknown, unknown]
    assert shade.read(WholeCase(evolve(case, named=()))) == Open(unknown.asks)
    assert shade.read(WholeCase(evolve(case, slip=Slip(shade=Colour.RED)))) is Colour.RED


@frozen(kw_only=True)
class Shelf:
    """A part with lists: of instants, and of parts of its own."""

    lit_at: tuple[Instant, ...] = ()
    kilns: tuple[Kiln, ...] = ()


@frozen(kw_only=True)
class ShelfCase(CaseBase):
    """A case whose numbers and instants are deep in it."""

    id: str
    as_of: Instant
    shelf: Shelf
    colour: Colour | None = None


def test_every_number_and_every_instant_has_its_bounds() -> None:
    """However deep it is, and with a pointer to it."""
    too_late = Instant(LATEST)
    ShelfCase(id="1", as_of=AS_OF, shelf=Shelf(lit_at=(AS_OF,), kilns=(Kiln(cups=1),)), colour=Colour.RED)
    with pytest.raises(InputError) as refused:
        ShelfCase(id="1", as_of=too_late, shelf=Shelf(lit_at=(AS_OF, too_late), kilns=(Kiln(cups=1), Kiln(cups=-1))))
    assert [each.pointer for each in refused.value.faults] == ["/as_of", "/shelf/lit_at/1", "/shelf/kilns/1/cups"]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (lambda: (Colour.RED,), "could_be of the fact shade is a function that does not take the case alone"),
        (lambda _: ("red",), "the fact shade could be 'red', but it is of Colour"),
        (lambda _: 5, "could_be of the fact shade returned 5; it returns the values to try"),
    ],
)
def test_a_function_that_finds_no_possible_values_is_refused(found: Any, told: str) -> None:
    """What it takes is seen at once, what it finds when it is called."""
    of = {
        "shade": asked_of(Party.MERCHANT, "Its shade.", SEAL, could_be=found),
        "__annotations__": {"shade": Colour | None},
    }
    slip = frozen(kw_only=True)(type("AnySlip", (), of))
    case_type = attrs.make_class("SlipCase", {"id": attrs.field(), "slip": attrs.field(type=slip)}, bases=(CaseBase,))
    with pytest.raises(PolicyError, match=told):
        glossary_of(case_type).facts["shade"].read(SimpleNamespace(case=SimpleNamespace(slip=None)))


def weight(at: WholeCase) -> int:
    """The weight of everything together."""
    return len(at.case.incidents)


def test_a_fact_can_have_its_own_name_and_need_and_be_in_an_unknown_part() -> None:
    """If the part is unknown, all its facts are. Incidents have their facts below them, and more facts can be added."""
    facts = glossary_of(GlazedCase, Fact(weight, ("/glaze",))).facts
    assert {each.name: each.pointers for each in facts.values()} == {
        "deep": ("/incidents/{incident}/deep",),
        "as_of": ("/as_of",),
        "glaze_shade": ("/glaze/shade",),
        "mixed_by": ("/glaze/mixed_by",),
        "glaze_bought_at": ("/glaze/bought_at",),
        "weight": ("/glaze",),
    }
    case = GlazedCase(id="1", as_of=AS_OF, incidents=(Crack(id="A", deep=True), Crack(id="B")))
    unknown = Open((Ask(SEAL, ({"glaze_shade": ()},)),), could_be=(Colour.RED, None))
    assert [facts[name].read(WholeCase(case)) for name in ("glaze_shade", "mixed_by", "glaze_bought_at")] == [
        unknown,
        None,
        None,
    ]
    known = evolve(case, glaze=Glaze(shade=Colour.RED, mixed_by="Ann"))
    assert [facts[name].read(WholeCase(known)) for name in ("glaze_shade", "mixed_by")] == [Colour.RED, "Ann"]
    assert [facts["deep"].read(SingleIncident(case, 0)), facts["deep"].supplier] == [True, Party.CONSUMER]
    asked = Ask(Need("deep", Party.CONSUMER), ({"deep": (True, False)},))
    assert facts["deep"].read(SingleIncident(case, 1)) == Open((asked,), could_be=(False, True))
    with pytest.raises(PolicyError, match="two fields with the name weight"):
        glossary_of(GlazedCase, Fact(weight), Fact(weight))
