"""Who wrote, to whom, about what: forged senders, ids, marks and dates."""

from __future__ import annotations

from tests.hardening.hostile.kit import letter

_MARK = "aaaaaaaaaaaaaaaa"

JOINING = {
    "guessed_number": letter(Subject="Re: The lamp [CC-000001]"),
    "guessed_mark": letter(Subject=f"Re: The lamp [CC-000001.{_MARK}]"),
    "many_marks": letter(Subject=" ".join(f"[CC-{n:06d}.{_MARK}]" for n in range(1, 19))),
    "mark_in_mark": letter(Subject=f"[CC-0000[CC-000001.{_MARK}]01.{_MARK}]"),
    "plus_address": letter(To=f"support+cc1-{_MARK}@example.com"),
    "delivered_to": letter(Delivered_To=f"support+cc1-{_MARK}@example.com"),
    "hundreds_of_plus_addresses": letter(
        To=", ".join(f"support+cc{n}-{_MARK}@example.com" for n in range(300))
    ),
    "forged_reference": letter(References=f"<cc.{_MARK}.{_MARK}@example.com>"),
    "forged_answer": letter(In_Reply_To=f"<cc.{_MARK}.{_MARK}@example.com>"),
    "our_id_as_its_own": letter(Message_ID=f"<cc.{_MARK}.{_MARK}@example.com>"),
    "thousands_of_references": letter(
        References=" ".join(f"<r{n}@x.example>" for n in range(3000))
    ),
    "same_subject": letter(Subject="Re: Re: Fwd: The lamp"),
    "thread_topic": letter(Thread_Topic="The lamp", Thread_Index="AdXx", X_GM_THRID="1"),
}

SENDERS = {
    "two_addresses": letter(From="cleo@example.org, ana@example.com"),
    "address_as_name": letter(From='"ana@example.com" <evil@x.example>'),
    "group": letter(From="Agents: ana@example.com, evil@x.example;"),
    "other_sender": letter(From="cleo@example.org", Sender="ana@example.com"),
    "our_own_address": letter(From="support@example.com"),
    "our_plus_address": letter(From="support+x@example.com"),
    "look_alike": letter(From="ana@exаmple.com"),  # a Cyrillic letter
    "wide_letters": letter(From="ａｎａ@ｅｘａｍｐｌｅ.com"),
    "route": letter(From="<@ana@example.com:evil@x.example>"),
    "percent_route": letter(From="<ana%example.com@x.example>"),
    "quoted_at": letter(From='"ana@example.com"@x.example'),
    "literal": letter(From="ana@[127.0.0.1]"),
    "nothing": letter(From=""),
    "empty_brackets": letter(From="<>", Return_Path="<>"),
    "no_at": letter(From="root"),
    "longest": letter(From="x" * 64 + "@" + ".".join(["y" * 60] * 4) + ".example"),
    "too_long": letter(From="x" * 5000 + "@example.org"),
    "bytes": letter(From=b"\xff\xfe\x00 <\xe5\xbc\xa0@x.example>"),
    "reply_to_strangers": letter(Reply_To=", ".join(f"v{n}@victim.example" for n in range(200))),
}

IDS = {
    "none": letter(Message_ID=""),
    "empty": letter(Message_ID="<>"),
    "no_brackets": letter(Message_ID="naked@example.org"),
    "words": letter(Message_ID="not an id at all"),
    "endless": letter(Message_ID=f"<{'x' * 3000}@example.org>"),
    "several": letter(Message_ID="<one@example.org> <two@example.org>"),
    "twice": letter(Message_ID="<one@example.org>\r\nMessage-ID: <two@example.org>"),
    "bytes": letter(Message_ID=b"<\xff\xfe\x00@example.org>"),
    "itself": letter(Message_ID="<me@example.org>", In_Reply_To="<me@example.org>"),
    "nested": letter(Message_ID="<<<a@example.org>>>"),
    "spaces": letter(Message_ID="< a @ example.org >"),
}

DATES = {
    name: letter(Date=value)
    for name, value in {
        "none": "",
        "far_future": "Fri, 31 Dec 9999 23:59:59 +0000",
        "beyond_calendar": "Fri, 31 Dec 99999 23:59:59 +0000",
        "epoch": "Thu, 01 Jan 1970 00:00:00 +0000",
        "before_epoch": "Mon, 01 Jan 0001 00:00:00 +0000",
        "next_year": "Mon, 22 Nov 2027 10:00:00 +0800",
        "zone_of_days": "Fri, 20 Nov 2026 10:00:00 +9999",
        "zone_words": "Fri, 20 Nov 2026 10:00:00 Beijing",
        "leap": "Fri, 30 Feb 2026 25:61:61 +0800",
        "huge_numbers": "1 Jan 2020 1:1:99999999999999999999",
        "negative": "Fri, -20 Nov -2026 -10:00:00 -0800",
        "chinese": "2026年11月20日 10:00",
        "words": "yesterday, more or less",
        "long": "Fri, " * 5000,
        "two": "Fri, 20 Nov 2026 10:00:00 +0800\r\nDate: Fri, 20 Nov 1999 10:00:00 +0800",
    }.items()
} | {"bytes": letter(Date=b"\xff\xfe\x00")}
