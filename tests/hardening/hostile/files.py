"""Files: that want to be shown by a browser, and whose names want to be something else."""

from __future__ import annotations

from tests.hardening.hostile.kit import CALL, bundle, entity, letter, with_file

_PAGE = f"<html><script>{CALL}</script></html>"
_SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{CALL}"/>'
_XML = f'<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">{CALL}</x:script>'
_XSL = '<?xml version="1.0"?><?xml-stylesheet href="x.xsl" type="text/xsl"?><a/>'

ACTIVE_FILES = {
    "html": with_file("page.html", _PAGE, "text/html"),
    "htm_as_octets": with_file("page.htm", _PAGE),
    "xhtml": with_file("page.xhtml", _XML, "application/xhtml+xml"),
    "svg": with_file("logo.svg", _SVG, "image/svg+xml"),
    "svgz": with_file("logo.svgz", b"\x1f\x8b" + _SVG.encode(), "image/svg+xml"),
    "xml": with_file("data.xml", _XML, "text/xml"),
    "xsl": with_file("data.xml", _XSL, "application/xml"),
    "javascript": with_file("x.js", CALL, "application/javascript"),
    "mht": with_file("page.mht", f"MIME-Version: 1.0\r\n\r\n{_PAGE}", "multipart/related"),
    "html_as_png": with_file("photo.png", _PAGE, "image/png"),
    "html_as_pdf": with_file("invoice.pdf", _PAGE, "application/pdf"),
    "html_as_text": with_file("notes.txt", _PAGE, "text/plain"),
    "html_behind_gif": with_file("a.gif", b"GIF89a/*" + _PAGE.encode(), "text/html"),
    "html_behind_png": with_file("a.html", b"\x89PNG\r\n\x1a\n" + _PAGE.encode(), "text/html"),
    "bmp": with_file("a.bmp", b"BM" + _PAGE.encode(), "image/bmp"),
    "shortcut": with_file("a.url", "[InternetShortcut]\r\nURL=file://evil.example/x"),
    "kind_with_line_end": with_file("a.txt", "x", 'text/html;\r\n x="\r\ny"'),
    "kind_with_script": with_file("a.txt", "x", f"text/<script>{CALL}</script>"),
    "kind_endless": with_file("a.txt", "x", "text/" + "x" * 5000),
    "inline_html": bundle(
        [
            b"Content-Type: text/plain\r\n\r\nSee.",
            entity("text/html; name=a.html", _PAGE, "Content-Disposition: inline"),
        ]
    ),
    "content_id_script": bundle(
        [
            entity("text/html; charset=utf-8", "<img src='cid:\"><script>pwn(1)</script>'>a"),
            entity("image/png", _PAGE, f'Content-ID: <"><script>{CALL}</script>>'),
        ],
        kind="related",
    ),
}

NAMES = {
    "climbs": "../../../../etc/passwd",
    "climbs_backwards": "..\\..\\windows\\system32\\x.dll",
    "absolute": "/etc/cron.d/job",
    "drive": "C:\\autoexec.bat",
    "share": "\\\\evil.example\\share\\x.exe",
    "wide_slashes": "．．／．．／etc／passwd",
    "fraction_slashes": "..\u2044..\u2215etc\u29f8passwd",
    "turned_round": "invoice\u202efdp.exe",
    "isolated": "a\u2066\u2069\u200e.pdf",
    "invisible": "ev\u200bil\u2060.p\u200chp",
    "invisible_dots": ".\u200b./.\u200b./x",
    "reserved": "CON.txt",
    "reserved_small": "nul",
    "reserved_superscript": "com¹.log",
    "hidden": ".htaccess",
    "only_dots": "......",
    "stream": "a.txt::$DATA",
    "wildcards": 'a*?<>|".txt',
    "lines": "a\r\nContent-Type: text/html\r\n\r\nb.txt",
    "nul": "safe.png\0.php",
    "controls": "a\x07\x08\x1b[31mb.txt",
    "spaces_then_suffix": "report.pdf" + " " * 200 + ".exe",
    "endless": "x" * 5000 + ".pdf",
    "endless_suffix": "a." + "x" * 5000,
    "decomposed": "cafe\u0301.pdf",
    "surrogate": "a\ud83d.pdf",
    "private_use": "a\ue000\uf8ff\ufffe.pdf",
    "double_suffix": "photo.jpg.exe",
    "script": f"<img src=x onerror={CALL}>.png",
    "quotes": "\"'`$(reboot);.sh",
    "formula": "=HYPERLINK(1).csv",
    "empty": "",
}

NAMED_FILES = {f"name_{key}": with_file(name, f"of {key}") for key, name in NAMES.items()} | {
    "name_in_many_sections": letter(
        "x",
        Content_Type="a/b",
        Content_Disposition="attachment"
        + "".join(f"; filename*{n}*=%2e%2e%2f" for n in range(300)),
    ),
    "name_in_two_ways": letter(
        "x",
        Content_Type='a/b; name="safe.txt"',
        Content_Disposition="attachment; filename=\"../x.exe\"; filename*=utf-8''..%2F..%2Fy.exe",
    ),
    "name_of_bytes": letter(
        b"x", Content_Disposition=b'attachment; filename="\xb7\xa2\xc6\xb1\x00\xff/../x"'
    ),
    "name_encoded_twice": letter(
        "x",
        Content_Type="a/b",
        Content_Disposition="attachment; filename*=utf-8''%252e%252e%252f%00x",
    ),
}
