"""Plain bodies in the style of the usual mail programs, Chinese and English."""

from __future__ import annotations

from tests.channels.mail.quotes.kit import Case, above

QUOTED_EN = "Dear Cleo,\n\nwhich lamp do you mean?\n\nBest regards,\nAna\n"
QUOTED_ZH = "您好，\n\n请问是哪一盏灯？\n\n祝好\n客服 安娜\n"


def marked(text: str, mark: str = "> ") -> str:
    return "\n".join((mark + line).rstrip() for line in text.split("\n"))


PLAIN: dict[str, Case] = {
    "outlook_desktop_en": above(
        "It is the red one in the hall.\n\nThanks\nCleo",
        "\nFrom: Ana Support <ana@example.com> \nSent: Friday, November 20, 2026 10:00 AM\n"
        "To: Cleo Miller <cleo@example.org>\nCc: desk@example.com\nSubject: RE: Lamp\n\n"
        + QUOTED_EN,
    ),
    "outlook_desktop_zh": above(
        "是走廊里的红色那盏。\n谢谢！",
        "\n发件人: 客服 <ana@example.com> \n发送时间: 2026年11月20日 10:00\n收件人: 克莉奥"
        " <cleo@example.org>\n主题: 答复: 台灯\n\n" + QUOTED_ZH,
    ),
    "outlook_old_en": above(
        "The red one.",
        "\n-----Original Message-----\nFrom: Ana [mailto:ana@example.com]\nSent: Friday, 20 November"
        " 2026 10:00\nTo: Cleo\nSubject: RE: Lamp\n\n" + QUOTED_EN,
    ),
    "outlook_old_zh": above(
        "红色那盏，谢谢",
        "\n-----邮件原件-----\n发件人: 客服 [mailto:ana@example.com] \n发送时间: 2026年11月20日 10:00\n"
        "收件人: 克莉奥\n主题: 答复: 台灯\n\n" + QUOTED_ZH,
    ),
    "outlook_web_en": above(
        "The red one in the hall.",
        "\n________________________________\nFrom: Ana <ana@example.com>\nSent: 20 November 2026"
        " 10:00\nTo: Cleo <cleo@example.org>\nSubject: Re: Lamp\n\n" + QUOTED_EN,
    ),
    "outlook_mobile_en": above(
        "The red one.",
        "\nGet Outlook for iOS<https://aka.ms/o0ukef>\n________________________________\n"
        "From: Ana <ana@example.com>\nSent: Friday, November 20, 2026 10:00:12 AM\n"
        "To: Cleo <cleo@example.org>\nSubject: Re: Lamp\n\n" + QUOTED_EN,
    ),
    "outlook_mobile_zh": above(
        "红色的那盏。",
        "\n获取 Outlook for Android<https://aka.ms/AAb9ysg>\n________________________________\n"
        "发件人: 客服 <ana@example.com>\n发送时间: 星期五, 十一月 20, 2026 10:00:12 上午\n"
        "收件人: 克莉奥 <cleo@example.org>\n主题: 回复: 台灯\n\n" + QUOTED_ZH,
    ),
    "windows_mail_zh": above(
        "红色的那盏。",
        "\n从 Windows 版邮件发送\n\n发件人: 客服\n发送时间: 2026年11月20日 10:00\n收件人: 克莉奥\n"
        "主题: 回复: 台灯\n\n" + QUOTED_ZH,
    ),
    "gmail_en": above(
        "Hi Ana,\n\nthe red one.\n\nCleo",
        "\nOn Fri, Nov 20, 2026 at 10:00\u202fAM Ana Support <ana@example.com> wrote:\n\n"
        + marked(QUOTED_EN),
    ),
    "gmail_en_wrapped": above(
        "The red one.",
        "\nOn Fri, 20 Nov 2026 at 10:00, Support of the Lamp Company of Shanghai\n"
        "<support+cc12-abcdefghijklmnop@service.lamps.example.com> wrote:\n\n" + marked(QUOTED_EN),
    ),
    "gmail_zh": above(
        "红色的。\n\n克莉奥",
        "\n客服 <ana@example.com> 于2026年11月20日周五 10:00写道：\n\n" + marked(QUOTED_ZH),
    ),
    "gmail_zh_wrapped": above(
        "红色的。",
        "\n灯具公司客户服务中心 <support+cc12-abcdefghijklmnop@service.lamps.example.com>\n"
        "于2026年11月20日周五 10:00写道：\n\n" + marked(QUOTED_ZH),
    ),
    "gmail_signature": above(
        "The red one.",
        "\n-- \nCleo Miller\nHall & Sons\n\nOn Fri, Nov 20, 2026 at 10:00 AM Ana <ana@example.com>"
        " wrote:\n\n" + marked(QUOTED_EN),
    ),
    "apple_mail_en": above(
        "The red one.\n\nCleo",
        "\n> On 20 Nov 2026, at 10:00, Ana <ana@example.com> wrote:\n> \n" + marked(QUOTED_EN),
    ),
    "apple_mail_en_outside": above(
        "The red one.",
        "\nOn 20 Nov 2026, at 10:00, Ana <ana@example.com> wrote:\n\n" + marked(QUOTED_EN),
    ),
    "apple_mail_zh": above(
        "红色的那盏。",
        "\n> 2026年11月20日 10:00，客服 <ana@example.com> 写道：\n> \n" + marked(QUOTED_ZH),
    ),
    "iphone_en": above(
        "Red one",
        "\nSent from my iPhone\n\n> On 20 Nov 2026, at 10:00, Ana <ana@example.com> wrote:\n> \n> "
        "\ufeff" + marked(QUOTED_EN)[2:],
    ),
    "iphone_zh": above(
        "红色的",
        "\n发自我的iPhone\n\n> 在 2026年11月20日，10:00，客服 <ana@example.com> 写道：\n> \n> \ufeff"
        + marked(QUOTED_ZH)[2:],
    ),
    "ipad_zh_unmarked": above(
        "红色的",
        "\n发自我的 iPad\n\n------------------ Original ------------------\nFrom: 客服 "
        "<ana@example.com>\nDate: Fri,Nov 20,2026 10:00 AM\nTo: 克莉奥 <cleo@example.org>\n"
        "Subject: Re: 台灯\n\n" + QUOTED_ZH,
    ),
    "thunderbird_en": above(
        "The red one.", "\nOn 20/11/2026 10:00, Ana wrote:\n" + marked(QUOTED_EN)
    ),
    "thunderbird_zh": above(
        "红色那盏。", "\n在 2026/11/20 10:00, 客服 写道:\n" + marked(QUOTED_ZH)
    ),
    "thunderbird_bottom": Case(
        "On 20/11/2026 10:00, Ana wrote:\n" + marked(QUOTED_EN) + "\n\nThe red one.\n\n-- \nCleo\n",
        "The red one.",
    ),
    "thunderbird_de": above(
        "Die rote.", "\nAm 20.11.26 um 10:00 schrieb Ana Support:\n" + marked(QUOTED_EN)
    ),
    "qq": above(
        "红色的那盏，谢谢。",
        "\n\n\n------------------ 原始邮件 ------------------\n发件人:"
        '                                                                "客服"'
        "                                                                                    "
        '<ana@example.com>;\n发送时间: 2026年11月20日(星期五) 上午10:00\n收件人: "克莉奥"'
        "<cleo@example.org>;\n\n主题: Re: 台灯\n\n\n\n" + QUOTED_ZH,
    ),
    "qq_en": above(
        "The red one.",
        '\n------------------ Original ------------------\nFrom:  "Ana"<ana@example.com>;\nDate:  '
        'Fri, Nov 20, 2026 10:00 AM\nTo:  "Cleo"<cleo@example.org>;\n\nSubject:  Re: Lamp\n\n'
        + QUOTED_EN,
    ),
    "qq_original_mail": above(
        "The red one.",
        "\n------------------ Original Mail ------------------\nSender: Ana<ana@example.com>\nTo: "
        "Cleo<cleo@example.org>\nSend time: 2026-11-20 10:00\nSubject: Lamp\n" + QUOTED_EN,
    ),
    "foxmail_zh": above(
        "红色的那盏。\n\n克莉奥",
        "\n\n发件人： 客服\n发送时间： 2026-11-20 10:00\n收件人： 克莉奥\n抄送： desk@example.com\n"
        "主题： Re: 台灯\n" + QUOTED_ZH,
    ),
    "foxmail_en": above(
        "The red one.",
        "\n\ncleo@example.org\n \nFrom: Ana\nDate: 2026-11-20 10:00\nTo: cleo\nSubject: Re: Lamp\n"
        + QUOTED_EN,
    ),
    "netease_163": above(
        "红色的那盏。",
        '\n\n\n\n\n\n\n\n\n\n在 2026-11-20 10:00:00，"客服" <ana@example.com> 写道：\n\n'
        + QUOTED_ZH,
    ),
    "netease_163_old": above(
        "红色的那盏。",
        "\n\n在2026年11月20日 10:00，客服<ana@example.com> 写道：\n\n" + marked(QUOTED_ZH, ">"),
    ),
    "netease_126_en": above(
        "The red one.",
        '\n\n\n\nAt 2026-11-20 10:00:00, "Ana" <ana@example.com> wrote:\n' + marked(QUOTED_EN, ">"),
    ),
    "netease_master": above(
        "红色的那盏。",
        "\n| |\n克莉奥\n|\n|\ncleo@example.org\n|\n---- 回复的原邮件 ----\n| 发件人 | 客服<ana@example.com> |\n"
        "| 发送日期 | 2026年11月20日 10:00 |\n| 收件人 | <cleo@example.org> |\n| 主题 | Re: 台灯 |\n"
        + QUOTED_ZH,
    ),
    "netease_master_en": above(
        "The red one.",
        "\n---- Replied Message ----\n| From | Ana<ana@example.com> |\n| Date | 11/20/2026 10:00 |\n"
        "| To | <cleo@example.org> |\n| Subject | Re: Lamp |\n" + QUOTED_EN,
    ),
    "aliyun": above(
        "红色的那盏。",
        "\n\n------------------------------------------------------------------\n"
        "发件人：客服 <ana@example.com>\n发送时间：2026年11月20日(星期五) 10:00\n"
        "收件人：克莉奥 <cleo@example.org>\n主　题：Re: 台灯\n\n" + QUOTED_ZH,
    ),
    "dingtalk": above(
        "红色的那盏。",
        "\n\n发自我的钉钉邮箱\n------------------------------------------------------------------\n"
        "发件人：客服<ana@example.com>\n日　期：2026年11月20日 10:00:00\n收件人：克莉奥<cleo@example.org>\n"
        "主　题：Re: 台灯\n\n" + QUOTED_ZH,
    ),
    "wecom": above(
        "红色的那盏。",
        '\n\n发自企业微信\n------------------ Original ------------------\nFrom: "客服"<ana@example.com>;'
        '\nDate: 2026年11月20日(星期五) 上午10:00\nTo: "克莉奥"<cleo@example.org>; \nSubject: Re: 台灯\n\n'
        + QUOTED_ZH,
    ),
    "coremail": above(
        "红色的那盏。",
        "\n\n> -----原始邮件-----\n> 发件人: 客服 <ana@example.com>\n> 发送时间: 2026-11-20 10:00:00 (星期五)\n"
        "> 收件人: cleo@example.org\n> 抄送: \n> 主题: Re: 台灯\n> \n" + marked(QUOTED_ZH),
    ),
    "coremail_unmarked": above(
        "红色的那盏。",
        '\n\n-----原始邮件-----\n发件人:"客服" <ana@example.com>\n发送时间:2026-11-20 10:00:00 (星期五)\n'
        "收件人: cleo@example.org\n主题: Re: 台灯\n\n" + QUOTED_ZH,
    ),
    "notes_en": above(
        "The red one.",
        "\n\n\nFrom:   Ana Support <ana@example.com>\nTo:     Cleo Miller <cleo@example.org>\n"
        "Cc:     Desk <desk@example.com>\nDate:   20/11/2026 10:00\nSubject:        Re: Lamp\n\n\n\n"
        + QUOTED_EN,
    ),
    "notes_zh": above(
        "红色的那盏。",
        "\n\n\n发件人： 客服 <ana@example.com>\n收件人： 克莉奥 <cleo@example.org>\n日期：   2026/11/20 10:00\n"
        "主题：   Re: 台灯\n\n\n" + QUOTED_ZH,
    ),
    "yahoo_en": above(
        "The red one.",
        "\n    On Friday, November 20, 2026 at 10:00:00 AM GMT+8, Ana <ana@example.com> wrote:  \n \n "
        + QUOTED_EN.replace("\n", "\n "),
    ),
    "yahoo_mobile": above(
        "The red one.",
        "\nSent from Yahoo Mail on Android \n \n  On Fri, Nov 20, 2026 at 10:00 AM, "
        "Ana<ana@example.com> wrote:   " + QUOTED_EN,
    ),
    "proton": above(
        "The red one.",
        "\nSent with [Proton Mail](https://proton.me/mail/home) secure email.\n\nOn Friday, November"
        " 20th, 2026 at 10:00 AM, Ana <ana@example.com> wrote:\n\n" + marked(QUOTED_EN),
    ),
    "proton_old": above(
        "The red one.",
        "\nSent from ProtonMail mobile\n\n-------- Original Message --------\nOn Nov 20, 2026, 10:00,"
        " Ana < ana@example.com> wrote:\n\n" + marked(QUOTED_EN),
    ),
    "k9_en": above(
        "The red one.",
        "\nOn November 20, 2026 10:00:00 AM GMT+08:00, Ana <ana@example.com> wrote:\n"
        + marked(QUOTED_EN, ">")
        + "\n-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.",
    ),
    "samsung_en": above(
        "The red one.",
        "\n\nSent from my Galaxy\n\n\n-------- Original message --------\nFrom: Ana <ana@example.com> \n"
        "Date: 20/11/2026  10:00  (GMT+08:00) \nTo: Cleo <cleo@example.org> \nSubject: Re: Lamp \n\n"
        + QUOTED_EN,
    ),
    "samsung_zh": above(
        "红色的。",
        "\n\n从我的Galaxy发送\n\n\n-------- 原始信息 --------\n由： 客服 <ana@example.com>\n"
        "日期： 2026/11/20 10:00 (GMT+08:00)\n收件人： 克莉奥 <cleo@example.org>\n主题： Re: 台灯\n\n"
        + QUOTED_ZH,
    ),
    "miui": above(
        "红色的。",
        "\n发自我的小米手机\n在 客服 <ana@example.com>，2026年11月20日 上午10:00写道：\n\n"
        + QUOTED_ZH,
    ),
    "huawei": above(
        "红色的。",
        "\n发自我的华为手机\n\n\n-------- 原始邮件 --------\n发件人： 客服 <ana@example.com>\n日期： 2026年11月20日"
        "周五 10:00\n收件人： 克莉奥 <cleo@example.org>\n主 题： Re: 台灯\n" + QUOTED_ZH,
    ),
    "hotmail_tw": above(
        "紅色的那盞。",
        "\n________________________________\n寄件者: 客服 <ana@example.com>\n寄件日期: 2026年11月20日"
        " 上午 10:00\n收件者: 克莉奧 <cleo@example.org>\n主旨: RE: 檯燈\n\n" + QUOTED_ZH,
    ),
    "gmail_tw": above(
        "紅色的那盞。",
        "\n客服 <ana@example.com> 於 2026年11月20日 週五 上午10:00寫道：\n\n" + marked(QUOTED_ZH),
    ),
    "apple_fr": above(
        "La rouge.",
        "\nLe 20 nov. 2026 à 10:00, Ana <ana@example.com> a écrit :\n\n" + marked(QUOTED_EN),
    ),
}
