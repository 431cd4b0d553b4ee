"""Between page and project: what goes wrong while a deck is read ends nothing."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tests.harness import DeckTest, finished
from verideck.present.preview import Preview, Snapshot
from verideck.present.session import Session


def test_a_template_that_is_wrong_from_the_first_is_told_and_mended(deck: DeckTest) -> None:
    template = "templates/slide.html.jinja"
    deck.write("slides/a.md", "# One").edit(template, "{{ slide.title }}", "{{ slide.title }")
    said: list[str] = []

    async def presented() -> Snapshot | None:
        told, loop = asyncio.Event(), asyncio.get_running_loop()

        def say(text: str) -> None:
            said.append(text)
            loop.call_soon_threadsafe(told.set)

        async with (desk := Session(Preview(deck.root, "slides/a.md"), False, say)).lifespan(None):
            await told.wait()
            deck.edit(template, "{{ slide.title }", "{{ slide.title }}")
            return (await desk.after(0))[0]

    show = finished(asyncio.wait_for(presented(), 30))
    assert said[0].startswith("error: templates/slide.html.jinja:9: this template has an error: unexpected '}'")
    assert show
    assert "<h1>One</h1>" in show.sections[0].html


def test_who_asks_and_goes_leaves_the_preview_to_one_thread_at_a_time(deck: DeckTest) -> None:
    begun, end = threading.Event(), threading.Event()
    done: list[str] = []

    def slow() -> None:
        begun.set()
        end.wait()
        done.append("slow")

    async def asked() -> None:
        desk = Session(Preview(deck.write("slides/a.md", "# One").root, "slides/a.md"), False, print)
        gone = asyncio.create_task(desk.owned(slow))
        await asyncio.to_thread(begun.wait)
        gone.cancel()
        following = asyncio.create_task(desk.owned(done.append, "next"))
        await asyncio.sleep(0.05)
        end.set()
        await following
        with pytest.raises(asyncio.CancelledError):
            await gone

    finished(asked())
    assert done == ["slow", "next"]


def test_a_template_that_becomes_wrong_leaves_the_slides_as_they_were(deck: DeckTest) -> None:
    template, tokens = "templates/slide.html.jinja", "templates/theme.toml"
    preview = Preview(deck.write("slides/a.md", "# One").root, "slides/a.md")

    def shown() -> tuple[Snapshot, list[str]]:
        preview.read()
        return preview.show(), [str(error) for error in preview.errors]

    before, errors = shown()
    assert errors == []
    deck.edit(template, "{{ slide.title }}", "{{ slide.titel }}")
    after, errors = shown()
    assert after.sections == before.sections
    assert errors == [after.status] == [f"{template}:9: this SlideView has no 'titel'"]
    assert "<h1>One</h1>" in preview.whole("{}")
    deck.edit(template, "{{ slide.titel }}", "{{ slide.title }}").edit(tokens, '"#1B2130"', '"black"')
    after, errors = shown()
    assert errors == [f'{tokens}:9:1: "black" is not a colour']
    assert "is not a colour" in after.sections[0].html
    deck.edit(tokens, '"black"', '"#1B2130"')
    assert shown() == (before, [])
