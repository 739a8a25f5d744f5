"""Headers: script in what a page shows, commands, and more headers within them."""

from __future__ import annotations

import base64

from tests.hardening.hostile.kit import CALL, letter

_SCRIPT = f"<script>{CALL}</script>"
_IMAGE = f'"><img src=x onerror={CALL}>'


def word(text: str) -> str:
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


SCRIPTED = {
    "subject_script": letter(Subject=_SCRIPT),
    "subject_image": letter(Subject=_IMAGE),
    "subject_encoded": letter(Subject=word(_SCRIPT)),
    "subject_encoded_twice": letter(Subject=word(word(_SCRIPT))),
    "subject_template": letter(Subject="{{ 7|add:7 }}{% debug %}{{constructor}}"),
    "subject_htmx": letter(Subject="<b hx-get=/ hx-trigger=load>x</b>"),
    "name_script": letter(From=f'"{_SCRIPT}" <cleo@example.org>'),
    "name_encoded": letter(From=f"{word(_IMAGE)} <cleo@example.org>"),
    "address_script": letter(From='"<script>pwn(1)</script>"@example.org'),
    "address_odd": letter(From="<img/src=x/onerror=pwn(1)>@example.org"),
    "comment_script": letter(From=f"cleo@example.org ({_SCRIPT})"),
    "copies_script": letter(Cc=f"{word(_SCRIPT)} <dan@example.org>, {word(_IMAGE)} <e@f.example>"),
    "recipient_script": letter(To=f"{word(_SCRIPT)} <support@example.com>"),
    "id_script": letter(Message_ID=f'<{_SCRIPT}"onload=x@example.org>'),
    "references_script": letter(References=f"<{_SCRIPT}@x> <a@b>", In_Reply_To=f"<{_IMAGE}@x>"),
    "date_script": letter(Date=_SCRIPT),
    "charset_script": letter(Content_Type=f'text/plain; charset="{_SCRIPT}"'),
    "kind_script": letter(Content_Type=f"text/{_SCRIPT}"),
    "text_script": letter(f"{_SCRIPT}\r\n{_IMAGE}\r\njavascript:{CALL}"),
    "text_mentions": letter("@ana <b>@ben</b> http://a.example/?x=%22onmouseover=pwn(1) "),
}

INJECTING = {
    "subject_line_end": letter(Subject="=?utf-8?q?a=0D=0ABcc:_evil=40x.example?="),
    "subject_bare_feed": letter(Subject="=?utf-8?q?a=0ABcc:_evil=40x.example=0A=0Abody?="),
    "subject_bare_return": letter(Subject="=?utf-8?q?a=0DBcc:_evil=40x.example?="),
    "subject_separators": letter(Subject=word("a\u2028Bcc: evil@x.example\u2029\x85b\x0bc\x0cd")),
    "subject_nul": letter(Subject="=?utf-8?q?a=00=0D=00=0ABcc:_x?="),
    "name_line_end": letter(From=f"{word('Cleo\r\nBcc: evil@x.example')} <cleo@example.org>"),
    "name_with_address": letter(From='"boss@example.com" <cleo@example.org>'),
    "name_with_words": letter(From=f"{word('=?utf-8?q?a=0D=0ABcc:_x?=')} <cleo@example.org>"),
    "address_line_end": letter(From="<cleo@example.org=0D=0ARCPT TO:<evil@x.example>>"),
    "address_folded": letter(From="<cleo\r\n @example.org>"),
    "reply_to_line_end": letter(Reply_To=f"{word('x\r\nBcc: evil@x.example')} <c@example.org>"),
    "copy_line_end": letter(Cc=f"{word('d\r\n\r\nbody')} <dan@example.org>"),
    "id_line_end": letter(Message_ID="<a\r\n Bcc:evil@x.example>"),
    "id_with_space": letter(Message_ID="<a b> X: y@example.org>"),
    "references_line_end": letter(References="<a@b>\r\n <c\r\n Bcc: x@y.example>"),
    "long_subject": letter(Subject="x" * 20_000),
    "many_subjects": letter(b"x", Subject="one\r\nSubject: two\r\nsubject: three"),
    "many_senders": letter(From="a@example.org\r\nFrom: b@example.org\r\nFROM: c@example.org"),
    "header_without_name": letter(X="y\r\n: Bcc: evil@x.example\r\n\tz"),
    "space_before_colon": letter(X="y\r\nBcc : evil@x.example"),
    "bare_return_header": letter(X="y\rBcc: evil@x.example\rSubject: other"),
}

STEERING = {
    "priority": letter(X_Priority="1 (Highest)", Importance="high", Priority="urgent"),
    "own_words": letter(X_Owner="ana", X_Team="Pumps", X_Status="closed", X_Case_Priority="urgent"),
    "portal_words": letter(
        X_Contact_Centre_Owner="ana", X_Contact_Centre_Status="closed", X_Contact_Centre_Team="2"
    ),
    "peers_words": letter(
        X_Zammad_Ticket_Owner="ana",
        X_OTRS_Queue="Pumps",
        X_RT_Command="Owner: ana",
        X_Zendesk_Priority="urgent",
        X_FreeScout_Status="closed",
        X_Request_Assignee="1",
    ),
    "commands_in_text": letter("@@status closed\r\n#owner ana\r\n/assign ana\r\nPriority: urgent"),
    "commands_in_subject": letter(Subject="[closed] [urgent] [owner:ana] status=closed"),
    "keywords": letter(Keywords="urgent", Sensitivity="Company-Confidential", X_Label="closed"),
    "plus_words": letter(To="support+owner=ana@example.com, support+closed@example.com"),
    "spam_words": letter(X_Spam_Level="*****", X_Spam_Score="99"),
    "identity_words": letter(X_User="ana", X_Authenticated_User="ana", X_Sender="ana@example.com"),
}
