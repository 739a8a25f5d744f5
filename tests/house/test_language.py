import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from apps.common.text import between_words, local_time

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
HAN = r"[\u3400-\u9fff]"
GLUED = re.compile(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}")
HALF_WIDTH = re.compile(rf"{HAN}\s*[,;:?!()]|[()]\s*{HAN}|[!！]|\.\.\.")
SPACED = re.compile(r"[，。：；？（）、“”] | [，。：；？）、]")


def texts():
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="zh_Hans"):
            if message.id:
                strings = message.string if isinstance(message.id, tuple) else (message.string,)
                yield from ((message.context or "", text) for text in strings)


def chinese():
    """Every text but formats of dates, in which letters stand for parts of the date."""
    formats = {
        "date and time",
        "day and time in short",
        "day in a conversation",
        "format of a date",
        "format of a short date",
        "head of a column of a week",
    }
    return [text for context, text in texts() if context not in formats]


def test_chinese_texts_keep_the_house_style_of_punctuation():
    assert [text for text in chinese() if HALF_WIDTH.search(text) or SPACED.search(text)] == []


def test_chinese_and_latin_stand_apart():
    assert [text for text in chinese() if GLUED.search(text)] == []


def test_one_thing_has_one_name():
    """The promise of a first answer, which lists, clocks and reports speak of."""
    assert "首次回复" not in CATALOGUE.read_text()


def test_days_and_names_stand_in_chinese_sentences_without_western_commas():
    at = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
    with override("zh-hans"), timezone.override("Asia/Shanghai"):
        assert local_time(at, now=at + timedelta(days=2)) == "11月27日星期五 02:00"
        assert local_time(at, now=at + timedelta(days=90)) == "2026年11月27日 02:00"
        assert [between_words(name) for name in ("Amélie", "李雷", "Li 雷", "")] == [
            " Amélie ",
            "李雷",
            " Li 雷",
            "",
        ]
    with override("en"), timezone.override("Asia/Shanghai"):
        assert local_time(at, now=at + timedelta(days=2)) == "Friday 27 November, 02:00"
        assert between_words("Amélie") == "Amélie"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_regions_of_the_inbox_have_names_of_their_own(client, ana_agent, language):
    ana_agent.language = language
    ana_agent.save()
    client.force_login(ana_agent)
    page = client.get("/desk/inbox/").text
    found = re.findall(
        r'<section [^>]*aria-label="([^"]+)"|role="region"\s+aria-label="([^"]+)"', page
    )
    names = [one or other for one, other in found]
    assert len(names) == len(set(names)) >= 3


def test_reader_is_addressed_with_respect():
    assert [text for text in chinese() if "你" in text] == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_page_tells_its_language(client, ana_agent, language):
    ana_agent.language = language
    ana_agent.save()
    client.force_login(ana_agent)
    page = client.get(reverse("desk:inbox")).content.decode()
    tag = {"en": "en", "zh-hans": "zh-Hans"}[language]
    with override(language):
        assert f'<html lang="{tag}"' in page
        assert f'<h1 class="h-list">{gettext("Inbox")}</h1>' in page


def test_page_before_log_in_follows_the_browser(client, db):
    page = client.get(reverse("account_login"), headers={"accept-language": "zh-CN,zh;q=0.9"})
    assert '<html lang="zh-Hans"' in page.content.decode()


def test_translating_functions_bear_names_that_the_catalogue_is_gathered_by():
    unknown = re.compile(r"import \w*gettext\w* as (?!_$)\w+", re.MULTILINE)
    sources = [path for name in ("apps", "contactcentre") for path in (ROOT / name).rglob("*.py")]
    found = [path for path in sources if unknown.search(path.read_text())]
    assert (found, bool(sources)) == ([], True)


def test_no_text_is_translated_within_an_f_string():
    """The catalogue's tools do not find it there, so it would stay English."""
    hidden = re.compile(r"\{n?p?gettext\(|\{_\(")
    found = [path for path in ROOT.glob("apps/**/*.py") if hidden.search(path.read_text())]
    assert found == []
