"""What HTML and CSS say: addresses to be loaded, links, ids, pictures and links without words."""

from __future__ import annotations

import pytest

from verideck.check import html_scan

X = "https://x.org/a"


def said(text: str, kind: str) -> list[str]:
    return [one.what for one in html_scan.html(text) if one.kind == kind]


@pytest.mark.parametrize(
    "text",
    [
        f'<img src="{X}">',
        f"<IMG SRC={X}>",
        '<img src="&#104;ttps://x.org/a">',
        f'<img srcset="data:image/png;base64,AA== 1x, {X} 2x">',
        f'<link rel="preload" as="image" imagesrcset="{X} 1x">',
        f'<img src="data:," attributionsrc="{X}">',
        f'<video poster="{X}">',
        f'<a href="#b" ping="{X}">',
        f'<meta http-equiv="Refresh" content="0; URL=\'{X}\'">',
        f'<svg><use href="{X}"/></svg>',
        f'<svg><use xlink:href="{X}"/></svg>',
        f'<svg><image><set attributeName="href" to="{X}"/></image></svg>',
        f'<svg><rect fill="url({X})"/></svg>',
        f'<p style="background: URL({X})">',
        rf'<p style="background: \75rl({X})">',
        f'<p style="background: url(&quot;{X}&quot;)">',
        f"<style>p {{ background: url(/**/'{X}') }}</style>",
        f'<style>@import"{X}";</style>',
        f"<style>p {{ background: image-set(url(data:,a) 1x, url({X}) 2x) }}</style>",
        f"<style>p {{ background: image-set(\"data:image/png;base64,A\" 1x, '{X}' type('image/png') 2x) }}</style>",
        rf"<style>p {{ background: u\72 l('{X}') }}</style>",
        rf"<style>p {{ background: \000055RL({X}) }}</style>",
        r'<style>p { background: url("https:\2f\2fx.org/a") }</style>',
        "<style>p { background: url('https://x.org\\\n/a') }</style>",
        f"<style>p {{ background: url(  {X}\n) }}</style>",
        f"<style>p {{ background: url('{X}' }}</style>",
        f'<style>p {{ background: url("{X}',
        f"<style>p {{ background: src('{X}') }}</style>",
        f"<style>@import '{X}' layer(a) supports(display: grid) screen;</style>",
        f"<style>@import url({X}) print;</style>",
        f"<style>@import url('{X}');</style>",
        f"<style>@IMPORT/**/'{X}';</style>",
        rf"<style>@\69mport '{X}';</style>",
        f"<style>@media screen {{ @supports (a: b) {{ p {{ background: url({X}) }} }} }}</style>",
        f"<style>@layer a {{ p {{ &:hover {{ background: url({X}) }} }} }}</style>",
        f"<style>@font-face {{ src: local('a'), url({X}) format('woff2') }}</style>",
        f"<style>p {{ --a: url({X}) }}</style>",
        f"<style>p {{ background: -webkit-image-set('{X}' 1x) }}</style>",
        f"<style>p {{ background: image-set(url('{X}') 1x, 'data:,a' 2x) }}</style>",
        f"<style>/* }} */ p {{ content: '</b'; background: url({X}) }}</style>",
        f"<style>p {{ content: '/*'; background: url({X}); /* */ }}</style>",
        f"<svg><style><![CDATA[ p {{ fill: url({X}) }} ]]></style></svg>",
        f"<style>{'@media a {' * 5000} p {{ fill: url({X}) }}</style>",
        f"<iframe srcdoc=\"<img src='{X}'>\">",
        f'<?xml-stylesheet href="{X}"?>',
    ],
)
def test_what_would_be_loaded_is_found(text: str) -> None:
    assert said(text, "load") == [X]


@pytest.mark.parametrize(
    "text",
    [
        '<img src="data:," srcset="data:image/png;base64,AA== 1x, data:,a 2x">',
        f'<a href="{X}">a</a><svg><a xlink:href="{X}"/></svg>',
        f'<img src="data:," alt="url({X})" title="url({X})">',
        "<style>p { background: url(#a) image-set('data:,a' 1x) }</style>",
        "<svg><rect fill='url(#a)'/></svg>",
        f"<p>url({X})",
        f"<style>/* url({X}) */</style>",
        f"<style>p {{ content: 'url({X})' }} q {{ content: \"@import '{X}'\" }}</style>",
        f"<style>@namespace url({X}); @namespace a '{X}'; p {{ background: image-set('#a' type('{X}')) }}</style>",
        f"<style>@charset '{X}'; @font-face {{ src: local('{X}'); format: '{X}' }}</style>",
        f"<style>p {{ --url: '{X}'; my-url: url-prefix('{X}') }}</style>",
        "<style>p { background: url() url('') url( ) }</style>",
    ],
)
def test_what_is_not_loaded_is_none(text: str) -> None:
    assert said(text, "load") == []


def test_each_is_told_with_its_line() -> None:
    found = html_scan.html(f'<p>\n<style>\np {{}}\nb {{ background: url({X}) }}\n</style>\n<b id="c">')
    assert [(one.what, one.line) for one in found] == [(X, 3), ("c", 5)]


def test_lines_are_counted_over_escapes_comments_and_other_ends_of_lines() -> None:
    sheet = f"/* \n */ a {{}}\r\nb {{ c: '\\\n'; d: url({X}) }}"
    assert [(one.what, one.line) for one in html_scan.css(sheet)] == [(X, 3)]
    assert [one.line for one in html_scan.html(f"<style\n media=a>\n@import '{X}'") if one.kind == "load"] == [2]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<img src='data:,'>", ["img"]),
        ("<img src='data:,' alt=''>", []),
        ("<img role='presentation'>", []),
        ("<svg><rect/></svg>", ["svg"]),
        ("<svg><title>a</title></svg>", []),
        ("<svg><title> </title></svg>", ["svg"]),
        ("<svg><text>a</text></svg>", ["svg"]),
        ("<svg aria-label='a'/>", []),
        ("<svg aria-hidden='true'/>", []),
        ("<svg>", ["svg"]),
        ("<iframe></iframe><iframe title='a'></iframe>", ["iframe"]),
        ("<map><area href='#a'><area></map>", ["area"]),
        ("<input type='image'><input type='text'>", ["input"]),
        ("<div role='img'></div>", ["div"]),
    ],
)
def test_pictures_without_words_are_found(text: str, found: list[str]) -> None:
    assert said(text, "bare") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<a href='#b'></a>", ["a"]),
        ("<a href='#b'> </a>", ["a"]),
        ("<a href='#b'><i></i></a>", ["a"]),
        ("<a href='#b'>b</a>", []),
        ("<a href='#b'><i>b</i></a>", []),
        ("<a href='#b' aria-label='b'></a>", []),
        ("<a href='#b'><img alt='b'></a>", []),
        ("<a href='#b'><img alt=''></a>", ["a"]),
        ("<a href='#b'><svg><title>b</title></svg></a>", []),
        ("<a href='#b'></a>text", ["a"]),
        ("<a name='b'></a>", []),
        ("<h2></h2><h3>b</h3>", ["h2"]),
        ("<h2><a href='#b'></a></h2>", ["a", "h2"]),
    ],
)
def test_links_and_headings_without_words_are_found(text: str, found: list[str]) -> None:
    assert said(text, "empty") == found


def test_a_name_is_an_id_and_links_in_drawings_are_links() -> None:
    assert said("<a name='b'></a><i id='c'></i><a id='d' name='d'></a>", "id") == ["b", "c", "d"]
    assert said(f"<svg><a xlink:href='{X}'/></svg><map><area href='#e'></map>", "link") == [X, "#e"]
