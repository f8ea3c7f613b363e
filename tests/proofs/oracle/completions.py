"""R9 by brute force: try every value that what is not known could take."""

from itertools import product


def every_answer(unknowns, evaluate):
    """All answers, by completion. `unknowns` is a list of (name, possible values).

    The unknowns of a clause are tried here and nowhere else, every combination of them: a bound on how many are tried would
    stand here.
    """
    names = [name for name, _ in unknowns]
    return {
        values: evaluate(dict(zip(names, values, strict=True)))
        for values in product(*(possible for _, possible in unknowns))
    }


def neighbours(unknowns, table, name):
    """Pairs of (answer, value, answer, value) of completions which differ in one unknown alone."""
    place = [n for n, _ in unknowns].index(name)
    possible = unknowns[place][1]
    for values, answer in table.items():
        for other in possible:
            if other != values[place]:
                changed = (*values[:place], other, *values[place + 1 :])
                yield answer, values[place], table[changed], other


def what_matters(unknowns, table):
    """The unknowns that alone can turn one answer into another, in their own order."""
    return [
        name
        for name, _ in unknowns
        if any(before != after for before, _, after, _ in neighbours(unknowns, table, name))
    ]
