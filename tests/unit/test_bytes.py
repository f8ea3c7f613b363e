"""A new decision is encoded at once, with digests, in the same bytes as a decision that was decoded before."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import attrs
import orjson
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, adjudicate, decide, dump_decision, load_case, load_decision
from adjudicator.engine.clause import node_of
from adjudicator.engine.findings import Findings
from adjudicator.engine.judgement import Judgement
from adjudicator.engine.ladder import LadderPart, Table
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.kinds.payment import LineAccount
from adjudicator.model.case import Case
from adjudicator.model.decision import Decision
from adjudicator.model.digest import canonical as canonical_json
from adjudicator.model.enumerations import Category
from adjudicator.model.evidence import DamagePhoto
from adjudicator.model.facts import Open, Party
from adjudicator.model.finding import Finding, JsonValue
from adjudicator.model.json_value import json_value
from adjudicator.model.lazy import with_lazy, work_of
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant
from adjudicator.testing import Json, a_damage_photo, case_documents
from adjudicator.wire import findings as written_findings
from adjudicator.wire.codec import case_from, decision_document, document_of
from adjudicator.wire.decisions import with_digests
from adjudicator.wire.ladder import ladder_written
from adjudicator.wire.template import Texts
from adjudicator.wire.writer import Unwritable, writer_of
from admissions import IN_ORDER
from documents import ONE_OF_OTHER_KINDS
from oracle.edges import put

CLAIMS: Final = tuple(name for name, group in policies().items() if issubclass(group[0].case_kind.case_type, Case))
MOMENT: Final = Instant.parse("2024-05-01T10:00:00+08:00")
ODD_TEXT: Final = ['"', "\\", "/", "\n\t\x00\x1f\x7f", "\u2028", "é", "中", "\uffff", "😀"]


def one_by_one(case: Any, edition: Edition | None = None) -> bytes:
    """The bytes of a decision whose lazy parts are all computed before encoding."""
    decision = decide(case, edition)
    assert decision.findings is not None
    assert decision.digests is not None
    return orjson.dumps(decision_document(decision))


@pytest.mark.parametrize("policy", CLAIMS)
def test_both_ways_of_writing_give_the_same_bytes(policy: str) -> None:
    """Whatever is known of the case; under every edition of the policy, not only the governing one."""

    @given(case_documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        for edition in (None, *policies()[policy]):
            assert dump_decision(decide(case, edition)) == one_by_one(case, edition)

    check()


@pytest.mark.parametrize("document", ONE_OF_OTHER_KINDS.values(), ids=ONE_OF_OTHER_KINDS)
def test_both_ways_of_writing_give_the_same_bytes_for_other_kinds_of_case(document: Json) -> None:
    """For valid cases, and with each part unknown."""
    for changed in (document, *without_each(document)):
        try:
            case = case_from(changed)
        except InputError:
            continue
        assert dump_decision(decide(case)) == one_by_one(case)


def without_each(value: Any, pointer: str = "", whole: Any = None) -> Iterator[Json]:
    """A copy of the document for each place in it, with null there."""
    whole = value if whole is None else whole
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in places:
        yield put(whole, f"{pointer}/{step}", None)
        yield from without_each(each, f"{pointer}/{step}", whole)


@pytest.mark.parametrize("text", ODD_TEXT, ids=ascii)
def test_texts_are_written_as_json_has_them(text: str) -> None:
    """In findings and metadata. The canonical order of keys follows the standard beyond the basic plane as well."""
    document = IN_ORDER | {"id": f"c{text}", "metadata": {text: text, "\uffff": "x"}}
    assert adjudicate(json.dumps(document)) == one_by_one(case_from(document))


@given(st.text(), st.lists(st.text()))
def test_a_text_in_a_fact_is_written_as_json_has_it(text: str, texts: list[str]) -> None:
    """The same bytes as everywhere else."""
    for value in (text, tuple(texts), (text, (True, None, 2**53))):
        (written,) = Texts().of((value,))
        assert written == orjson.dumps(value)


class Pair(NamedTuple):
    """A value that is a tuple of a class of its own."""

    first: Any
    second: Any


@dataclass(frozen=True)
class Dispatch:
    """A value of a class that is not made by attrs. Its fields are nobody's business."""

    id: str = "D1"


class Kickoff(Enum):
    """A choice whose value is no text."""

    EARLY = MOMENT
    LATE = (MOMENT, 2)


VALUES: Final = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.text(),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.dates(),
        st.datetimes(),
        st.floats(),
        st.uuids(),
        st.dictionaries(st.text() | st.integers() | st.sampled_from(Party), st.integers() | st.just(Dispatch())),
        st.sampled_from([MOMENT, *Category, *Party, *Kickoff, Open(()), a_damage_photo(), Dispatch()])
        | st.frozensets(st.sampled_from([*Category, *Party])),
    ),
    lambda each: st.lists(each) | st.lists(each).map(tuple) | st.tuples(each, each).map(lambda both: Pair(*both)),
)


@given(st.lists(VALUES, min_size=1))
def test_values_are_written_together_as_each_is_alone(values: list[Any]) -> None:
    """As findings that are computed have them, whatever they are."""
    assert Texts().of(values) == [orjson.dumps(json_value(each)) for each in values]


def test_adjudicating_is_reading_deciding_and_writing() -> None:
    """For text and bytes, also under another edition; and all faults are reported."""
    text = json.dumps(IN_ORDER)
    assert adjudicate(text) == adjudicate(text.encode()) == one_by_one(load_case(text))
    edition = policies()[IN_ORDER["policy"]][0]
    assert adjudicate(text, edition) == one_by_one(load_case(text), edition)
    with pytest.raises(InputError, match="/as_of"):
        adjudicate(json.dumps(IN_ORDER | {"as_of": 1}))


def test_a_decision_can_still_be_read_after_encoding() -> None:
    """From then on it has its digests, and its findings are created on first access."""
    decision = decide(case_from(IN_ORDER))
    content = dump_decision(decision)
    assert decision == load_decision(content)
    assert dump_decision(decision) == content


def test_cases_in_between_and_in_other_threads_change_nothing() -> None:
    """Nothing of one case leaks into the decision on another."""
    cases = [json.dumps(each) for each in (IN_ORDER, *ONE_OF_OTHER_KINDS.values(), *[*without_each(IN_ORDER)][9:40])]
    alone = [result_of(each) for each in cases]
    assert [result_of(each) for each in reversed(cases)] == alone[::-1]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(result_of, cases * 3)) == alone * 3


def result_of(text: str) -> bytes | str:
    """The decision on a case, or its faults."""
    try:
        return adjudicate(text)
    except InputError as error:
        return str(error)


@frozen
class Scan:
    """Where a parcel was seen."""

    at: Instant
    weight: Decimal | None


@frozen(kw_only=True)
class ParcelDecision(Decision):
    """A decision of another kind, with a field of every form that orjson does not write as it is."""

    first: Scan
    last: Scan | None
    scans: tuple[Scan, ...]
    moments: tuple[Instant, ...]
    due: Mapping[str, Instant | None]
    weight: Decimal
    claimant: Party
    noted: Mapping[str, JsonValue]


@frozen(kw_only=True)
class TaggedDecision(ParcelDecision):
    """One with a field that only the encoder writes."""

    proof: DamagePhoto


def decided(kind: type[ParcelDecision], case: Any, **fields: Any) -> ParcelDecision:
    """A new decision of a kind, whose fields are the same in each of them. Only its findings are computed when read."""
    moment, given = Instant.parse("2024-05-01T10:00:00.5+08:00"), decide(case)
    scan = Scan(moment, Decimal("0.00000010"))
    common = {each.name: getattr(given, each.name) for each in attrs.fields(Decision) if each.name != "digests"}
    own = {
        "first": scan,
        "last": None,
        "scans": (scan, Scan(case.as_of, None)),
        "moments": (moment, case.as_of),
        "due": {"b": moment, "a": None},
        "weight": Decimal("1.50"),
        "claimant": Party.CARRIER,
        "noted": MappingProxyType({"\uffee": (1, None), "a": "first"}),
    }
    decision = kind(**{**common, **own, **fields})
    return with_digests(with_lazy(decision, "findings", Findings(judgements_of(given))), case)


def judgements_of(decision: Decision) -> tuple[Judgement, ...]:
    """The judgements that a new decision has its findings from."""
    findings = work_of(decision)["findings"]
    assert isinstance(findings, Findings)
    return tuple(findings)


def test_fields_of_every_form_are_written_as_the_encoder_writes_them() -> None:
    """Also in a decision of a kind of its own, and at once."""
    case = case_from(IN_ORDER)
    new, read = decided(ParcelDecision, case), decided(ParcelDecision, case)
    assert read.findings == decide(case).findings
    assert read.digests is not None
    assert dump_decision(new) == orjson.dumps(decision_document(read))
    assert writer_of(ParcelDecision)(read, Texts().instants).keys() == decision_document(read).keys()


def test_a_field_that_only_the_encoder_writes_is_left_to_it() -> None:
    """With the whole decision."""
    case, proof = case_from(IN_ORDER), a_damage_photo()
    with pytest.raises(Unwritable):
        writer_of(TaggedDecision)
    new, read = decided(TaggedDecision, case, proof=proof), decided(TaggedDecision, case, proof=proof)
    assert read.digests is not None
    assert dump_decision(new) == orjson.dumps(decision_document(read))


def paid_by_day(goods_paid: Minor, is_late: bool, category: Category | None) -> Minor:
    """ZZ.1(1). From values that are JSON as they are, if they are known, and one that is not."""
    return Minor(goods_paid * is_late * (category is None))


def paid_by_date(paid_by_day: Minor, filed_at: Instant, signings: tuple[Instant, ...]) -> Minor:
    """ZZ.1(2). From instants."""
    return Minor(paid_by_day + (filed_at in signings))


def paid_by_line(paid_by_date: Minor, order_lines: tuple[LineAccount, ...]) -> Minor:
    """ZZ.1(3). From a table."""
    return Minor(paid_by_date + len(order_lines))


IN_THE_LADDER: Final[dict[str, Any]] = {
    "goods_paid": Minor(5),
    "is_late": True,
    "category": Category.FOOD,
    "filed_at": MOMENT,
    "signings": (MOMENT, Instant(MOMENT + 1)),
    "order_lines": Table((LineAccount("L1", 1, 1, *[Minor(each) for each in range(6)]),)),
    "paid_by_day": Minor(7),
    "paid_by_date": Minor(8),
    "paid_by_line": Minor(9),
}


@pytest.mark.parametrize("unknown", [None, "goods_paid", "is_late", "category", "filed_at", "signings"])
@pytest.mark.parametrize("functions", [(paid_by_day,), (paid_by_day, paid_by_date), (paid_by_date, paid_by_line)])
def test_a_ladder_is_written_as_its_steps_are(functions: tuple[Any, ...], unknown: str | None) -> None:
    """Also with something unknown among the inputs, and with a table."""
    facts: Any = {**IN_THE_LADDER, **({unknown: Open(())} if unknown else {})}
    part = LadderPart(tuple(node_of(each, "ZZ.1") for each in functions), "L1", facts)
    (plain, canonical), one_by_one = ladder_written((part, part), Texts()), [*map(document_of, part.steps())]
    assert orjson.dumps(plain) == orjson.dumps(one_by_one * 2)
    assert orjson.dumps(canonical, None, orjson.OPT_SORT_KEYS) == canonical_json(one_by_one * 2)


def by_line_first(order_lines: tuple[LineAccount, ...], paid_by_date: Minor, signings: tuple[Instant, ...]) -> Minor:
    """ZZ.1(4). From a table that comes first."""
    return Minor(paid_by_date + len(order_lines) + len(signings))


def test_the_fields_of_a_table_are_inputs_after_all_others() -> None:
    """Each by itself, and never the table."""
    facts = {**IN_THE_LADDER, "by_line_first": Minor(10)}
    (step,) = LadderPart((node_of(by_line_first, "ZZ.1"),), None, facts).steps()
    (account,) = IN_THE_LADDER["order_lines"]
    fields = {f"order_lines/L1/{name}": value for name, value in attrs.asdict(account).items() if name != "line_id"}
    signings = tuple(map(str, IN_THE_LADDER["signings"]))
    assert [*step.inputs.items()] == [("paid_by_date", 8), ("signings", signings), *fields.items()]
    assert (step.step, step.line_id, step.amount) == ("by_line_first", None, 10)


def test_a_field_that_is_not_encoded_is_noticed() -> None:
    """Before the first decision."""

    @frozen
    class Longer(Finding):
        """A finding with one more field."""

        more: str

    with pytest.raises(TypeError, match="other fields"):
        written_findings.check_fields(Longer, written_findings.WRITTEN[Finding])


def test_caches_hold_data_of_editions_and_never_of_cases() -> None:
    """Deciding more cases prepares nothing more, and the cache is bounded."""
    adjudicate(json.dumps(IN_ORDER))
    before = written_findings.same_of.cache_info()
    for number in range(20):
        adjudicate(json.dumps(IN_ORDER | {"id": f"case {number}"}))
    after = written_findings.same_of.cache_info()
    assert (after.currsize, after.misses) == (before.currsize, before.misses)
    assert after.maxsize is not None
    assert after.maxsize > len(editions())
