"""Between page and project: what goes wrong while a deck is read ends nothing."""

from __future__ import annotations

import asyncio

from deck.desk import Desk
from deck.preview import Preview, Show
from tests.harness import DeckTest, finished


def test_a_template_that_is_wrong_from_the_first_is_told_and_mended(deck: DeckTest) -> None:
    template = "templates/slide.html.jinja"
    deck.write("slides/a.md", "# One").edit(template, "{{ slide.title }}", "{{ slide.title }")
    said: list[str] = []

    async def presented() -> Show | None:
        told, loop = asyncio.Event(), asyncio.get_running_loop()

        def say(text: str) -> None:
            said.append(text)
            loop.call_soon_threadsafe(told.set)

        async with (desk := Desk(Preview(deck.root, "slides/a.md"), False, say)).lifespan(None):
            await told.wait()
            deck.edit(template, "{{ slide.title }", "{{ slide.title }}")
            return (await desk.after(0))[0]

    show = finished(asyncio.wait_for(presented(), 30))
    assert "TemplateSyntaxError" in said[0]
    assert show
    assert "<h1>One</h1>" in show.sections[0].html
