"""Mail that no person wrote: none of it may be answered by ourselves."""

from __future__ import annotations

from tests.hardening.hostile.kit import bundle, letter

_STATUS = (
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
    b"Final-Recipient: rfc822; cleo@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
)
_SORRY = b"Content-Type: text/plain\r\n\r\nSorry, it was not delivered."


def report(*parts: bytes, kind: str = "delivery-status", **headers: str) -> bytes:
    given = {"From": "MAILER-DAEMON@mx.example.org", "Return_Path": "<>"}
    return bundle(parts, f"report; report-type={kind}", **(given | headers))


def copy(message_id: str) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\nMessage-ID: <%s>\r\n\r\nx" % message_id.encode()


MACHINES = {
    "auto_replied": letter(Auto_Submitted="auto-replied"),
    "auto_generated": letter(Auto_Submitted="auto-generated; owner-email=x"),
    "auto_notified": letter(Auto_Submitted="AUTO-NOTIFIED (vacation)"),
    "precedence_bulk": letter(Precedence="bulk"),
    "precedence_list": letter(Precedence="LIST"),
    "precedence_junk": letter(Precedence="junk"),
    "precedence_auto_reply": letter(Precedence="auto_reply"),
    "suppress_all": letter(X_Auto_Response_Suppress="All"),
    "suppress_some": letter(X_Auto_Response_Suppress="DR, OOF, AutoReply"),
    "list_id": letter(List_Id="News <news.example.org>"),
    "autoreply": letter(X_Autoreply="yes"),
    "autorespond": letter(X_Autorespond="vacation"),
    "loop": letter(X_Loop="list@example.org"),
    "empty_return_path": letter(Return_Path="<>"),
    "empty_return_path_blank": letter(Return_Path="< >"),
    "daemon": letter(From="Mail Delivery Subsystem <mailer-daemon@mx.example.org>"),
    "postmaster": letter(From="postmaster@mx.example.org"),
    "no_reply": letter(From="No Reply <noreply@shop.example.org>"),
    "do_not_reply": letter(From="do-not-reply@shop.example.org"),
    "list_owner": letter(From="news-bounces@lists.example.org"),
    "failed_recipients": letter(X_Failed_Recipients="cleo@example.org"),
    "own_notice": letter(X_Contact_Centre="notice"),
    "own_notice_of_ours": letter(From="support@example.com", X_Contact_Centre="notice"),
    "own_address": letter(From="support@example.com"),
    "out_of_office": letter(Subject="Automatic reply: The lamp"),
    "out_of_office_short": letter(Subject="Out of Office: The lamp"),
    "out_of_office_chinese": letter(Subject="自动回复: 台灯"),
    "out_of_office_wide_colon": letter(Subject="自动回复：台灯"),
    "out_of_office_traditional": letter(Subject="自動回覆：檯燈"),
    "read_receipt": report(_SORRY, kind="disposition-notification", From="cleo@example.org"),
    "feedback_loop": report(_SORRY, kind="feedback-report", From="abuse@isp.example.org"),
}

REPORTS = {
    "report_of_nothing": report(_SORRY, _STATUS),
    "report_without_status": report(_SORRY, copy("x@example.com")),
    "report_forged_id": report(
        _SORRY, _STATUS, copy("cc.aaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa@example.com")
    ),
    "report_many_ids": report(_SORRY, _STATUS, *(copy(f"m{n}@example.com") for n in range(50))),
    "report_many_recipients": report(
        _SORRY,
        _STATUS
        + b"".join(
            b"\r\nFinal-Recipient: rfc822; u%d@example.org\r\nAction: failed\r\nStatus: 5.0.0\r\n"
            % n
            for n in range(500)
        ),
    ),
    "report_absurd_status": report(
        _SORRY,
        b"Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: ;;;\r\nAction: failed\r\n"
        b"Status: 5.999999999999999999999.1\r\nDiagnostic-Code: \xff\xfe\x00" + b"x" * 5000,
    ),
    "report_in_plain_words": letter(
        "Delivery has failed to these recipients: cleo@example.org\r\n550 5.1.1 User unknown\r\n"
        "Message-ID: <cc.aaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa@example.com>",
        From="postmaster@mx.example.org",
        Subject="Undelivered Mail Returned to Sender",
    ),
    "report_from_a_person": letter(
        "550 5.1.1 cleo@example.org User unknown\r\nMessage-ID: <x@example.com>",
        Subject="Undelivered Mail Returned to Sender",
    ),
    "report_in_report": report(_SORRY, _STATUS, _STATUS, copy("a@b"), copy("c@d")),
}
