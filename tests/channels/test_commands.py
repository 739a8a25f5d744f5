from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.cases.models import Case
from apps.channels import domain
from apps.channels.management.commands.receive import Command as Receive
from apps.channels.models import Account, Delivery, InboundMessage
from tests.channels.pigeon import SLUG, letter


def account(*words):
    output = io.StringIO()
    call_command("account", *words, stdout=output)
    return output.getvalue()


def receive(*words):
    """Run the command; returns its exit code and the objects of its lines."""
    output = io.StringIO()
    code = 0
    try:
        call_command("receive", *words, stdout=output)
    except SystemExit as ending:
        code = ending.code
    return code, [json.loads(line) for line in output.getvalue().splitlines()]


@pytest.fixture
def files(tmp_path):
    """Write raw inputs into files; returns their names."""

    def write(*raws):
        paths = [tmp_path / f"{number}.raw" for number in range(len(raws))]
        for path, raw in zip(paths, raws, strict=True):
            path.write_bytes(raw)
        return [str(path) for path in paths]

    return write


def test_account_is_created_and_only_what_is_given_changes(pigeon, lamps):
    words = ["address=help@example.com", "incoming=x://u:secret@h", "team=Lamps", "default=1"]
    assert account(SLUG, "support", *words) == "pigeon/support created\n"
    assert account(SLUG, "support", "outgoing=y://u:secret2@h") == "pigeon/support updated\n"
    one = Account.objects.get()
    assert (one.address, one.incoming, one.outgoing) == (
        "help@example.com",
        "x://u:secret@h",
        "y://u:secret2@h",
    )
    assert (one.team, one.is_default, one.is_enabled) == (lamps, True, True)


def test_account_default_moves(pigeon, db):
    account(SLUG, "one", "default=1")
    account(SLUG, "two", "default=1")
    assert list(Account.objects.filter(is_default=True).values_list("name", flat=True)) == ["two"]
    account(SLUG, "two", "default=0")
    assert not Account.objects.filter(is_default=True).exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["smoke", "x"], "No channel smoke"),
        ([SLUG, "x", "colour=red"], "colour: pigeons know no colour"),
        ([SLUG, "x", "incoming=s e c r e t"], "incoming: pigeons do not like spaces"),
        ([SLUG, "x", "team=Nobody"], "team: There is no such team"),
        ([SLUG, "x", "default=maybe"], "default: Write 1 or 0"),
        ([SLUG, "x" * 51], "name: .*at most 50"),
        ([SLUG, "x y"], "name: .*slug"),
        ([SLUG, "x\udcff"], "not valid UTF-8"),
        ([SLUG, "x", "display_name=\udcff"], "Argument 3 is not valid UTF-8"),
        ([SLUG, "x", "display_name=A\nBcc: b@example.org"], "display_name: Write .* one line"),
        ([SLUG, "x", "display_name=" + "x" * 101], "display_name: .*at most 100"),
        ([SLUG, "x", "address=" + "x" * 321], "address: .*at most 320"),
        ([SLUG, "x", "secret"], "Argument 3 is not of the form key=value"),
    ],
)
def test_account_that_is_wrong_is_refused_without_a_secret(pigeon, db, words, message):
    with pytest.raises(CommandError, match=message) as refusal:
        account(*words)
    assert "s e c r e t" not in str(refusal.value)
    assert not Account.objects.exists()


def test_second_enabled_account_of_an_address_is_refused(pigeon, db):
    account(SLUG, "one", "address=help@example.com")
    with pytest.raises(CommandError, match="address: The account “one” has this address"):
        account(SLUG, "two", "address=Help@example.com")
    account(SLUG, "two", "address=help@example.com", "enabled=0")
    with pytest.raises(CommandError, match="address"):
        account(SLUG, "two", "enabled=1")
    account(SLUG, "one", "enabled=0")
    account(SLUG, "two", "enabled=1")
    assert Account.objects.enabled().get().name == "two"


def test_password_is_not_stored_in_clear(pigeon, db):
    account(SLUG, "support", "incoming=x://u:secret@h")
    with connection.cursor() as cursor:
        cursor.execute("SELECT incoming FROM contact_channels_account")
        assert "secret" not in cursor.fetchone()[0]


def test_receive_prints_a_line_for_each_file_in_order(loft, files):
    code, lines = receive(SLUG, *files(letter(text="1"), b"junk", letter(text="1")))
    assert code == 0
    assert [line["state"] for line in lines] == ["accepted", "quarantined", "accepted"]
    assert [line["duplicate"] for line in lines] == [False, False, True]
    assert list(lines[0]) == ["stored", "duplicate", "inbound", "case", "interaction", "state"]
    assert lines[0]["case"].startswith("CC-")
    assert lines[2] == lines[0] | {"duplicate": True}


def test_receive_of_more_files_than_a_batch_keeps_their_order(loft, files, monkeypatch):
    monkeypatch.setattr("apps.channels.management.commands.receive.BATCH_FILES", 3)
    code, lines = receive(SLUG, *files(*(letter(text=str(number)) for number in range(8))))
    assert code == 0
    assert [line["inbound"] for line in lines] == list(
        InboundMessage.objects.values_list("pk", flat=True).order_by("pk")
    )


def test_receive_of_an_empty_input_is_65_and_the_others_are_stored(loft, files):
    code, lines = receive(SLUG, *files(letter(text="1"), b"", letter(text="2")))
    assert code == 65
    assert [line["stored"] for line in lines] == [True, False, True]
    assert InboundMessage.objects.count() == 2


@pytest.mark.parametrize("words", [["smoke"], [SLUG, "--account", "nobody"]])
def test_receive_for_an_unknown_account_is_75(loft, files, words):
    code, lines = receive(*words, *files(letter()))
    assert (code, [line["stored"] for line in lines]) == (75, [False])
    channel = f"unknown channel smoke; channels: mail, {SLUG}"
    assert lines[0]["error"] == (channel if words == ["smoke"] else "unknown account")
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize(
    "order", ["{c} --account loft {f}", "{c} {f} --account loft", "--account=loft {c} {f}"]
)
def test_receive_takes_its_words_in_any_order(loft, files, order):
    (name,) = files(letter())
    code, lines = receive(*order.format(c=SLUG, f=name).split())
    assert (code, [line["state"] for line in lines]) == (0, ["accepted"])


def test_receive_of_a_missing_file_is_75_and_the_others_are_stored(loft, files):
    code, lines = receive(SLUG, *files(letter()), "/nowhere/at/all")
    assert (code, [line["stored"] for line in lines]) == (75, [True, False])


def test_receive_reads_standard_input(loft, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(letter())))
    code, lines = receive(SLUG, "--account", "loft")
    assert (code, [line["state"] for line in lines]) == (0, ["accepted"])


def test_receive_without_account_takes_the_default(loft, files):
    Account.objects.create(channel=SLUG, name="other")
    receive(SLUG, *files(letter()))
    assert InboundMessage.objects.get().account == loft


@pytest.mark.parametrize("argv", [["--nonsense"], []])
def test_receive_used_wrongly_bounces_nobodys_mail(argv):
    with pytest.raises(SystemExit) as ending:
        Receive().run_from_argv(["manage.py", "receive", *argv])
    assert ending.value.code == 75


def test_sweep_does_one_pass(loft, ana_agent, pigeon, files):
    receive(SLUG, *files(letter()))
    domain.reply(case_id=Case.objects.get().pk, actor=ana_agent, text="x")
    output = io.StringIO()
    call_command("sweep", stdout=output)
    assert output.getvalue() == (
        "0 mailboxes, 0 inputs, 0 leases, 1 deliveries, 0 accounts, 0 cases, 0 promises\n"
    )
    assert Delivery.objects.get().state == "sent"
