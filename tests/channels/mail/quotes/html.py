"""HTML bodies as the usual mail programs write them."""

from __future__ import annotations

from tests.channels.mail.quotes.kit import Case, page

QUOTED = "<div>您好，请问是哪一盏灯？</div><div><br></div><div>祝好<br>客服</div>"
QUOTED_EN = "<div>Which lamp do you mean?</div><div><br></div><div>Best regards<br>Ana</div>"

HTML: dict[str, Case] = {
    "gmail_html": page(
        '<div dir="ltr">The red one.<div><br></div><div>Cleo</div></div><br>',
        "The red one.\n\nCleo",
        '<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">On Fri, Nov'
        ' 20, 2026 at 10:00\u202fAM Ana &lt;<a href="mailto:ana@example.com">ana@example.com</a>&gt;'
        ' wrote:<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px'
        f' solid rgb(204,204,204);padding-left:1ex">{QUOTED_EN}</blockquote></div>',
    ),
    "gmail_html_signature": page(
        '<div dir="ltr"><div>红色的。</div><div><br></div><span class="gmail_signature_prefix">-- </span><br>'
        '<div dir="ltr" class="gmail_signature"><div>克莉奥<br>采购部</div></div></div><br>',
        "红色的。",
        '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">客服 &lt;<a href="mailto:ana@example.com">'
        "ana@example.com</a>&gt; 于2026年11月20日周五 10:00写道：<br></div><blockquote>"
        f"{QUOTED}</blockquote></div>",
    ),
    "outlook_desktop_html": page(
        '<div class="WordSection1"><p class="MsoNormal">The red one.<o:p></o:p></p><p class="MsoNormal">'
        "<o:p>&nbsp;</o:p></p>",
        "The red one.",
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p'
        ' class="MsoNormal"><b>From:</b> Ana &lt;ana@example.com&gt; <br><b>Sent:</b> Friday, November 20,'
        " 2026 10:00 AM<br><b>To:</b> Cleo &lt;cleo@example.org&gt;<br><b>Subject:</b> RE: Lamp<o:p></o:p>"
        f"</p></div></div>{QUOTED_EN}</div>",
    ),
    "outlook_web_html": page(
        '<div style="font-family:Calibri">红色的那盏。</div>',
        "红色的那盏。",
        '<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div'
        ' id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt"><b>发件人:</b>'
        " 客服 &lt;ana@example.com&gt;<br><b>发送时间:</b> 2026年11月20日 10:00<br><b>收件人:</b> 克莉奥"
        f" &lt;cleo@example.org&gt;<br><b>主题:</b> 回复: 台灯</font><div>&nbsp;</div></div>{QUOTED}",
    ),
    "outlook_mobile_html": page(
        '<div dir="ltr">The red one.</div><div id="ms-outlook-mobile-signature"><div>Get <a'
        ' href="https://aka.ms/o0ukef">Outlook for iOS</a></div></div>',
        "The red one.",
        '<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> Ana'
        " &lt;ana@example.com&gt;<br><b>Sent:</b> Friday, November 20, 2026 10:00:12 AM<br><b>To:</b> Cleo<br>"
        f"<b>Subject:</b> Re: Lamp</div><br>{QUOTED_EN}",
    ),
    "apple_html": page(
        "The red one.<br><div><br></div>",
        "The red one.",
        '<div><blockquote type="cite"><div>On 20 Nov 2026, at 10:00, Ana &lt;ana@example.com&gt; wrote:</div>'
        f'<br class="Apple-interchange-newline"><div>{QUOTED_EN}</div></blockquote></div>',
    ),
    "iphone_html": page(
        '红色的<br><br><div dir="ltr">发自我的iPhone</div><div dir="ltr"><br>',
        "红色的",
        '<blockquote type="cite">在 2026年11月20日，10:00，客服 &lt;ana@example.com&gt; 写道：<br><br></blockquote>'
        f'</div><blockquote type="cite"><div dir="ltr">\ufeff{QUOTED}</div></blockquote>',
    ),
    "thunderbird_html": page(
        "<p>The red one.</p>",
        "The red one.",
        '<div class="moz-cite-prefix">On 20/11/2026 10:00, Ana wrote:<br></div><blockquote type="cite"'
        f' cite="mid:x@y">{QUOTED_EN}</blockquote>',
    ),
    "thunderbird_html_below": page(
        '<div class="moz-cite-prefix">On 20/11/2026 10:00, Ana wrote:<br></div><blockquote type="cite">'
        f"{QUOTED_EN}</blockquote><p>The red one.</p>",
        "The red one.",
        '<pre class="moz-signature" cols="72">-- \nCleo</pre>',
    ),
    "qq_html": page(
        "<div>红色的那盏，谢谢。</div><div><br></div>",
        "红色的那盏，谢谢。",
        '<div style="font-size: 12px;font-family: Arial Narrow;padding:2px 0 2px 0;">------------------&nbsp;'
        '原始邮件&nbsp;------------------</div><div style="font-size: 12px;background:#efefef;padding:8px;"><div>'
        '<b>发件人:</b>&nbsp;"客服"&nbsp;&lt;ana@example.com&gt;;</div><div><b>发送时间:</b>&nbsp;2026年11月20日'
        '(星期五) 上午10:00</div><div><b>收件人:</b>&nbsp;"克莉奥"&lt;cleo@example.org&gt;;</div><div></div>'
        f"<div><b>主题:</b>&nbsp;Re: 台灯</div></div><div><br></div>{QUOTED}",
    ),
    "foxmail_html": page(
        '<div><span></span>红色的那盏。</div><div><br></div><hr style="width: 210px; height: 1px;"'
        ' color="#b5c4df" size="1" align="left"><div><span><div style="MARGIN: 10px">'
        "<div>cleo@example.org</div></div></span></div>",
        "红色的那盏。",
        '<blockquote style="margin-Top: 0px"><div>&nbsp;</div><div style="border:none;border-top:solid'
        ' #B5C4DF 1.0pt"><div><div><b>发件人：</b>&nbsp;<a href="mailto:ana@example.com">客服</a></div><div>'
        "<b>发送时间：</b>&nbsp;2026-11-20&nbsp;10:00</div><div><b>收件人：</b>&nbsp;<a"
        ' href="mailto:cleo@example.org">克莉奥</a></div><div><b>主题：</b>&nbsp;Re: 台灯</div></div></div>'
        f"<div>{QUOTED}</div></blockquote>",
    ),
    "netease_html": page(
        '<div style="line-height:1.7;color:#000000;font-size:14px;font-family:Arial"><div>红色的那盏。</div>'
        '<br><br><br><div style="position:relative;zoom:1"></div>',
        "红色的那盏。",
        '<div id="divNeteaseMailCard"></div><br><pre><br>在 2026-11-20 10:00:00，"客服"'
        " &lt;ana@example.com&gt; 写道：<br></pre>"
        f'<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex">{QUOTED}</blockquote></div>',
    ),
    "netease_master_html": page(
        '<div class="mail-content"><div>红色的那盏。</div></div><div class="ntes-mailmaster-signature"'
        ' style="padding:0"></div>',
        "红色的那盏。",
        '<div class="ntes-mailmaster-quote"><div>---- 回复的原邮件 ----</div><table><tr><td>发件人</td><td>客服'
        "&lt;ana@example.com&gt;</td></tr><tr><td>日期</td><td>2026年11月20日 10:00</td></tr><tr><td>收件人</td>"
        f"<td>cleo@example.org</td></tr><tr><td>主题</td><td>Re: 台灯</td></tr></table>{QUOTED}</div>",
    ),
    "aliyun_html": page(
        '<div class="__aliyun_email_body_block"><div>红色的那盏。</div><div><br></div></div>',
        "红色的那盏。",
        '<blockquote style="margin-right:0;margin-top:0"><div>-----------------------------------------------'
        "-------------------</div><div>发件人：客服 &lt;ana@example.com&gt;</div><div>发送时间：2026年11月20日(星期五)"
        " 10:00</div><div>收件人：克莉奥 &lt;cleo@example.org&gt;</div><div>主　题：Re: 台灯</div><div><br></div>"
        f"{QUOTED}</blockquote>",
    ),
    "coremail_html": page(
        "<p>红色的那盏。</p><br>",
        "红色的那盏。",
        '<blockquote name="replyContent" class="ReferenceQuote" style="padding-left:5px">-----原始邮件-----<br>'
        "<b>发件人:</b><span>客服 &lt;ana@example.com&gt;</span><br><b>发送时间:</b><span>2026-11-20 10:00:00"
        f" (星期五)</span><br><b>收件人:</b> cleo@example.org<br><b>主题:</b> Re: 台灯<br><br>{QUOTED}</blockquote>",
    ),
    "yahoo_html": page(
        '<div class="ydp"><div dir="ltr">The red one.</div><div><br></div></div>',
        "The red one.",
        '<div id="yahoo_quoted_1" class="yahoo_quoted"><div><div>On Friday, November 20, 2026 at 10:00:00 AM'
        f" GMT+8, Ana &lt;ana@example.com&gt; wrote: </div><div><br></div><div>{QUOTED_EN}</div></div></div>",
    ),
    "proton_html": page(
        "<div>The red one.</div><div><br></div><div class='protonmail_signature_block'><div>Sent with <a"
        ' href="https://proton.me/mail/home">Proton Mail</a> secure email.</div></div><div><br></div>',
        "The red one.",
        '<div class="protonmail_quote">On Friday, November 20th, 2026 at 10:00 AM, Ana'
        f' &lt;ana@example.com&gt; wrote:<br><blockquote type="cite">{QUOTED_EN}</blockquote></div>',
    ),
    "samsung_html": page(
        "<div>The red one.</div><div><br></div><div id='composer_signature'><div>Sent from my"
        " Galaxy</div></div><div><br></div>",
        "The red one.",
        "<div>-------- Original message --------</div><div>From: Ana &lt;ana@example.com&gt; </div><div>Date:"
        " 20/11/2026 10:00 (GMT+08:00) </div><div>To: Cleo &lt;cleo@example.org&gt; </div><div>Subject: Re:"
        f" Lamp </div><div><br></div>{QUOTED_EN}",
    ),
    "wecom_html": page(
        "<div>红色的那盏。</div>",
        "红色的那盏。",
        '<div style="font-size:12px;padding:2px 0;">------------------&nbsp;Original&nbsp;------------------</div>'
        '<div style="font-size:12px;background:#f0f0f0"><div><b>From: </b>&nbsp;"客服"&lt;ana@example.com&gt;;</div>'
        "<div><b>Date: </b>&nbsp;Fri, Nov 20, 2026 10:00 AM</div><div><b>To: </b>&nbsp;cleo@example.org;</div>"
        f"<div><b>Subject: </b>&nbsp;Re: 台灯</div></div><div><br></div>{QUOTED}",
    ),
    "inline_html": page(
        "<div>Hi Ana,</div><blockquote><div>Which lamp?</div></blockquote><div>The red one.</div>"
        "<blockquote><div>Since when?</div></blockquote>",
        "Hi Ana,\n\nThe red one.\n\nSince Monday.",
        "<div>Since Monday.</div>",
    ),
}
