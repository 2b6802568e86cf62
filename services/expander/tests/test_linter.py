"""The linter: each rule with a text that breaks it and one that does not."""

import pytest

from expander.core.dialects import Name
from expander.core.linter import lint, units, words
from expander.core.prompt import Severity

GOOD = "The subject smiles. The camera slowly pushes in towards the window as curtains sway."


def rules(text, name=Name.GENERIC):
    return [item.rule for item in lint(text, name)]


@pytest.mark.parametrize("name", [Name.GENERIC, Name.RUNWAY, Name.REPLICATE, Name.OPENROUTER])
def test_a_good_prompt_is_clean(name):
    assert rules(GOOD, name) == []


@pytest.mark.parametrize(
    ("text", "name", "rule"),
    [
        ("The camera pushes in, then pans left.", Name.GENERIC, "two-camera-moves"),
        ("The camera tilts up and zooms out.", Name.GEMINI, "two-camera-moves"),
        ("A dog runs across a field.", Name.GENERIC, "no-camera-move"),
        ("A dog runs. The camera pans left over the field behind.", Name.GEMINI, "camera-not-first"),
        ("A red barn while the camera cranes up.", Name.FLUX, "motion-in-a-still"),
        ("The camera pushes in and then pulls back.", Name.GENERIC, "contradictory-words"),
        ("The camera slowly and quickly pans left.", Name.GENERIC, "contradictory-words"),
        ("The camera arcs clockwise, then arcs counter-clockwise.", Name.GENERIC, "contradictory-words"),
        ("The camera pans left over the lake without any people in it.", Name.RUNWAY, "negative-words"),
        ("The camera pans left, no people.", Name.GEMINI, "negative-words"),
        ("The camera pans left, no people.", Name.REPLICATE, "negative-words"),
        ("The image shows a lake. The camera pans left over it slowly.", Name.RUNWAY, "describes-the-still"),
        ("Please make the camera pan left over the lake.", Name.GENERIC, "talks-to-the-model"),
        ("The camera pans left.", Name.RUNWAY, "too-short"),
        ("The camera pans left. " + "Leaves sway softly. " * 12, Name.RUNWAY, "too-long"),
    ],
)
def test_a_rule_finds_what_it_is_for(text, name, rule):
    assert rule in rules(text, name)


@pytest.mark.parametrize(
    ("text", "name", "rule"),
    [
        ("The camera pushes in. It keeps pushing in.", Name.GENERIC, "two-camera-moves"),
        ("The camera dolly-zooms in on the subject.", Name.GENERIC, "two-camera-moves"),
        ("A frying pan left on the stove. The camera tilts up.", Name.OPENAI_IMAGE, "two-camera-moves"),
        ("Golden light over the lake.", Name.FLUX, "no-camera-move"),
        ("The camera pans left. A dog runs.", Name.GEMINI, "camera-not-first"),
        ("The camera pans left, no people.", Name.OPENROUTER, "negative-words"),
        ("The image shows a lake. The camera pans left.", Name.GENERIC, "describes-the-still"),
        ("The camera arcs counter-clockwise around the tower.", Name.GENERIC, "contradictory-words"),
        ("Nothing knots the notion; the camera pans left over nodding grass now.", Name.RUNWAY, "negative-words"),
    ],
)
def test_a_rule_leaves_alone_what_it_is_not_for(text, name, rule):
    assert rule not in rules(text, name)


def test_a_finding_points_at_its_place():
    text = "The camera pans left over the lake, without people, in the soft morning light."

    found = next(item for item in lint(text, Name.RUNWAY) if item.rule == "negative-words")

    assert text[found.start : found.end] == "without"
    assert found.severity is Severity.ERROR
    assert "without" in found.message


def test_findings_come_in_the_texts_order():
    found = lint("Please pan left, not right, then zoom in, please.", Name.RUNWAY)

    assert [item.start for item in found] == sorted(item.start for item in found)
    assert len(found) >= 4


def test_a_text_that_the_provider_refuses_is_an_error():
    found = lint("The camera pans left. " + "x" * 1000, Name.RUNWAY)

    assert [item.severity for item in found if item.rule == "too-long"] == [Severity.ERROR]


def test_length_is_counted_as_providers_count():
    assert units("a😀") == 3
    assert words("The counter-clockwise arc isn't done.") == 5
