"""Bodies whose shape matters more than the program: inline answers, forwards, signatures."""

from __future__ import annotations

from tests.channels.mail.quotes.kit import Case, above
from tests.channels.mail.quotes.plain import QUOTED_EN, QUOTED_ZH, marked

SHAPES: dict[str, Case] = {
    "inline_en": Case(
        "Hi Ana,\n\nOn 20/11/2026 10:00, Ana wrote:\n> which lamp?\n\nThe red one.\n\n> since when?\n\n"
        "Since Monday.\n",
        "Hi Ana,\n\nThe red one.\n\nSince Monday.",
    ),
    "inline_zh": Case(
        "在 2026-11-20 10:00，客服 写道：\n> 哪一盏灯？\n红色那盏。\n> 从什么时候开始？\n从周一开始。\n",
        "红色那盏。\n从周一开始。",
    ),
    "inline_below_headers": Case(
        "See my answers below.\n\n-----Original Message-----\nFrom: Ana\nSent: Friday\nTo: Cleo\n"
        "Subject: Lamp\n\n> Which lamp?\nThe red one.\n",
        "See my answers below.\n\nThe red one.",
    ),
    "bottom_zh": Case(
        "> 您好，请问是哪一盏灯？\n> 客服\n\n红色的那盏，谢谢！\n", "红色的那盏，谢谢！"
    ),
    "nested_quotes": above(
        "Any news?",
        "\nOn Fri, Nov 20, 2026 at 10:00 AM Ana <ana@example.com> wrote:\n\n> We look into it.\n>\n> On"
        " Thu, Nov 19, 2026 at 9:00 AM Cleo <cleo@example.org> wrote:\n>\n>> It flickers.\n>>> old\n",
    ),
    "nested_outlook": above(
        "还没有消息吗？",
        "\n发件人: 客服\n发送时间: 2026年11月20日\n收件人: 克莉奥\n主题: 答复: 台灯\n\n我们在查。\n\n"
        "发件人: 克莉奥\n发送时间: 2026年11月19日\n收件人: 客服\n主题: 台灯\n\n灯一直闪。",
    ),
    "forward_gmail": Case(
        "FYI, from our electrician.\n\n---------- Forwarded message ---------\nFrom: Tom <tom@x.example>\n"
        "Date: Fri, Nov 20, 2026 at 10:00 AM\nSubject: Lamp\nTo: Cleo\n\nThe ballast is gone.\n",
        "FYI, from our electrician.\n\n---------- Forwarded message ---------\n"
        "From: Tom <tom@x.example>\nDate: Fri, Nov 20, 2026 at 10:00 AM\nSubject: Lamp\nTo: Cleo\n\n"
        "The ballast is gone.",
    ),
    "forward_thunderbird_zh": Case(
        "请看下面。\n\n-------- 转发的消息 --------\n主题: 台灯\n日期: Fri, 20 Nov 2026 10:00:00 +0800\n"
        "发件人: 汤姆 <tom@x.example>\n收件人: 克莉奥\n\n镇流器坏了。\n",
        "请看下面。\n\n-------- 转发的消息 --------\n主题: 台灯\n日期: Fri, 20 Nov 2026 10:00:00 +0800\n"
        "发件人: 汤姆 <tom@x.example>\n收件人: 克莉奥\n\n镇流器坏了。",
    ),
    "forward_163": Case(
        '请看下面。\n\n-------- 转发邮件信息 --------\n发件人："汤姆" <tom@x.example>\n发送日期：2026-11-20 10:00:00\n'
        "收件人：cleo@example.org\n主题：台灯\n\n镇流器坏了。",
        '请看下面。\n\n-------- 转发邮件信息 --------\n发件人："汤姆" <tom@x.example>\n发送日期：2026-11-20 10:00:00\n'
        "收件人：cleo@example.org\n主题：台灯\n\n镇流器坏了。",
    ),
    "forward_outlook_without_words": Case(
        "From: Tom <tom@x.example>\nSent: Friday, November 20, 2026 10:00 AM\nTo: Cleo\nSubject: Lamp\n\n"
        "The ballast is gone.",
        "From: Tom <tom@x.example>\nSent: Friday, November 20, 2026 10:00 AM\nTo: Cleo\nSubject: Lamp\n\n"
        "The ballast is gone.",
    ),
    "signature_dashes": above("It works again.", "\n-- \nCleo Miller\nTel. +86 10 1234\n"),
    "signature_dashes_zh": above(
        "已经好了，谢谢。", "\n--\n克莉奥\n灯具采购部\n电话：010-12345678\n"
    ),
    "signature_wide_dash": above("已经好了。", "\n——\n克莉奥\n13800138000\n"),
    "signature_card_en": Case(
        "It works again.\n\nBest regards,\nCleo Miller\n\nHead of Purchasing | Hall & Sons Ltd\n"
        "T: +44 20 1234 5678 | M: +44 7700 900123\nwww.hall.example\n",
        "It works again.\n\nBest regards,\nCleo Miller",
    ),
    "signature_card_zh": Case(
        "已经好了，谢谢！\n\n顺颂商祺！\n克莉奥\n\n大厅灯具有限公司 采购部\n电话：010-12345678\n手机：13800138000\n"
        "地址：上海市南京路1号\n",
        "已经好了，谢谢！\n\n顺颂商祺！\n克莉奥",
    ),
    "signature_rule_zh": Case(
        "已经好了。\n\n————————————————\n克莉奥 | 采购经理\n电话：010-12345678\n邮箱：cleo@example.org\n",
        "已经好了。",
    ),
    "no_signature_address_asked_for": Case(
        "您好，这是我的地址：\n\n克莉奥\n电话：13800138000\n地址：上海市南京路1号\n",
        "您好，这是我的地址：\n\n克莉奥\n电话：13800138000\n地址：上海市南京路1号",
    ),
    "closing_stays": Case(
        "It works again, thank you.\n\nKind regards\nCleo\n",
        "It works again, thank you.\n\nKind regards\nCleo",
    ),
    "disclaimer_en": Case(
        "It works again.\n\nCleo\n\nThis email and any attachments are confidential and intended solely"
        " for the use of the individual or entity to whom they are addressed. If you have received\n"
        "this email in error please notify the sender.\n",
        "It works again.\n\nCleo",
    ),
    "disclaimer_zh": Case(
        "已经好了。\n\n克莉奥\n\n本邮件及其附件含有保密信息，仅限于发送给上面地址中列出的个人或群组。禁止任何其他人以任何形式使用"
        "（包括但不限于全部或部分地泄露、复制或散发）本邮件中的信息。如果您错收了本邮件，请您立即通知发件人并删除本邮件！\n",
        "已经好了。\n\n克莉奥",
    ),
    "disclaimer_above_quote": above(
        "It works again.",
        "\nCONFIDENTIALITY NOTICE: The information in this message is intended only for the addressee.\n\n"
        "From: Ana\nSent: Friday\nTo: Cleo\nSubject: Lamp\n\n" + QUOTED_EN,
    ),
    "word_confidential_in_a_letter": Case(
        "Is my data confidential?\n\nI want to know who reads it.",
        "Is my data confidential?\n\nI want to know who reads it.",
    ),
    "greeting_then_colon": Case(
        "尊敬的客服：\n\n灯一直闪，请尽快处理。\n\n时间：周一晚上\n地点：走廊",
        "尊敬的客服：\n\n灯一直闪，请尽快处理。\n\n时间：周一晚上\n地点：走廊",
    ),
    "device_alone_between": Case(
        "第一句。\n\n发自我的iPhone\n\n> 引用\n\n第二句。", "第一句。\n\n第二句。"
    ),
    "mixed_languages": above(
        "The red one, 走廊里的。",
        "\nOn Fri, Nov 20, 2026 at 10:00 AM 客服 <ana@example.com> wrote:\n\n" + marked(QUOTED_ZH),
    ),
    "quote_of_own_words": Case(
        'As your manual says: "press twice".\n\nI pressed twice.',
        'As your manual says: "press twice".\n\nI pressed twice.',
    ),
    "marks_of_shell": Case(
        "I typed:\n\n$ ping lamp > out.txt\nand it said:\nno route",
        "I typed:\n\n$ ping lamp > out.txt\nand it said:\nno route",
    ),
    "only_quote": Case(marked(QUOTED_ZH), marked(QUOTED_ZH).strip()),
}
