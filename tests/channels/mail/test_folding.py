from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.channels.mail.folding import fold

HEADERS_EN = "From: Support\nSent: Friday\nTo: Cleo\nSubject: Lamp\n\nquoted"
HEADERS_ZH = "发件人: 客服\n发送时间: 2026年11月20日\n收件人: 克莉奥\n主题: 台灯\n\n引用"

REPLIES = {
    "gmail": "On Fri, Nov 20, 2026 at 10:00 AM Ana <a@b.c> wrote:\n\n> quoted\n> more",
    "gmail_wrapped": "On Fri, Nov 20, 2026 at 10:00 AM A Very Long Name\n<a@b.c> wrote:\n> quoted",
    "gmail_zh": "客服 <a@b.c> 于2026年11月20日周五 10:00写道：\n\n> 引用",
    "gmail_tw": "客服 <a@b.c> 於 2026年11月20日 週五 上午10:00寫道：\n\n> 引用",
    "netease": 'At 2026-11-20 10:00:00, "Support" <a@b.c> wrote:\n\n>quoted',
    "netease_zh": '在 2026-11-20 10:00:00，"客服" <a@b.c> 写道：\n\n您好\n引用',
    "apple_zh": "在 2026年11月20日，上午10:00，客服 <a@b.c> 写道：\n\n\ufeff引用",
    "qq": "------------------ 原始邮件 ------------------\n" + HEADERS_ZH,
    "qq_master": "---- 回复的原邮件 ----\n| 发件人 | 客服 |\n| 日期 | x |\n| 收件人 | y |\n引用",
    "outlook": "-----Original Message-----\n" + HEADERS_EN,
    "outlook_zh": "-----原始邮件-----\n" + HEADERS_ZH,
    "outlook_web": "_" * 32 + "\n" + HEADERS_EN,
    "outlook_web_zh": "_" * 32 + "\n" + HEADERS_ZH,
    "foxmail": "发件人： 客服\n发送时间： 2026-11-20\n收件人： 克莉奥\n主题： 台灯\n引用",
    "bare_headers": HEADERS_EN,
    "starred_headers": "*From:* Support\n*Sent:* Friday\n*To:* Cleo\n*Subject:* Lamp\n\nquoted",
    "no_verb": "2026年11月20日(金) 10:00 客服 <a@b.c>:\n\n> 引用",
    "marks_only": "> quoted\n> more",
}


@pytest.mark.parametrize("quote", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("own", ["Thank you!\nIt works.", "谢谢，\n好了。"])
def test_quote_of_a_mail_program_is_left_out(own, quote):
    assert fold(f"{own}\n\n{quote}\n") == own


@pytest.mark.parametrize("quote", REPLIES.values(), ids=REPLIES)
def test_mail_without_own_words_does_not_fold_to_nothing(quote):
    assert fold(quote) == quote.strip()


def test_answers_between_quoted_lines_stay():
    text = "Hi\n\nOn 20/11/2026 10:00, Ana wrote:\n> one?\n\nyes\n\n> two?\n\nno\n-- \nCleo"
    assert fold(text) == "Hi\n\nyes\n\nno"


def test_answers_within_an_outlook_quote_with_marks_stay():
    text = "-----Original Message-----\nFrom: a\nSent: b\nTo: c\n\n> one?\nyes"
    assert fold(text).endswith("yes")
    assert "one?" not in fold(text)


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nCleo\nTel. 1",
        "--\nCleo",
        "发自我的 iPhone",
        "发自我的iPhone",
        "来自华为手机",
        "从我的华为手机发送",
        "发自 网易邮箱大师",
        "Sent from my iPhone",
        "Get Outlook for Android",
        "Sent from Mail for Windows",
    ],
)
def test_signature_is_left_out(signature):
    assert fold(f"It works.\n\n{signature}\n") == "It works."
    assert fold(f"It works.\n{signature}\n\n{REPLIES['gmail']}") == "It works."


@pytest.mark.parametrize(
    "forward",
    [
        "---------- Forwarded message ---------\nFrom: A\nDate: x\nSubject: y\nTo: z\n\ntext",
        "Begin forwarded message:\n\n> From: x\n> text",
        "-------- 转发邮件信息 --------\n发件人：x\n发送日期：y\n收件人：z\n主题：w\n正文",
    ],
)
def test_forwarded_mail_stays(forward):
    assert fold(f"Please see.\n\n{forward}") == f"Please see.\n\n{forward}"


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote:\nthe lamp flickers",
        "On 12 November he wrote:\nthe lamp flickers",
        "From: the bottom of my heart\nthanks",
        "来自北京的问候\n谢谢",
        "Dear all:\nhello",
        "a\n--\n" + "long text\n" * 40,
        "_____________\nname of applicant",
        "您好，包裹信息：\n发件人：上海仓库\n收件人：王芳\n日期：12月3日\n请问什么时候能到？我很着急。",
        "____________\nFrom: Shanghai\nTo: Berlin\nDate: 3 December\nI want a refund.",
    ],
)
def test_own_words_that_look_like_a_quote_stay(text):
    assert fold(text) == text.strip()


LINES = st.sampled_from(
    [
        "> q",
        "-- ",
        "--",
        "",
        " ",
        "text",
        "On 1 Jan 2026 10:00 A wrote:",
        "发件人: a",
        "发送时间: b",
        "收件人: c",
        "________",
        "-----Original Message-----",
        "发自我的 iPhone",
        "在 2026-1-1 10:00 写道：",
    ]
)


@given(st.lists(LINES, max_size=30))
def test_fold_invents_nothing_and_is_never_empty(lines):
    text = "\n".join(lines)
    folded = fold(text)
    assert {line.rstrip() for line in folded.split("\n")} <= {
        line.rstrip() for line in [*lines, ""]
    }
    assert bool(folded) == bool(text.strip())
