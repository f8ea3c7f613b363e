"""Ready-made tests for any pack, one line each.

In the pack's test file::

    from acme_returns import EDITIONS

    from adjudicator.testing import pack_tests

    test_laws = pack_tests.laws(EDITIONS)
    test_clauses = pack_tests.clauses(EDITIONS)
    test_dates = pack_tests.dates(EDITIONS)
    test_words = pack_tests.words(EDITIONS)
    test_examples = pack_tests.examples(EDITIONS)

Each call returns a test function that pytest runs for every edition. The laws of claims draw their cases from
:func:`adjudicator.testing.cases`; for another kind of case, pass a strategy for each policy as ``cases``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product
from random import Random
from typing import Any, Final, TypeAlias

from adjudicator import api
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions as every_edition
from adjudicator.extras import importing
from adjudicator.kinds.claim import Payment
from adjudicator.model.award import AwardKind
from adjudicator.model.case import Case
from adjudicator.model.decision import Decision
from adjudicator.model.errors import InputError
from adjudicator.model.evidence import Evidence
from adjudicator.model.finding import Effect
from adjudicator.model.soundness import CaseBase
from adjudicator.rulebook.answers import answers_of, effect_of
from adjudicator.rulebook.codes import codes_without_words
from adjudicator.rulebook.handbook.examples import ExampleError, examples_for
from adjudicator.rulebook.text_faults import faults_of_texts
from adjudicator.testing import laws as every_law
from adjudicator.testing.applicable_laws import Law, law_name, laws_of
from adjudicator.testing.clause_coverage import Sight, coverage_faults, sights_of
from adjudicator.testing.generator import Author
from adjudicator.testing.stash import CLAUSES_SEEN
from adjudicator.testing.steering import steering
from adjudicator.testing.valid import cases as claims
from adjudicator.wire.codec import case_from, document_of, dump_case
from adjudicator.words import LANGUAGES, tag_of

with importing("testing"):
    import pytest
    from hypothesis import HealthCheck, given, seed, settings
    from hypothesis import strategies as st

Strategies: TypeAlias = Mapping[str, st.SearchStrategy[Any]]
"""A strategy for cases, by policy."""

EXAMPLES: Final = 25
CASES: Final = 1_000


def laws(
    editions: Sequence[Edition],
    *,
    cases: Strategies | None = None,
    times_the_price: int = 0,
    awaited: Callable[[Evidence], bool] | None = None,
    besides: Sequence[Law] = (),
    max_examples: int = EXAMPLES,
) -> Callable[..., None]:
    """Test every law that applies to an edition, on generated cases: the same in every run, and more with more ``max_examples``.

    ``times_the_price`` is the largest compensation as a multiple of the goods' price; :class:`ValueError` if an edition pays
    compensation and you do not say it. ``awaited`` tells whether an unverified
    document counts only once it is verified; by default, the edition decides that. ``besides`` are laws of your own, or those of
    :mod:`adjudicator.testing.laws` that apply only to some rules.
    """
    for edition in editions:
        if not times_the_price and _pays_compensation(edition):
            raise ValueError(
                f"{_id(edition)} pays compensation: say with times_the_price how many times the price of the goods it is at most, "
                "such as laws(EDITIONS, times_the_price=1)"
            )
    applicable = [
        pytest.param(edition, law, id=f"{_id(edition)}-{law_name(law)}")
        for edition in editions
        for law in (*laws_of(edition, times_the_price=times_the_price, awaited=awaited), *besides)
    ]

    @pytest.mark.parametrize(("edition", "law"), applicable)
    def test(edition: Edition, law: Law) -> None:
        @seed(f"{_id(edition)}-{law_name(law)}")
        @settings(max_examples=max_examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(_strategy(edition, cases))
        def check(case: CaseBase) -> None:
            try:
                law(case, decide=_decider(edition))
            except Exception as error:
                error.add_note(f"the case: {dump_case(case).decode()}")
                raise

        check()

    return test


def _pays_compensation(edition: Edition) -> bool:
    grants = edition.grants
    pays = (*grants.per_line, *grants.per_order) if isinstance(grants, Payment) else ()
    return any(each.kind is AwardKind.COMPENSATION for each in pays)


def clauses(
    editions: Sequence[Edition],
    *,
    cases: Strategies | None = None,
    cannot_be: Mapping[Sight, str] | None = None,
    count: int = CASES,
) -> Callable[..., None]:
    """Test that generated cases show every clause supporting, defeating, undecided, and decisive.

    A clause whose facts are always known need not be seen undecided. ``cannot_be`` lists the other impossible sides, each with its
    reason: ``{("goods_are_out_of_stock", "decisive"): "goods that are out of stock are not sent either"}``. With the plugin, the
    counts are printed at the end of the run.
    """

    @pytest.mark.parametrize("edition", editions, ids=_id)
    def test(edition: Edition, request: pytest.FixtureRequest) -> None:
        seen = Counter(
            sight for case in _many(edition, cases, count) for sight in sights_of(document_of(_decider(edition)(case)))
        )
        _record(request.config, edition, seen)
        impossible = {*_never_undecided(edition), *(cannot_be or ())}
        faults = coverage_faults(edition, seen, impossible)
        if faults:
            pytest.fail("\n".join([f"{count} cases of {_id(edition)}:", *faults]), pytrace=False)

    return test


def _never_undecided(edition: Edition) -> Iterator[Sight]:
    """The clauses that can never leave a case undecided."""
    for clause in edition.clauses:
        if all(effect_of(clause, answer) is not Effect.UNDECIDED for answer in answers_of(edition, clause)):
            yield clause.name, Effect.UNDECIDED.value


def _record(config: pytest.Config, edition: Edition, seen: Mapping[Sight, int]) -> None:
    table = config.stash.get(CLAUSES_SEEN, {}).setdefault(edition.policy, {})
    for clause in edition.clauses:
        table.setdefault(clause.name, Counter())
    for (name, side), times in seen.items():
        table[name][side] += times


def dates(editions: Sequence[Edition]) -> Callable[[], None]:
    """Test that exactly one edition governs from each policy's first day on, at both ends of every day."""

    def test() -> None:
        every_law.one_edition_governs(editions)

    return test


def words(editions: Sequence[Edition], languages: Collection[str] = LANGUAGES) -> Callable[..., None]:
    """Test that everything readers see has a text in every language, and that no catalogue behind it has a fault."""

    @pytest.mark.parametrize(
        ("edition", "language"),
        [pytest.param(*each, id=f"{_id(each[0])}-{tag_of(each[1])}") for each in product(editions, languages)],
    )
    def test(edition: Edition, language: str) -> None:
        lacking = codes_without_words(edition, language)
        if lacking:
            pytest.fail(f"no words in {tag_of(language)} for {', '.join(lacking)}", pytrace=False)
        faults = faults_of_texts((edition,), (*editions, *every_edition()), (language,))
        if faults:
            pytest.fail("\n".join(f"{each.path}:{each.line}: {each.message}" for each in faults), pytrace=False)

    return test


def examples(editions: Sequence[Edition]) -> Callable[..., None]:
    """Test that each policy has examples, each of which can be decided under the edition that governs it."""
    policies = list(dict.fromkeys(edition.policy for edition in editions))

    @pytest.mark.parametrize("policy", policies)
    def test(policy: str) -> None:
        try:
            found = examples_for([edition for edition in editions if edition.policy == policy])
        except ExampleError as error:
            pytest.fail(str(error), pytrace=False)
        if not found:
            pytest.fail(f"no file in examples/ is a case of {policy}", pytrace=False)
        for example in found:
            try:
                api.decide(example.case)
            except InputError as error:
                pytest.fail(f"examples/{example.name}.json: {error}", pytrace=False)

    return test


# Cases


def _strategy(edition: Edition, cases: Strategies | None) -> st.SearchStrategy[Any]:
    if cases is not None and edition.policy in cases:
        return cases[edition.policy]
    if not issubclass(edition.case_kind.case_type, Case):
        raise TypeError(
            f"{edition.policy} decides no claims: pass cases={{{edition.policy!r}: a strategy}}, "
            "such as adjudicator.testing.case_variations makes of one case"
        )
    return claims(edition.policy)


def _many(edition: Edition, cases: Strategies | None, count: int) -> Iterable[CaseBase]:
    """Many cases, the same in every run. Claims come directly from the generator, which is faster than a strategy."""
    if cases is None or edition.policy not in cases:
        _strategy(edition, cases)
        dice = Random(edition.policy)  # noqa: S311 - test data, no secret
        authors = (Author(dice.randrange, steering(edition.policy)) for _ in range(count))
        return (case_from(author.case(edition.policy)) for author in authors)
    drawn: list[CaseBase] = []

    @settings(
        max_examples=count, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(cases[edition.policy])
    def draw(case: CaseBase) -> None:
        drawn.append(case)

    draw()
    return drawn


def _decider(edition: Edition) -> Callable[[Any], Decision]:
    def decide(case: Any) -> Decision:
        decision: Decision = api.decide(case, edition)
        return decision

    return decide


def _id(edition: Edition) -> str:
    return f"{edition.policy}-{edition.name}"
