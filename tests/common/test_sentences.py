from __future__ import annotations

from django.core import serializers
from django.utils.translation import override

from apps.channels.driver import DeliveryError
from apps.channels.models import Account, InboundMessage
from apps.common.sentences import MARK, Sentence
from apps.common.sentences import gettext as _

SERVER = "The account “%(name)s” has no outgoing server."


def saved(account: Account, reason: str) -> Account:
    Account.objects.filter(pk=account.pk).update(last_error=reason)
    return Account.objects.get(pk=account.pk)


def make_account() -> Account:
    return Account.objects.create(channel="email", name="support")


def test_sentence_is_said_again_in_the_language_of_its_reader(db):
    account = make_account()
    with override("zh-hans"):
        reason = _(SERVER) % {"name": "support"}
    assert saved(account, reason).last_error == "The account “support” has no outgoing server."
    with override("zh-hans"):
        chinese = Account.objects.get(pk=account.pk).last_error
    assert "support" in chinese
    assert "outgoing" not in chinese


def test_sentence_inside_a_sentence_is_translated_too(db):
    inner = _(SERVER) % {"name": "support"}
    account = saved(make_account(), _("Answer unknown: %(reason)s") % {"reason": inner})
    with override("zh-hans"):
        assert "outgoing" not in Account.objects.get(pk=account.pk).last_error


def test_reason_of_an_error_stays_a_sentence():
    error = DeliveryError(_(SERVER) % {"name": "x"}, permanent=False)
    assert isinstance(error.reason, Sentence)


def test_answer_of_a_server_is_kept_word_for_word(db):
    answer = "550 5.1.1 100% full %(name)s 用户"
    assert saved(make_account(), answer).last_error == answer


def test_server_cannot_forge_a_sentence(db):
    forged = MARK + '{"words": "%(a)999999999d", "values": {"a": 1}}'
    assert saved(make_account(), forged).last_error == forged[1:]


def test_text_of_an_older_version_is_read_as_it_is(db):
    account = make_account()
    text = "服务器没有应答。"
    Account.objects.filter(pk=account.pk).update(last_error=text)
    assert Account.objects.get(pk=account.pk).last_error == text


def test_values_that_do_not_fit_the_words_leave_the_words(db):
    assert Sentence.of("Failed %(count)d times: %(error)s", {"count": 3}).startswith("Failed %(")


def test_sentence_survives_a_dump_and_a_load(db):
    account = make_account()
    reason = _("Failed %(count)d times: %(error)s") % {"count": 3, "error": "x"}
    inbound = InboundMessage.objects.create(
        account=account, content_hash="0" * 64, content_type="x", size=1, reason=reason
    )
    dumped = serializers.serialize("json", [inbound])
    inbound.delete()
    for one in serializers.deserialize("json", dumped):
        one.save()
    with override("zh-hans"):
        assert "Failed" not in InboundMessage.objects.get().reason
