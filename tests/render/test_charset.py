"""Which characters a page shows, by the family that has to have them."""

from __future__ import annotations

import base64

from markupsafe import Markup

from verideck.core.run_model import Meta
from verideck.render.charset import characters, in_page, shown_text
from verideck.render.slides import SlideView

ASCII = set(map(chr, range(0x20, 0x7F)))


def view(body: str, **parts: str) -> SlideView:
    html = {name: Markup(parts.get(name, "")) for name in ("title", "eyebrow", "notes")}
    return SlideView(
        id="a", label="", title=html["title"], title_text="", kind="plain", classes=(), eyebrow=html["eyebrow"],
        body=Markup(body), footnotes=(), notes=html["notes"], number="1 / 1", progress=0, seconds=0,
        section_number=None, mark=Markup(""), lang="",
    )  # fmt: skip


def beyond_ascii(body: str, **parts: str) -> dict[str, set[str]]:
    meta = Meta("Τίτλος", lang="en")
    plain = shown_text([view("")], meta)
    return {role: set(text) - set(plain[role]) for role, text in shown_text([view(body, **parts)], meta).items()}


def test_each_part_is_covered_by_its_own_family() -> None:
    found = beyond_ascii("<p>é <code>⇒</code> <math><mi>λ</mi></math></p>", title="ä", notes="ö", eyebrow="ü")
    assert found == {"text": set("éäöü⇒"), "code": {"⇒"}, "math": {"λ"}}


def test_markup_and_style_are_not_shown_but_what_they_stand_for_is() -> None:
    assert beyond_ascii('<p class="ß">&auml;<style>p { content: "ø" }</style></p>')["text"] == {"ä"}


def test_a_root_brings_the_sign_that_it_is_drawn_with() -> None:
    assert "√" in beyond_ascii("<math><msqrt><mi>x</mi></msqrt></math>")["math"]


def test_the_text_of_a_drawing_is_looked_into() -> None:
    data = base64.b64encode("<svg><text>誤差</text></svg>".encode()).decode()
    assert beyond_ascii(f'<img class="drawn" alt="" src="data:image/svg+xml;base64,{data}">')["text"] == set("誤差")


def test_furniture_is_shown_too() -> None:
    text = shown_text([view("")], Meta("Τίτλος", subtitle="б", author="Ж", footer="ц", lang="ja"))["text"]
    assert set("ΤίτλοςбЖц閉じる") <= set(text)


def test_characters_are_distinct_sorted_and_composed() -> None:
    found = characters("bé\nbe\u0301\t")
    assert found == "".join(sorted(ASCII | {"é", "\u0301"}))


def test_a_whole_page_needs_the_characters_of_its_style_sheets_too() -> None:
    page = in_page('<style>p::before{content:"✓"}</style><p>é', {"text": "ß"})
    assert {family: set(text) - ASCII for family, text in page.items()} == {"text": set("✓éß")}
    assert set(in_page("<code>é</code>", {"code": "ß"})["code"]) - ASCII == {"ß"}
    assert set(in_page("<code>é</code>", {})["code"]) - ASCII == {"é"}
