"""For any payloads: no value disappears, no id changes, and no traceback appears."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.stories import BOUGHT, CLAIMED, INFO, INPUTS, LINE, OPEN_STORIES, ORDER, Story, any_story, story
from adjudicator import Fault, InputError, decide, load_case
from adjudicator.adapters import Adapted

Path = tuple[str | int, ...]

DOUDIAN_STORIES = [name for name in OPEN_STORIES if name.startswith("doudian/")]
ANY_TEXT = st.text(st.characters(), max_size=12)
CODES = st.integers(-2, 12) | st.sampled_from([27, 28, 51, 53, 255, 10000])
SCALARS = (
    st.none()
    | st.booleans()
    | CODES
    | CODES.map(str)
    | st.integers()
    | st.integers(10**17, 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT
    | st.sampled_from(["", '"7"', "2022-04-10 15:00:00", "2022-13-41 25:61:00", "1e999", "1E9999999999", "9" * 60])
)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3), max_leaves=8
)
SURROGATES = st.text(st.characters(min_codepoint=0xD7FE, max_codepoint=0xE001), min_size=1, max_size=3)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all values in a document."""
    yield path
    if isinstance(value, (dict, list)):
        for step, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(each, (*path, step))


def leaves(value: Any, path: Path = ()) -> Iterator[str]:
    """The JSON pointers of all leaves."""
    if isinstance(value, (dict, list)) and value:
        for step, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, step))
    else:
        yield "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def replaced(document: Any, path: Path, value: Any) -> Any:
    """A document with another value at one place."""
    if not path:
        return value
    changed = copy.copy(document)
    changed[path[0]] = replaced(document[path[0]], path[1:], value)
    return changed


def everywhere(value: Any, changed: Callable[[Any], Any]) -> Any:
    """A document with every leaf changed."""
    if isinstance(value, dict):
        return {name: everywhere(each, changed) for name, each in value.items()}
    if isinstance(value, list):
        return [everywhere(each, changed) for each in value]
    return changed(value)


def renamed(value: Any, change: Callable[[str], str]) -> Any:
    """A document with every key changed."""
    if isinstance(value, dict):
        return {change(name): renamed(each, change) for name, each in value.items()}
    return [renamed(each, change) for each in value] if isinstance(value, list) else value


def adapted_or_refused(given_story: Story) -> Adapted | None:
    """The adapted story, or None if it was refused. Every error must be a fault of one of the inputs."""
    faults: tuple[Fault, ...] = ()
    try:
        return given_story.adapted()
    except InputError as error:
        faults = error.faults
    sources = {fault.pointer.partition("#")[0] for fault in faults}
    assert sources
    assert sources <= {"after-sale", "order", "beside", "map", "case"}
    assert all(str(fault).isprintable() for fault in faults)
    return None


def check(adapted: Adapted, given_story: Story) -> None:
    """Check that the case can be decided, and that the report is complete and can be written."""
    text = json.dumps(adapted.case_document, ensure_ascii=False).encode()
    decide(load_case(text))
    json.dumps(adapted.report.document(), ensure_ascii=False).encode()
    assert all(line.isprintable() for line in adapted.report.text().splitlines())
    found = {(loss.source, loss.pointer) for loss in adapted.report.losses}
    found |= {(use.source, use.pointer) for use in adapted.report.uses}
    for source, payload in (("after-sale", given_story.after_sale), ("order", given_story.order)):
        assert {pointer for pointer in leaves(payload) if pointer.isprintable()} <= {
            pointer for where, pointer in found if where == source
        }


@st.composite
def broken_stories(draw: st.DrawFn) -> Story:
    """A story with up to four values of its inputs replaced."""
    found = any_story(draw(st.sampled_from(OPEN_STORIES)))
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(["after_sale", "after_sale", "order", "order", "beside", "mapping"]))
        document = getattr(found, name)
        path = draw(st.sampled_from(sorted(places(document), key=str)))
        value = draw(ANY_JSON | SURROGATES)
        found = evolve(found, **{name: replaced(document, path, value)})
    return found


@pytest.mark.parametrize("name", OPEN_STORIES)
def test_no_value_of_a_story_disappears(name: str) -> None:
    check(any_story(name).adapted(), any_story(name))


@settings(max_examples=200)
@given(broken_stories())
def test_any_changed_story_is_adapted_completely_or_refused_with_a_reason(broken: Story) -> None:
    adapted = adapted_or_refused(broken)
    if adapted is not None:
        check(adapted, broken)


@pytest.mark.parametrize("name", ["doudian/huge-ids", "pinduoduo/broken-cups", "pinduoduo/top-up-not-arrived"])
@given(ANY_JSON, ANY_JSON, ANY_JSON, ANY_JSON)
def test_arbitrary_input_is_refused_with_a_reason(
    name: str, after_sale: Any, order: Any, beside: Any, mapping: Any
) -> None:
    inputs = evolve(any_story(name), after_sale=after_sale, order=order, beside=beside, mapping=mapping)
    assert adapted_or_refused(inputs) is None


@given(ANY_JSON, ANY_JSON)
def test_arbitrary_content_in_a_valid_envelope_is_refused_with_a_reason(sale: Any, bought: Any) -> None:
    def enveloped(data: Any) -> dict[str, Any]:
        return {"code": 10000, "data": data}

    inner = {"process_info": {"after_sale_info": sale, "arbitrate_info": sale, "record_logs_list": [sale]}}
    order = {"shop_order_detail": {"sku_order_list": [bought], "logistics_info": [bought], "order_id": sale}}
    inputs = evolve(story("huge-ids"), after_sale=enveloped(inner), order=enveloped(order))
    assert adapted_or_refused(inputs) is None


@given(st.integers(1, 10**40), st.integers(1, 10**40), st.booleans())
def test_ids_come_through_digit_by_digit(claim: int, line: int, as_text: bool) -> None:
    def id_of(number: int) -> int | str:
        return str(number) if as_text else number

    found = story("huge-ids").but(
        {
            f"a:{INFO}/after_sale_id": id_of(claim),
            f"a:{CLAIMED}/sku_order_id": id_of(line),
            f"o:{LINE}/order_id": line,
            f"o:{ORDER}/logistics_info/0/product_info/0/sku_order_id": id_of(line),
            "b:order/lines/0/id": str(line),
            "b:evidence/0/line_ids/0": str(line),
        }
    )
    case = found.adapted().case_document
    assert case["claim"]["id"] == str(claim)
    assert case["claim"]["items"][0]["line_id"] == case["order"]["lines"][0]["id"] == str(line)
    assert case["order"]["parcels"][0]["line_ids"] == [str(line)]


def as_text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, (bool, int)) else value


@pytest.mark.parametrize("name", DOUDIAN_STORIES)
@pytest.mark.parametrize(
    "expected",
    [
        lambda payload: renamed(payload, lambda key: key.replace("after_sale", "aftersale")),
        lambda payload: renamed(payload, lambda key: key.replace("aftersale", "after_sale")),
        lambda payload: renamed(payload, lambda key: key.replace("decsison", "decision")),
        lambda payload: everywhere(payload, as_text),
        lambda payload: everywhere(payload, lambda value: f'"{value}"' if type(value) is int else value),
        lambda payload: {"err_no": 0, "message": "success", "data": payload["data"]},
        lambda payload: {"code": "10000", "err_no": "0", "data": payload["data"]},
    ],
)
def test_the_same_content_in_another_form_is_the_same_case(name: str, expected: Callable[[Any], Any]) -> None:
    found = any_story(name)
    another = evolve(found, after_sale=expected(found.after_sale), order=expected(found.order))
    assert another.adapted().case_document == found.adapted().case_document


@pytest.mark.parametrize("name", DOUDIAN_STORIES)
@given(st.data())
def test_a_value_in_both_spellings_is_reported_once(name: str, data: st.DataObject) -> None:
    found = any_story(name)
    info = found.after_sale["data"]["process_info"]["after_sale_info"]
    names = [key for key in info if "after_sale" in key]
    field = data.draw(st.sampled_from(names))
    both = found.but({f"a:{INFO}/{field.replace('after_sale', 'aftersale')}": info[field]})
    assert both.adapted().case_document == found.adapted().case_document


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("doudian/huge-ids", f"o:{ORDER}/logistics_info"),
        ("doudian/huge-ids", f"o:{ORDER}/sku_order_list"),
        ("pinduoduo/broken-cups", f"o:{BOUGHT}/item_list"),
    ],
)
def test_a_list_of_one_may_come_as_what_is_in_it(name: str, place: str) -> None:
    found = any_story(name)
    value: Any = getattr(found, INPUTS[place[0]])
    for step in place[2:].split("/"):
        value = value[int(step)] if isinstance(value, list) else value[step]
    (only,) = value
    changed = found.but({place: only})
    assert changed.adapted().case_document == found.adapted().case_document
    check(changed.adapted(), changed)
