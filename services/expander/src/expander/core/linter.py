"""What a dialect wants otherwise in a prompt: rules that a provider's guide states, each with its place in the text."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from expander.core.dialects import DIALECTS, Dialect, Name
from expander.core.prompt import Finding, Severity

# Camera moves by what they are; the same move said twice is one move.
_MOVES: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "pan": r"\b(whip[- ])?pan(s|ning)?(?=\s+(\w+ly\s+)?(left|right|across|to|towards|over|around))|"
        r"\bwhip[- ]pans?\b",
        "tilt": r"\btilt(s|ing)?\s+(up|down)\w*\b",
        "roll": r"\brolls?\s+(counter-?)?clockwise\b|\bcamera rolls?\b",
        "zoom": r"(?<!dolly[- ])\b(crash[- ])?zoom(s|ing)?\s+(in|out|on|into)\b",
        "dolly": r"\b(push|pull)(es|s|ing)?\s+(in|out|back)\b|\bdoll(y|ies|ying)\s+(in|out|forward|back)\w*\b",
        "truck": r"\btruck(s|ing)?\s+(left|right)\b|\bslides?\s+(left|right)\b",
        "pedestal": r"\b(boom|pedestal)(s|ing)?\s+(up|down)\b",
        "crane": r"\bcran(e|es|ing)\s+(up|down)\b",
        "arc": r"\b(arcs?|arcing|orbits?|orbiting)\s+(clockwise|counter-?clockwise|around|left|right)\b",
        "dolly zoom": r"\b(dolly[- ]zooms?|vertigo effect)\b",
        "handheld": r"\bhand-?held\b",
        "tracking": r"\btrack(s|ing)?\s+(left|right|with|beside|backwards|forwards|overhead)\b|\borbit-tracks?\b",
        "rack focus": r"\brack(s|ing)?\s+focus\b",
        "static": r"\b(locked-?off|static (camera|shot|frame)|camera (holds|stays|remains) (still|fixed|static))\b",
    }.items()
}
_OPPOSITES: Final = (
    (r"\bpush(es|ing)?\s+in\b|\bdoll(y|ies)\s+in\b", r"\bpull(s|ing)?\s+(back|out)\b|\bdoll(y|ies)\s+out\b"),
    (r"\bzooms?\s+in\b", r"\bzooms?\s+out\b"),
    (r"\b(pan|truck|track|slide)s?\s+left\b", r"\b(pan|truck|track|slide)s?\s+right\b"),
    (r"\b(tilt|boom|pedestal|crane)s?\s+up\b", r"\b(tilt|boom|pedestal|crane)s?\s+down\b"),
    (r"(?<!counter-)(?<!counter)\bclockwise\b", r"\bcounter-?clockwise\b"),
    (r"\bslowly\b", r"\b(quickly|rapidly|fast)\b"),
)
_CONTRADICTIONS: Final = tuple(
    (re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE)) for one, other in _OPPOSITES
)
_NEGATIVES: Final = re.compile(
    r"\b(no|not|never|without|avoid|don't|doesn't|do not|does not|isn't|must not|shouldn't)\b", re.IGNORECASE
)
_DESCRIPTION: Final = re.compile(
    r"\b((the|this) (image|photo|photograph|picture|still) (shows|depicts|is|features)|"
    r"an? (image|photo|photograph|picture) of|in (the|this) (image|photo|photograph|picture)|we (can )?see|"
    r"there (is|are) an?\b)",
    re.IGNORECASE,
)
_COMMAND: Final = re.compile(
    r"\b(please|can you|could you|i want|i would like|make sure|generate|create)\b", re.IGNORECASE
)
_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_SENTENCE_END: Final = re.compile(r"[.!?…](\s|$)")


def words(text: str) -> int:
    """How many words a text has; "counter-clockwise" is one."""
    return len(_WORD.findall(text))


def units(text: str) -> int:
    """Length in UTF-16 units, as providers count."""
    return len(text.encode("utf-16-le")) // 2


def lint(text: str, name: Name) -> Sequence[Finding]:
    """What the dialect wants otherwise, in the text's order; empty when clean."""
    dialect = DIALECTS[name]
    found = [finding for rule in _RULES for finding in rule(text, dialect)]
    return sorted(found, key=lambda item: (item.start, item.end, item.rule))


def _two_moves(text: str, dialect: Dialect) -> Iterator[Finding]:
    if not dialect.moving:
        return
    firsts = sorted(_moves(text), key=lambda item: item[1].start())
    for kind, match in firsts[1:]:
        yield _at(
            match,
            "two-camera-moves",
            f"a {kind} beside a {firsts[0][0]}: keep one camera move for each shot",
            Severity.WARNING,
        )


def _no_move(text: str, dialect: Dialect) -> Iterator[Finding]:
    if dialect.moving and not _moves(text):
        message = "no camera move is named: say what the camera does, or that it holds a locked-off frame"
        yield Finding("no-camera-move", message, Severity.WARNING, 0, len(text))


def _camera_first(text: str, dialect: Dialect) -> Iterator[Finding]:
    end = _SENTENCE_END.search(text)
    first = end.start() if end else len(text)
    moves = [match for _, match in _moves(text)]
    if dialect.camera_first and moves and min(match.start() for match in moves) > first:
        yield _at(
            min(moves, key=lambda match: match.start()),
            "camera-not-first",
            f"{dialect.name} follows the camera best when the first sentence names it",
            Severity.WARNING,
        )


def _move_in_still(text: str, dialect: Dialect) -> Iterator[Finding]:
    if dialect.moving:
        return
    for kind, match in _moves(text):
        message = f"a {kind} cannot be seen in a still: describe what the frame shows"
        yield _at(match, "motion-in-a-still", message, Severity.WARNING)


def _contradiction(text: str, dialect: Dialect) -> Iterator[Finding]:
    del dialect  # True of every dialect.
    for one, other in _CONTRADICTIONS:
        first, second = one.search(text), other.search(text)
        if first and second:
            early, late = sorted((first, second), key=lambda match: match.start())
            message = f"{late.group()!r} contradicts {early.group()!r}: keep one of them"
            yield _at(late, "contradictory-words", message, Severity.WARNING)


def _negative(text: str, dialect: Dialect) -> Iterator[Finding]:
    if not (dialect.positive_only or dialect.takes_negative):
        return
    for match in _NEGATIVES.finditer(text):
        if dialect.positive_only:
            message = f"{dialect.name} reads positive words only: say what should be there instead of {match.group()!r}"
            yield _at(match, "negative-words", message, Severity.ERROR if dialect.motion_only else Severity.WARNING)
        else:
            message = f"{match.group()!r} belongs into the negative text, without the negation"
            yield _at(match, "negative-words", message, Severity.WARNING)


def _redescription(text: str, dialect: Dialect) -> Iterator[Finding]:
    if dialect.motion_only:
        for match in _DESCRIPTION.finditer(text):
            message = f"{match.group()!r} describes the still again: {dialect.name} sees it, say only what moves"
            yield _at(match, "describes-the-still", message, Severity.WARNING)


def _command(text: str, dialect: Dialect) -> Iterator[Finding]:
    del dialect  # True of every dialect.
    for match in _COMMAND.finditer(text):
        message = f"{match.group()!r} talks to the model: describe the shot itself"
        yield _at(match, "talks-to-the-model", message, Severity.WARNING)


def _length(text: str, dialect: Dialect) -> Iterator[Finding]:
    count, size = words(text), units(text)
    if size > dialect.most_units:
        message = f"{size} units: {dialect.name} refuses more than {dialect.most_units}"
        yield Finding("too-long", message, Severity.ERROR, 0, len(text))
    elif count > dialect.most_words:
        matches = list(_WORD.finditer(text))
        message = f"{count} words: {dialect.name} follows at most {dialect.most_words} well"
        yield Finding("too-long", message, Severity.WARNING, matches[dialect.most_words].start(), len(text))
    if count < dialect.least_words:
        message = f"{count} words: below {dialect.least_words} {dialect.name} invents what is missing"
        yield Finding("too-short", message, Severity.WARNING, 0, len(text))


_RULES: Final[tuple[Callable[[str, Dialect], Iterator[Finding]], ...]] = (
    _two_moves,
    _no_move,
    _camera_first,
    _move_in_still,
    _contradiction,
    _negative,
    _redescription,
    _command,
    _length,
)


def _moves(text: str) -> list[tuple[str, re.Match[str]]]:
    """Each camera move that the text names, at its first mention."""
    return [(name, match) for name, pattern in _MOVES.items() if (match := pattern.search(text))]


def _at(match: re.Match[str], rule: str, message: str, severity: Severity) -> Finding:
    return Finding(rule, message, severity, match.start(), match.end())
