"""The catalogues are complete and in order, say the same in every language, and each uses its own script."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from opencc import OpenCC

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.registry import editions
from adjudicator.words import ENGLISH, SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE, rule_code
from adjudicator.words.catalogues import catalogue
from words.catalogues import (
    CHINESE,
    PACKS,
    catalogue_of,
    fields_of,
    forms_of,
    in_every_catalogue,
    in_every_language,
    messages_in,
    texts_of,
)


def source_of(package: str, language: str) -> str:
    """The file of a catalogue."""
    (folder,) = import_module(package).__path__
    return (Path(folder) / "words" / f"{language}.po").read_text("utf-8")


@in_every_catalogue
@pytest.mark.parametrize("language", CHINESE)
def test_every_language_has_the_same_codes(package: str, language: str) -> None:
    """Every text in English exists in the other languages, with the same placeholders. They also have what docstrings say only in English."""
    english, other = texts_of(package, ENGLISH), texts_of(package, language)
    assert {code for code in other if not code.startswith("rule.")} == english.keys()
    for code in english:
        assert fields_of(other[code]) == fields_of(english[code]), code


@in_every_catalogue
@in_every_language
def test_every_form_of_a_text_fills_in_the_same_names(package: str, language: str) -> None:
    """Singular and plural have the same parameters, with as many forms as the language has."""
    known = catalogue_of(package, language)
    for code, message in messages_in(package, language).items():
        forms = forms_of(message)
        assert len(forms) == (known.num_plurals if message.pluralizable else 1), code
        assert len({frozenset(fields_of(form)) for form in forms}) == 1, code


@in_every_catalogue
@in_every_language
def test_a_catalogue_is_in_order(package: str, language: str) -> None:
    """No entry is empty, a draft, obsolete or duplicated, and the header names the language."""
    known = catalogue_of(package, language)
    assert str(known.locale) == language
    assert re.search(rf'^"Language: {language}\\n"$', source_of(package, language), re.MULTILINE)
    assert known.obsolete == {}
    assert [message.id for message in known if message.id and message.fuzzy] == []
    codes = re.findall(r'^msgid "(.+)"$', source_of(package, language), re.MULTILINE)
    assert codes == list(messages_in(package, language))
    for code, message in messages_in(package, language).items():
        assert all(form and form == form.strip() for form in forms_of(message)), code


@in_every_catalogue
@pytest.mark.parametrize("language", CHINESE)
def test_a_translation_is_not_a_copy(package: str, language: str) -> None:
    """If English has words, Chinese has its own."""
    chinese = texts_of(package, language)
    words = [
        code for code, text in texts_of(package, ENGLISH).items() if re.search(r"[a-z]{2}", re.sub(r"{\w+}", "", text))
    ]
    assert [code for code in words if not re.search(r"[\u4e00-\u9fff]", chinese[code])] == []


IN_BOTH_SCRIPTS = frozenset("准台核")
"""Characters that OpenCC replaces one by one, and that are written in both scripts in words such as 核准 and 平台."""


def written_otherwise(text: str, converter: OpenCC) -> set[str]:
    """The characters that the other script writes differently."""
    return {each for each in text if converter.convert(each) != each} - IN_BOTH_SCRIPTS


@in_every_catalogue
def test_each_chinese_is_written_in_its_own_script(package: str) -> None:
    """Traditional Chinese has no Simplified character, nor the other way round."""
    to_traditional, to_simplified = OpenCC("s2t"), OpenCC("t2s")
    for code, text in texts_of(package, TRADITIONAL_CHINESE).items():
        assert written_otherwise(text, to_traditional) == set(), code
    for code, text in texts_of(package, SIMPLIFIED_CHINESE).items():
        assert written_otherwise(text, to_simplified) == set(), code


def test_characters_of_the_other_script_are_detected() -> None:
    """A single character is enough."""
    assert written_otherwise("申請已获核准，由平台退回運費", OpenCC("s2t")) == {"获"}
    assert written_otherwise("申请已獲核准，由平台退回运费", OpenCC("t2s")) == {"獲"}


MAINLAND_WORDS = ("信息", "質量", "渠道", "鏈接", "默認", "視頻", "賬號", "節假日", "短信", "核驗", "類目", "快遞公司")
CONVERTED_TOO_FAR = ("專案", "稽核", "支援", "型別", "計畫", "平臺", "臺灣", "新臺幣")


@in_every_catalogue
def test_traditional_chinese_suits_hong_kong_and_taiwan(package: str) -> None:
    """Terms that a converter gets wrong, and terms used in only one of the two places, do not come back."""
    for code, text in texts_of(package, TRADITIONAL_CHINESE).items():
        assert [word for word in (*MAINLAND_WORDS, *CONVERTED_TOO_FAR) if word in text] == [], code
        assert not re.search("[“”‘’]", text), code


@pytest.mark.parametrize("package", PACKS)
def test_a_restatement_in_a_catalogue_belongs_to_the_current_docstring(package: str) -> None:
    """Each has a comment with the Chinese it was made from. After a change of the docstring, the entry must be reviewed."""
    docstrings = {
        rule_code(node): node.citation.chinese
        for edition in editions()
        if edition.requires[-1].__module__.partition(".")[0] == package
        for node in edition.nodes.values()
        if node.citation.chinese
    }
    restated = {
        code: "".join(message.auto_comments)
        for code, message in messages_in(package, TRADITIONAL_CHINESE).items()
        if code.startswith("rule.")
    }
    assert restated == docstrings
    for language in (ENGLISH, SIMPLIFIED_CHINESE):
        assert not [code for code in messages_in(package, language) if code.startswith("rule.")]


def test_a_catalogue_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a mistake of its pack, and not of the engine."""
    words = tmp_path / "broken_words_of_a_pack" / "words"
    words.mkdir(parents=True)
    (words.parent / "__init__.py").touch()
    (words / "en.po").write_text('msgid "rule.a"\nmsgstr "A."\n\nmsgstring "B."\n', "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(PolicyError, match="cannot be read") as refused:
        catalogue("broken_words_of_a_pack", ENGLISH)
    assert str(words / "en.po") in str(refused.value)
