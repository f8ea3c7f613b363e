"""R9 by brute force: try every possible value of every unknown fact."""

from itertools import product


def every_answer(unknowns, evaluate):
    """The answer on each completion. `unknowns` is a list of (name, possible values).

    All combinations of a clause's unknowns are tried here and nowhere else, so a limit on their number would belong here.
    """
    names = [name for name, _ in unknowns]
    return {
        values: evaluate(dict(zip(names, values, strict=True)))
        for values in product(*(possible for _, possible in unknowns))
    }


def neighbours(unknowns, table, name):
    """The pairs of completions that differ in one unknown, as (answer, value, answer, value)."""
    place = [n for n, _ in unknowns].index(name)
    possible = unknowns[place][1]
    for values, answer in table.items():
        for other in possible:
            if other != values[place]:
                changed = (*values[:place], other, *values[place + 1 :])
                yield answer, values[place], table[changed], other


def what_matters(unknowns, table):
    """The unknowns that can change the answer on their own, in their own order."""
    return [
        name
        for name, _ in unknowns
        if any(before != after for before, _, after, _ in neighbours(unknowns, table, name))
    ]
