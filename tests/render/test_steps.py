"""How the steps of a slide are numbered."""

from verideck.render.steps import Steps


def test_parts_meet_their_steps_in_the_order_of_the_slide() -> None:
    steps = Steps(done=3)
    assert [steps.advance(2), steps.advance(2), steps.advance(1)] == [2, 1, 0]
    assert steps.count == 5


def test_a_picture_of_the_whole_slide_has_no_step_left_out() -> None:
    steps = Steps()
    assert (steps.advance(2), steps.count) == (None, 2)


def test_what_stands_in_an_element_appears_with_it() -> None:
    steps = Steps()
    seen = [steps.since]
    for step in (2, 0, 3):
        steps.enter(step)
        seen.append(steps.since)
    for _ in range(3):
        steps.leave()
        seen.append(steps.since)
    assert seen == [0, 2, 2, 3, 2, 2, 0]
