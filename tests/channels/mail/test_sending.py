from __future__ import annotations

import datetime as dt
import ipaddress
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apps.channels.driver import AnswerUnknown, DeliveryError, OutgoingAttachment, Party
from apps.channels.mail import sending
from tests.channels.mail.factory import account, outgoing
from tests.channels.mail.scripted import scripted_server
from tests.services.smtp import running_relay


def nothing() -> None:
    """What a lease does while it is held."""


def send(server, message=None, commit=nothing, renew=nothing, **values):
    return sending.send(account(outgoing=server, **values), message or outgoing(), commit, renew)


def content(part):
    return part.get_content().replace("\r\n", "\n")


def test_mail_arrives_as_composed(smtp_relay):
    message = outgoing(
        to=(Party("email", "Cleo@Example.ORG", "克莉奥"),),
        cc=(Party("email", "dan@example.net"),),
        sender_name="Ana, Support",
        reply_to="support+abc.def@example.com",
        subject="您的台灯",
        text="您好，\n台灯已寄出。\n.\n..end",
        references=("first@example.org", "second@example.org"),
        attachments=(OutgoingAttachment("发票 2026.pdf", "application/pdf", b"%PDF" * 900),),
    )
    receipt = send(smtp_relay.url, message)
    (received,) = smtp_relay.received
    arrived = received.message
    assert receipt.refused == {}
    assert receipt.detail.startswith("250")
    assert received.sender == "support@example.com"
    assert received.recipients == ("cleo@example.org", "dan@example.net")
    assert arrived["From"] == '"Ana, Support" <support@example.com>'
    assert arrived["To"] == "克莉奥 <cleo@example.org>"
    assert arrived["Subject"] == "您的台灯"
    assert arrived["Message-ID"] == "<d7.abc@example.com>"
    assert arrived["In-Reply-To"] == "<second@example.org>"
    assert arrived["References"] == "<first@example.org> <second@example.org>"
    assert arrived["Reply-To"] == "support+abc.def@example.com"
    assert arrived["Date"].datetime == message.created_at
    assert content(arrived.get_body()) == "您好，\n台灯已寄出。\n.\n..end\n"
    (attachment,) = arrived.iter_attachments()
    assert attachment.get_filename() == "发票 2026.pdf"
    assert attachment.get_content() == b"%PDF" * 900


def test_dots_that_begin_lines_survive(smtp_relay):
    send(smtp_relay.url, outgoing(text=".\n..\n.hidden\nend"))
    assert content(smtp_relay.received[0].message) == ".\n..\n.hidden\nend\n"


def test_refused_recipients_are_reported_and_the_others_served(smtp_relay):
    parties = tuple(Party("email", f"{name}@example.org") for name in ("cleo", "550", "451"))
    receipt = send(smtp_relay.url, outgoing(to=parties))
    assert smtp_relay.received[0].recipients == ("cleo@example.org",)
    assert receipt.refused == {"550@example.org": "550 5.1.1 no such user"}
    assert receipt.deferred == {"451@example.org": "451 4.3.0 try again later"}


@pytest.mark.parametrize(
    ("locals_", "permanent"), [(("550",), True), (("451",), False), (("550", "451"), False)]
)
def test_all_recipients_refused_is_no_delivery(smtp_relay, locals_, permanent):
    parties = tuple(Party("email", f"{name}@example.org") for name in locals_)
    with pytest.raises(DeliveryError) as failure:
        send(smtp_relay.url, outgoing(to=parties))
    assert failure.value.permanent is permanent
    assert f"{locals_[0]}@example.org" in failure.value.reason
    assert smtp_relay.received == []


@pytest.mark.parametrize(("answer", "permanent"), [("554 5.7.1 spam", True), ("452 full", False)])
def test_refusal_after_the_dot_is_no_delivery(smtp_relay, answer, permanent):
    smtp_relay.refuse_data = answer
    with pytest.raises(DeliveryError) as failure:
        send(smtp_relay.url)
    assert failure.value.permanent is permanent
    assert answer in failure.value.reason


def test_commit_is_told_between_the_text_and_the_dot():
    with scripted_server() as server:
        seen = []
        send(server.url, commit=lambda: seen.append(server.commands[-1]))
    assert seen == ["DATA"]
    assert server.dots == 1
    assert server.data.endswith(b"It is on its way.\r\n")


def test_lease_is_renewed_between_all_steps_before_the_dot(monkeypatch):
    monkeypatch.setattr(sending, "PIECE", 1000)
    parties = tuple(Party("email", f"{number}@example.org") for number in range(5))
    message = outgoing(to=parties, text="line\n" * 1000)
    with scripted_server() as server:
        seen = []
        send(server.url, message, renew=lambda: seen.append(len(server.commands)))
        sent_pieces = seen.count(seen[-1]) - 1
    assert set(seen) >= set(range(1, len(server.commands) - 1))
    assert sent_pieces >= 5


def test_lost_lease_sends_no_dot():
    def renew() -> None:
        if any(command.startswith("DATA") for command in server.commands):
            raise LookupError

    with scripted_server() as server, pytest.raises(LookupError):
        send(server.url, renew=renew)
    assert server.dots == 0


def test_envelope_narrows_the_recipients_and_leaves_the_headers(smtp_relay):
    message = outgoing(cc=(Party("email", "dan@example.net"),), envelope=("dan@example.net",))
    send(smtp_relay.url, message)
    (received,) = smtp_relay.received
    assert received.recipients == ("dan@example.net",)
    assert received.message["To"] == "Cleo <cleo@example.org>"
    assert received.message["Cc"] == "dan@example.net"


def test_account_without_address_keeps_its_mail(smtp_relay):
    with pytest.raises(DeliveryError, match="“support” has no address") as failure:
        send(smtp_relay.url, address="")
    assert (failure.value.permanent, failure.value.unreachable) == (False, True)
    with pytest.raises(DeliveryError, match="has no address"):
        sending.check(account(outgoing=smtp_relay.url, address=""))


def test_failing_commit_sends_no_dot():
    def refuse() -> None:
        raise LookupError

    with scripted_server() as server, pytest.raises(LookupError):
        send(server.url, commit=refuse)
    assert server.dots == 0


def test_lost_answer_after_the_dot_is_unknown():
    with scripted_server(answers={".": None}) as server, pytest.raises(AnswerUnknown):
        send(server.url)


def test_stalled_answer_after_the_dot_is_unknown(smtp_relay, monkeypatch):
    monkeypatch.setattr(sending, "ANSWER_TIMEOUT", 0.3)
    with scripted_server() as server:
        server._take_data = lambda stream: stream.read() and None
        with pytest.raises(AnswerUnknown):
            send(server.url)


@pytest.mark.parametrize(
    ("answers", "permanent"),
    [
        ({"EHLO": None}, False),
        ({"MAIL": None}, False),
        ({"RCPT": None}, False),
        ({"DATA": None}, False),
        ({"RCPT": "421 closing"}, False),
        ({"MAIL": "530 log in first"}, False),
        ({"MAIL": "550 not you"}, True),
        ({"DATA": "554 no"}, True),
        ({"DATA": "451 later"}, False),
        ({"EHLO": "550 go away", "HELO": "550 go away"}, False),
    ],
)
def test_faults_before_the_dot_are_deliveries_that_failed(answers, permanent):
    committed = []
    with scripted_server(answers=answers) as server, pytest.raises(DeliveryError) as failure:
        send(server.url, commit=lambda: committed.append(True))
    assert failure.value.permanent is permanent
    assert committed == []


def test_closed_port_names_the_server():
    with scripted_server() as server:
        place = f"127.0.0.1:{server.port}"
    with pytest.raises(DeliveryError) as failure:
        send(server.url)
    assert place in failure.value.reason
    assert failure.value.permanent is False


def test_refusing_greeting_is_tried_again():
    with (
        scripted_server(greeting="554 no service") as server,
        pytest.raises(DeliveryError) as failure,
    ):
        send(server.url)
    assert failure.value.permanent is False


def test_account_without_server_says_so():
    with pytest.raises(DeliveryError, match="no outgoing server"):
        send("")


def test_mail_beyond_the_servers_size_fails_before_it_is_sent():
    answers = {"EHLO": "250-here\r\n250 SIZE 100"}
    with scripted_server(answers=answers) as server, pytest.raises(DeliveryError) as failure:
        send(server.url)
    assert failure.value.permanent is True
    assert not any(command.startswith("MAIL") for command in server.commands)


def test_address_outside_ascii_needs_the_servers_consent(smtp_relay):
    message = outgoing(to=(Party("email", "张三@例子.中国"),))
    send(smtp_relay.url, message)
    assert smtp_relay.received[0].recipients == ("张三@xn--fsqu00a.xn--fiqs8s",)
    with scripted_server() as server, pytest.raises(DeliveryError, match="SMTPUTF8"):
        send(server.url, message)


def test_recipient_cannot_smuggle_a_command(smtp_relay):
    with pytest.raises(DeliveryError):
        send(smtp_relay.url, outgoing(to=(Party("email", "a@b.example>\r\nRCPT TO:<x@y.z"),)))
    assert smtp_relay.received == []


def test_text_cannot_end_the_mail_early(smtp_relay):
    text = "before\r\n.\r\nMAIL FROM:<evil@example.org>\n.\nafter\r.\rend"
    send(smtp_relay.url, outgoing(text=text))
    (received,) = smtp_relay.received
    assert received.message.get_content().splitlines()[-2:] == [".", "end"]


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    """A server's context with a certificate of its own, and the file that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(tz=dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    trusted = folder / "trusted.pem"
    trusted.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = folder / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, str(trusted)


@pytest.mark.parametrize("implicit", [True, False])
def test_encrypted_login_sends(tls, monkeypatch, implicit):
    context, trusted = tls
    monkeypatch.setenv("SSL_CERT_FILE", trusted)
    scheme = "smtps" if implicit else "smtp+starttls"
    login = ("ana@example.com", "p@ss:w/rd")
    with running_relay(tls=context, implicit_tls=implicit, login=login) as relay:
        url = f"{scheme}://ana%40example.com:p%40ss%3Aw%2Frd@127.0.0.1:{relay.port}"
        send(url)
        sending.check(account(outgoing=url))
        assert len(relay.received) == 1


def test_untrusted_certificate_is_refused(tls):
    with running_relay(tls=tls[0]) as relay:
        with pytest.raises(DeliveryError, match="certificate") as failure:
            send(f"smtp+starttls://127.0.0.1:{relay.port}")
        assert failure.value.permanent is False
        assert relay.received == []


def test_wrong_password_is_for_a_person_to_mend():
    with running_relay(login=("ana", "right")) as relay:
        url = f"smtp://ana:wrong@127.0.0.1:{relay.port}"
        with pytest.raises(DeliveryError) as failure:
            send(url)
        assert failure.value.permanent is False
        assert "535" in failure.value.reason
        assert "wrong" not in failure.value.reason
        with pytest.raises(DeliveryError):
            sending.check(account(outgoing=url))


def test_starttls_that_the_server_lacks_is_not_skipped():
    with scripted_server() as server, pytest.raises(DeliveryError, match="STARTTLS"):
        send(server.url.replace("smtp:", "smtp+starttls:"))
    assert not any(command.startswith("MAIL") for command in server.commands)


def test_password_outside_ascii_is_shown_in_utf8():
    with running_relay(login=("support", "密码")) as relay:
        url = relay.url.replace("://", "://support:%E5%AF%86%E7%A0%81@")
        assert send(url).detail.startswith("250")
        with pytest.raises(DeliveryError) as refusal:
            send(url.replace("%81", "%82"))
    assert refusal.value.unreachable


@pytest.mark.parametrize("host", ["mail..example.org", f"{'a' * 64}.example.org"])
def test_host_that_no_resolver_takes_is_a_fault_of_the_account(host):
    with pytest.raises(DeliveryError) as refusal:
        send(f"smtp://{host}")
    assert refusal.value.unreachable
    assert "names no host" in refusal.value.reason
