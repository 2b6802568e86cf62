"""The composer: from a brief to a prompt, without a key and without a network. Deterministic."""

from dataclasses import replace
from typing import Final

from expander.core import phrases
from expander.core.brief import Brief
from expander.core.dialects import DIALECTS, NEGATIVE, Dialect, Name, Part
from expander.core.linter import lint, words
from expander.core.prompt import Parts, Prompt
from film.movement import Movement

TEMPLATE_VERSION: Final = "composer-1"
"""Changes whenever any wording does: it is a part of every cache key."""

_FILLER: Final = "Smooth, natural and continuous motion throughout the shot."
_STILL_FILLER: Final = "Subtle natural motion within the scene."
_MOST_MOTIONS: Final = 2
_MOST_LOOKS: Final = 3
# What is left out first when a text is too long: what matters least to the movement.
_EXPENDABLE: Final = (Part.TIMING, Part.STYLE, Part.CONTEXT, Part.ENVIRONMENT)


def compose(brief: Brief, name: Name) -> Prompt:
    """The prompt of a brief in one dialect, with the linter's findings. The caller's own words are always kept."""
    dialect = DIALECTS[name]
    sentences = _sentences(brief, dialect)
    order = list(dialect.order)
    for part in _EXPENDABLE:
        if _length(sentences, order) <= dialect.most_words:
            break
        if part in order:
            order.remove(part)
    if name is Name.RUNWAY and _length(sentences, order) < dialect.least_words:
        # Below ten words the model fills the gap with motion of its own.
        sentences[Part.STYLE] = _STILL_FILLER if brief.movement is Movement.STATIC else _FILLER
    text = " ".join(sentences[part] for part in order if sentences[part])
    return Prompt(
        dialect=name,
        text=text,
        negative=NEGATIVE if dialect.takes_negative else "",
        parts=Parts(**{part.value: sentences[part] for part in order if part is not Part.CONTEXT}),
        findings=tuple(lint(text, name)),
    )


def _sentences(brief: Brief, dialect: Dialect) -> dict[Part, str]:
    plain = _parts(brief)
    found = {
        Part.CAMERA: _sentence(plain.camera),
        Part.SUBJECT: _sentence(plain.subject),
        Part.ENVIRONMENT: _sentence(plain.environment),
        Part.TIMING: _sentence(plain.timing),
        Part.STYLE: _sentence(plain.style),
        Part.USER: _closed(plain.user),
        Part.CONTEXT: "",
    }
    if dialect.motion_only:
        subject = "" if brief.action is None else phrases.action(brief.action, subject="subject")
        camera = f"the camera {phrases.camera(replace(brief, subject='subject'))}"
        # One new element at a time: the motion that matters most, and no word about the look.
        scene = phrases.joined([phrases.motion(item) for item in brief.motions[:1]])
        found |= {
            Part.SUBJECT: _sentence(subject),
            Part.CAMERA: _sentence(camera),
            Part.ENVIRONMENT: _sentence(scene),
            Part.STYLE: "",
        }
    elif not dialect.moving:
        found[Part.CONTEXT] = _sentence(_still(brief))
    elif Part.CONTEXT in dialect.order and brief.scene:
        found[Part.CONTEXT] = _sentence(f"the setting is {_article(phrases.SCENES[brief.scene])}")
    return found


def _parts(brief: Brief) -> Parts:
    motions = [phrases.motion(item) for item in brief.motions[:_MOST_MOTIONS]]
    looks = list(brief.looks[:_MOST_LOOKS])
    duration = f"{brief.duration_s:g}"
    unit = "second" if duration == "1" else "seconds"
    return Parts(
        camera=f"the camera {phrases.camera(brief)}",
        subject="" if brief.action is None else phrases.action(brief.action, subject=brief.subject),
        environment=phrases.joined(motions),
        style=phrases.joined(looks),
        timing=f"one continuous shot of {duration} {unit}" if brief.duration_s else "",
        user=" ".join(brief.user.split()),
    )


def _still(brief: Brief) -> str:
    """What the still shows, from measured facts only."""
    scene = phrases.SCENES.get(brief.scene, "photograph")
    text = _article(scene)
    if brief.subject and brief.scene != "portrait":
        text += f" with {_article(brief.subject)}"
        text += "" if brief.subject_place is None else f" {phrases.place(brief.subject_place)}"
    # Two areas of one material are one thing to say.
    materials = list(dict.fromkeys(phrases.MATERIALS.get(name, name) for name in brief.materials if name not in scene))
    if materials:
        text += f", showing {phrases.joined(materials[:3])}"
    tones = phrases.colours(brief.colours)
    return f"{text}, in {tones}" if tones else text


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _closed(text: str) -> str:
    return text if not text or text[-1] in ".!?…" else f"{text}."


def _length(sentences: dict[Part, str], order: list[Part]) -> int:
    return sum(words(sentences[part]) for part in order)
