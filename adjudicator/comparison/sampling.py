"""A simple random sample of the cases of some sources, drawn in one pass without deciding them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, floor, log
from random import Random

from attrs import define, field, frozen

from adjudicator.bulk.lines import Limits
from adjudicator.bulk.sources import Content, Source, texts_in
from adjudicator.model.errors import InputError


@frozen
class Drawn:
    """A case of the sample: the source and the row it is from, and its text."""

    source: str
    row: int
    text: bytes | InputError
    is_erased: bool


@define
class SampleOfCases:
    """A sample without replacement, and how many cases it was drawn from. ``left_out`` are those of other policies."""

    cases: list[Drawn] = field(factory=list)
    population: int = 0
    left_out: int = 0

    def parts(self, size: int) -> Iterator[tuple[Drawn, ...]]:
        """The sample in pieces, to share out."""
        for start in range(0, len(self.cases), size):
            yield tuple(self.cases[start : start + size])


def draw(sources: Sequence[Source], size: int, policies: frozenset[str] | None, seed: int = 1) -> SampleOfCases:
    """Draw ``size`` cases of some policies (``None``: of all) at random, each with the same chance; all if there are no more.

    This is reservoir sampling by skips (Li's algorithm L): memory and random numbers grow with the sample, not with the input.
    The same input, size and seed give the same sample.
    """
    dice = Random(seed)  # noqa: S311 - a sample, no secret
    names = None if policies is None else tuple(each.encode() for each in policies)
    sample, weight, coming = SampleOfCases(), 1.0, 0
    for source, row, text, content in _cases(sources):
        if names is not None and not _may_be_of(text, names):
            sample.left_out += 1
            continue
        sample.population += 1
        if len(sample.cases) < size:
            sample.cases.append(Drawn(source, row, text, row in content.erased))
        elif sample.population == coming:
            sample.cases[dice.randrange(size)] = Drawn(source, row, text, row in content.erased)
        else:
            continue
        if len(sample.cases) == size:
            weight *= exp(log(1 - dice.random()) / size)
            coming = sample.population + 1 + floor(log(1 - dice.random()) / log(1 - weight))
    return sample


def _cases(sources: Sequence[Source]) -> Iterator[tuple[str, int, bytes | InputError, Content]]:
    for source in sources:
        for content in source.parts(Limits()):
            for row, text in texts_in(content):
                yield source.name, row, text, content


def _may_be_of(text: bytes | InputError, names: tuple[bytes, ...]) -> bool:
    """Whether a case may be of one of these policies; quick, and never wrong about one that is."""
    return isinstance(text, InputError) or b"\\" in text or any(name in text for name in names)
