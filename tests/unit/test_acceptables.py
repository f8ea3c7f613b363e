"""The names in acceptable answers are read from a function's source, wherever they occur, each with its line."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from types import FunctionType, SimpleNamespace
from typing import Any, Final

import pytest

from adjudicator.engine import vocabulary
from adjudicator.engine.acceptables import accepted_names, syntax_tree
from adjudicator.engine.vocabulary import ANY, AnyOf, Duty, any_of, in_time, missing, repairable
from adjudicator.model.facts import Acceptable, Ask, Need, Open, Party

SIZE: Final = Need("size", Party.CONSUMER)
LARGE: Final[Acceptable] = {"large": ANY}
SEVERAL: Final = ({"long": ANY}, {"wide": ANY, "high": ANY})


def asks_for_what_is_missing() -> object:
    return missing(SIZE, {"width": ANY}, str({"because": 1}))


def asks_by_keyword() -> object:
    return missing(acceptable={"width": ANY}, need=SIZE, because=str({"because": 1}))


def asks_for_a_repair() -> object:
    return repairable(SIZE, {"width": ANY}, None)


def asks_for_a_repair_by_keyword() -> object:
    return repairable(SIZE, until=None, acceptable={"width": ANY})


def asks_in_time() -> object:
    return in_time(None, Duty.OPEN, None, SIZE, {"width": ANY})


def asks_in_time_by_keyword() -> object:
    return in_time(None, Duty.OPEN, None, SIZE, acceptable={"width": ANY})


def asks_itself() -> object:
    return Open((Ask(SIZE, ({"width": ANY},)),))


def asks_itself_by_keyword() -> object:
    return Open((Ask(SIZE, accepts=({"width": ANY},)),))


def asks_by_the_module() -> object:
    return vocabulary.missing(SIZE, {"width": ANY})


def asks_by_a_method(name: str) -> object:
    return missing(SIZE, {"width": ANY}, name.lower())


def asks_for_any_of_them(length: bool) -> object:
    return any_of(
        {"width": ANY},
        {"length": ANY} if length else None,
    )


def asks_by_a_variable() -> object:
    plain = {"width": ANY}
    wanted: Acceptable = plain
    return missing(SIZE, wanted)


def asks_by_data() -> object:
    return (missing(SIZE, LARGE), missing(SIZE, SEVERAL))


def returns_one() -> Acceptable:
    return {"width": ANY}


def returns_any() -> AnyOf:
    return {"width": ANY}


def returns_several() -> tuple[Acceptable, ...]:
    return ({"width": ANY},)


def returns_one_and_asks(length: bool) -> Acceptable:
    if length:
        raise LookupError(missing(SIZE, {"length": ANY}))
    return {"width": ANY}


def reads_a_table(name: str) -> object:
    return LARGE[name]


def asks_for_no_text(name: str) -> object:
    return missing(SIZE, {name: ANY, **LARGE})


def is_no_question() -> dict[str, tuple[()]]:
    return {"width": ()}


def does_something_else() -> object:
    return any_of() and sorted({"width": ANY})


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (asks_for_what_is_missing, ["width"]),
        (asks_by_keyword, ["width"]),
        (asks_for_a_repair, ["width"]),
        (asks_for_a_repair_by_keyword, ["width"]),
        (asks_in_time, ["width"]),
        (asks_in_time_by_keyword, ["width"]),
        (asks_itself, ["width"]),
        (asks_itself_by_keyword, ["width"]),
        (asks_by_the_module, ["width"]),
        (asks_by_a_method, ["width"]),
        (asks_for_any_of_them, ["width", "length"]),
        (asks_by_a_variable, ["width"]),
        (asks_by_data, ["large", "long", "wide", "high"]),
        (returns_one, ["width"]),
        (returns_any, ["width"]),
        (returns_several, ["width"]),
        (returns_one_and_asks, ["length", "width"]),
        (reads_a_table, []),
        (asks_for_no_text, ["large"]),
        (is_no_question, []),
        (does_something_else, []),
        (len, []),
    ],
)
def test_the_names_that_a_function_accepts_are_found(function: Callable[..., Any], names: list[str]) -> None:
    """In every call that takes answers, by position and by name; in variables, in data, and in returned values."""
    assert sorted(each.name for each in accepted_names(function)) == sorted(names)


def test_each_name_has_its_line() -> None:
    """The line in the file, not in the function."""
    accepted_names.cache_clear()  # the other tests ask for the same functions
    first = asks_for_any_of_them.__code__.co_firstlineno
    lines = {each.name: each.line - first for each in accepted_names(asks_for_any_of_them)}
    assert lines == {"width": 2, "length": 3}
    (named,) = accepted_names(asks_for_a_repair)
    assert named.line == asks_for_a_repair.__code__.co_firstlineno + 1


def test_nothing_is_found_in_a_function_without_source() -> None:
    made: dict[str, Any] = {"missing": missing, "SIZE": SIZE}
    exec("def made():\n    return missing(SIZE, {'width': ()})", made)
    assert accepted_names(made["made"]) == ()


def test_source_is_read_where_the_module_was_loaded_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """It need not be a file, as in an archive."""
    monkeypatch.setattr(linecache, "cache", {})  # another run of this test may have left it there
    source = "def made():\n    return missing(SIZE, {'width': ()})\n"
    loader = SimpleNamespace(get_source=lambda name: {"archived": source}[name])
    made: dict[str, Any] = {"missing": missing, "SIZE": SIZE, "__name__": "archived", "__loader__": loader}
    exec(compile(source, "archive.zip/archived.py", "exec"), made)
    (named,) = accepted_names(made["made"])
    assert (named.name, named.line) == ("width", 2)


def test_code_without_positions_has_no_source() -> None:
    """Python leaves them out if told to. What follows the function in its file is not taken for a part of it."""
    code = asks_for_a_repair.__code__.replace(co_linetable=b"")
    assert [*code.co_positions()] == []
    assert syntax_tree(FunctionType(code, asks_for_a_repair.__globals__)) is None
