"""What stands below a letter without being part of it: signatures, devices, disclaimers."""

from __future__ import annotations

import re

from apps.channels.mail.quoting import is_rule

MAX_CARD_LINES = 12
MAX_CARD_LINE = 120
MAX_DISCLAIMER_LINES = 30

DASHES = re.compile(r"-- ?|——\s?|\|[\s|]*")
RULE = re.compile(r"\s*[-—─_＿=*~]{4,}\s*")
_TARGET = re.compile(r"\s?[<(]https?://[^\s<>()]{1,300}[>)]")
_SENT_FROM = re.compile(
    r"\s*(?:(?:发自|發自|来自|來自|发送自|傳送自)\s?(?:我的|于)?.{1,40}"
    r"|(?:从|從|由)\s?.{1,20}(?:发送|傳送|寄出).{0,10}|签名由.{1,20}定制"
    r"|(?:sent|get|gesendet|envoyé|enviado) (?:from|via|with|using|von|de|desde) ?.{1,60}"
    r"|(?:get|获取|取得|下载|下載) ?outlook.{0,30})\s*",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"iphone|ipad|ipod|android|mobile|phone|手机|手機|邮箱|郵件|邮件|mail|outlook|foxmail|windows"
    r"|华为|小米|huawei|xiaomi|samsung|blackberry|yahoo|thunderbird|proton|galaxy|pixel"
    r"|\bmac\b|微信|钉钉|飞书|阿里|荣耀|honor|oppo|vivo|客户端",
    re.IGNORECASE,
)
# A program by its name alone; "from" would be a place.
_PROGRAM = re.compile(r"[Ss]ent (?:via|with|using) [A-Z][\w-]{1,20}(?: [A-Z][\w-]{1,20}){0,2}[.!]?")
_DISCLAIMER = re.compile(
    r"\W{0,20}(?:(?:confidentiality|privacy|legal|important) notice|(?:legal )?disclaimer\b"
    r"|(?:this|the information (?:contained )?in this)\b.{0,60}\b"
    r"(?:e-?mails?|messages?|communication|transmission)\b.{0,200}"
    r"(?:confidential|intended (?:solely|only)|privileged)"
    r"|(?:please )?(?:consider|think of) the environment before"
    r"|(?:本|此|该)(?:封|电子)?邮件.{0,60}(?:保密|机密|仅供|仅限|专有|商业秘密)"
    r"|(?:免责|免責|保密|法律)(?:声明|聲明|提示)"
    r"|本電?子?郵件.{0,60}(?:保密|機密|僅供|僅限))",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:with )?(?:(?:best|kind|kindest|warm|warmest|many)(?: regards| wishes)?|regards"
    r"|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|mit freundlichen grüßen"
    r"|此致|敬礼|此致\s?敬礼|祝好|(?:敬祝|顺颂|顺祝|即颂|順頌|順祝|祝)[^，。,]{1,8})[\s,，!！.。~]*",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"\b(?:tel|phone|mobile|cell|fax|e-?mail|web|[tmfe])\s?[.:：|]|电话|電話|手机|手機|传真|傳真|邮箱"
    r"|邮编|地址|网址|微信|https?://|\bwww\.|\b\S{1,64}@\S{3,200}|\+?\d[\d ()-]{6,}\d",
    re.IGNORECASE,
)


def is_contact(line: str) -> bool:
    """Whether a line tells how somebody is reached."""
    return _CONTACT.search(line[:300]) is not None


def is_card(lines: list[str]) -> bool:
    """Whether lines look like a visiting card: few and short, with ways to reach somebody."""
    filled = [line for line in lines if line.strip()]
    if not 0 < len(filled) <= MAX_CARD_LINES or max(map(len, filled)) > MAX_CARD_LINE:
        return False
    contacts = sum(map(is_contact, filled))
    return contacts >= 2 or (contacts == 1 and len(filled) <= 4)


def trim(lines: list[str], address: str = "") -> None:
    """Take away, from the end of what was written, whatever its writer did not write for us.

    ``address`` is the sender's own: alone on the last line it is a signature.
    """
    while lines:
        drop_devices(lines)
        before = len(lines)
        if lines and (is_rule(lines[-1]) or _is_own(lines, address)):
            lines.pop()
        else:
            _drop_paragraph(lines)
            _drop_card(lines)
        if len(lines) == before:
            return


def drop_devices(lines: list[str]) -> None:
    """Take "Sent from my phone" and blank lines away from the end."""
    while lines and (not lines[-1].strip() or _is_device(lines[-1])):
        lines.pop()


def _is_device(line: str) -> bool:
    """Whether a line is what a telephone or a mail program says of itself."""
    if len(line) > 400:
        return False
    bare = _TARGET.sub("", line)
    if len(bare) > 80 or not _SENT_FROM.fullmatch(bare):
        return False
    return bool(_DEVICE.search(bare) or _PROGRAM.fullmatch(bare.strip()))


def _is_own(lines: list[str], address: str) -> bool:
    if not address or lines[-1].strip().lower() != address or len(lines) < 2:
        return False
    above = next((line.strip() for line in reversed(lines[:-1]) if line.strip()), "")
    return not above.endswith((":", "："))


def _drop_paragraph(lines: list[str]) -> None:
    """Take the last paragraph away when it is a disclaimer, unless it is all there is."""
    start = len(lines)
    while start and lines[start - 1].strip() and len(lines) - start <= MAX_DISCLAIMER_LINES:
        start -= 1
    if start and not lines[start - 1].strip():
        words = " ".join(lines[start : start + 5])[:500]
        if len(words) >= 20 and _DISCLAIMER.match(words):
            del lines[start:]


def _drop_card(lines: list[str]) -> None:
    """Take away what stands below a formal closing and the name, or below a line."""
    lowest = max(0, len(lines) - 2 * MAX_CARD_LINES)
    for index in range(len(lines) - 1, lowest, -1):
        if RULE.fullmatch(lines[index]) and is_card(lines[index + 1 :]):
            del lines[index:]
            return
        if _CLOSING.fullmatch(lines[index].strip()):
            after = [at for at in range(index + 1, len(lines)) if lines[at].strip()]
            named = after and not is_contact(lines[after[0]])
            start = after[0] + 1 if named else index + 1
            if is_card(lines[start:]):
                del lines[start:]
            return
