"""Bodies written when the first ones folded right; 16 of these 22 did at once, all do now."""

from __future__ import annotations

from tests.channels.mail.quotes.kit import Case, above, page
from tests.channels.mail.quotes.plain import marked

ANSWER = "Hello Cleo,\n\nyour parcel left us yesterday. Tracking: 12345.\n\nKind regards\nBen\n"
ANTWORT = "您好！\n\n包裹昨天已经寄出，单号：12345。\n\n此致\n敬礼\n客服部\n"

SECOND: dict[str, Case] = {
    "gmail_mobile_no_blank": above(
        "When will it arrive?",
        "On Sat, 21 Nov 2026, 08:12 Ben from Lamps, <ben@example.com> wrote:\n\n" + marked(ANSWER),
    ),
    "gmail_reply_to_two": above(
        "什么时候能到？谢谢",
        "\nBen Lee <ben@example.com> 于2026年11月21日周六 08:12写道：\n\n"
        + marked(ANTWORT)
        + "\n>\n> 在 2026年11月20日周五 09:00，Cleo <cleo@example.org> 写道：\n>> 寄出了吗？",
    ),
    "outlook_de": above(
        "Wann kommt es an?",
        "\nVon: Ben <ben@example.com>\nGesendet: Samstag, 21. November 2026 08:12\nAn: Cleo"
        " <cleo@example.org>\nBetreff: AW: Paket\n\n" + ANSWER,
    ),
    "outlook_classic_with_signature": above(
        "When will it arrive?",
        "\n-- \nCleo Miller | Purchasing\n\n-----Original Message-----\nFrom: Ben <ben@example.com> \n"
        "Sent: 21 November 2026 08:12\nTo: cleo@example.org\nCc: Tom <tom@example.org>; Ann"
        " <ann@example.org>\nSubject: RE: Parcel\nImportance: High\n\n" + ANSWER,
    ),
    "outlook_meeting_zh": above(
        "可以，周一见。",
        "\n-----原始约会-----\n发件人: Ben <ben@example.com>\n发送时间: 2026年11月21日 8:12\n收件人: Cleo\n"
        "主题: 安装\n时间: 2026年11月23日 10:00\n地点: 上海\n\n" + ANTWORT,
    ),
    "mac_mail_zh_no_address": above(
        "什么时候能到？", "\n在 2026年11月21日，08:12，Ben 写道：\n\n" + marked(ANTWORT)
    ),
    "qq_mobile": above(
        "啥时候到？",
        "\n\n\n\n来自iPhone QQ邮箱\n\n\n\n------------------ 原始邮件 ------------------\n发件人: Ben"
        " <ben@example.com>\n发送时间: 2026年11月21日 08:12\n收件人: Cleo <cleo@example.org>\n"
        "主题: 回复：包裹\n\n\n\n" + ANTWORT,
    ),
    "qq_html_new": page(
        "<div>啥时候到？</div><div><br></div><div><br></div>",
        "啥时候到？",
        '<div class="xm_mail_oringinal_describe"><div>&nbsp;</div><div>&nbsp;</div><div>原始邮件</div><hr>'
        "<table><tr><td>发件人：</td><td>Ben &lt;ben@example.com&gt;</td></tr><tr><td>发件时间：</td><td>2026年"
        "11月21日 08:12</td></tr><tr><td>收件人：</td><td>Cleo &lt;cleo@example.org&gt;</td></tr><tr><td>主题："
        "</td><td>回复：包裹</td></tr></table></div><div>包裹昨天已经寄出。</div>",
    ),
    "sina": above(
        "什么时候能到？",
        "\n----- 原始邮件 -----\n发件人：Ben <ben@example.com>\n收件人：Cleo <cleo@example.org>\n"
        "主题：回复：包裹\n日期：2026年11月21日 08点12分\n\n" + ANTWORT,
    ),
    "sohu_139": above(
        "什么时候能到？",
        "\n\n\n----邮件原文----\n发件人：Ben  <ben@example.com>\n收件人：cleo <cleo@example.org>\n抄 送：(无)\n"
        "发送时间：2026-11-21 08:12:00\n主题：回复：包裹\n\n" + ANTWORT,
    ),
    "feishu": page(
        "<div>什么时候能到？</div><br>",
        "什么时候能到？",
        '<div class="lark-mail-quote"><div>发件人：Ben &lt;ben@example.com&gt;</div><div>日期：2026年11月21日 周六'
        " 08:12</div><div>主题：回复：包裹</div><div>收件人：Cleo &lt;cleo@example.org&gt;</div><div>包裹昨天已经寄出。"
        "</div></div>",
    ),
    "spark": above(
        "When?",
        "\nSent via Spark\nOn Nov 21, 2026 at 8:12 AM +0800, Ben <ben@example.com>, wrote:\n"
        + marked(ANSWER),
    ),
    "zoho": above(
        "When will it arrive?",
        "\n\n\n---- On Sat, 21 Nov 2026 08:12:00 +0800 Ben <ben@example.com> wrote ----\n\n"
        + ANSWER,
    ),
    "fastmail": above(
        "When will it arrive?",
        "\nOn Sat, 21 Nov 2026, at 8:12 AM, Ben wrote:\n" + marked(ANSWER),
    ),
    "mutt_bottom": Case(
        "On Sat, Nov 21, 2026 at 08:12:00AM +0800, Ben wrote:\n"
        + marked(ANSWER)
        + "\n\nAnd when will it arrive?\n\n-- \nCleo\n",
        "And when will it arrive?",
    ),
    "roundcube_zh": above(
        "什么时候能到？", "\n在 2026-11-21 08:12，Ben 写道：\n" + marked(ANTWORT)
    ),
    "exchange_zh_card": above(
        "什么时候能到？\n\n此致\n敬礼\n\n克莉奥",
        "\n大厅灯具有限公司\nTel: 021-12345678\nE-mail: cleo@example.org\n\n发件人: Ben <ben@example.com>\n"
        "发送时间: 2026年11月21日 8:12\n收件人: Cleo <cleo@example.org>\n主题: RE: 包裹\n\n"
        + ANTWORT,
    ),
    "inline_numbers": Case(
        "Ben Lee wrote on 21/11/2026 08:12:\n> 1. Which size?\nLarge.\n> 2. Which colour?\nRed.\n",
        "Large.\nRed.",
    ),
    "virus_footer": above(
        "When will it arrive?",
        "\n-- \nThis email has been checked for viruses by Avast antivirus software.\n"
        "www.avast.com\n",
    ),
    "print_footer_zh": above(
        "什么时候能到？",
        "\n【保密提示】本邮件内容仅供收件人使用，如误收请删除并通知发件人。\n",
    ),
    "order_form": Case(
        "Please send:\n\nName: Cleo Miller\nAddress: 1 Hall Road\nDate: Monday\nSubject to stock.\n\nThanks",
        "Please send:\n\nName: Cleo Miller\nAddress: 1 Hall Road\nDate: Monday\nSubject to stock.\n\nThanks",
    ),
    "story_with_times": Case(
        "On 20 November 2026 at 10:00 I called and your colleague wrote:\nyes, it is free.\nIs that so?",
        "On 20 November 2026 at 10:00 I called and your colleague wrote:\nyes, it is free.\nIs that so?",
    ),
}
