"""What a verdict says, in a few plain words."""

from typing import Final

from generator.core.motion_check.verdict import Outcome, Unit, Verdict

_OUTCOMES: Final = {
    Outcome.AS_ASKED: "as asked",
    Outcome.EQUIVALENT: "looks like what was asked",
    Outcome.DIFFERENT: "not what was asked",
    Outcome.UNKNOWN: "cannot be told",
    Outcome.MEASURED: "measured",
}
_SHARE_UNITS: Final = {
    Unit.FRAME_WIDTH: "of the frame's width",
    Unit.GROWTH: "growth",
    Unit.FOCUS_RANGE: "of the depth range",
}


def plain(name: str) -> str:
    """A movement's name as people write it."""
    return name.replace("_", " ").capitalize().replace("counterclockwise", "counter-clockwise")


def headline(verdict: Verdict) -> str:
    """The movement, or that there is none to name."""
    return plain(verdict.measured) if verdict.measured else "Unknown movement"


def subline(verdict: Verdict) -> str:
    """The outcome in one line: against what was asked, how far, how sure."""
    words = []
    if verdict.asked and verdict.outcome is not Outcome.AS_ASKED:
        words.append(f"asked was {plain(verdict.asked).lower()}")
    if verdict.outcome is not Outcome.MEASURED:
        words.append(_OUTCOMES[verdict.outcome])
    far = amplitude(verdict)
    if far:
        words.append(far)
    if verdict.measured:
        words.append(f"{100 * verdict.confidence.probability:.0f} % sure")
    if verdict.score.value is not None:
        words.append(f"score {verdict.score.value:.2f}")
    return "   |   ".join(words)


def amplitude(verdict: Verdict) -> str:
    """How far the movement went, with its unit; nothing where it has none."""
    value = verdict.amplitude.value
    if value is None or verdict.unit is None:
        return ""
    if verdict.unit is Unit.RADIAN:
        return f"{value:.3f} rad ({value * 57.29578:.1f} deg)"
    return f"{100 * value:.1f} % {_SHARE_UNITS[verdict.unit]}"


def facts(verdict: Verdict) -> list[tuple[str, str]]:
    """Name and value of each figure beside the movement."""

    def share(value: float | None) -> str:
        return "not told" if value is None else f"{100 * value:.0f} %"

    flags = [
        word
        for word, on in (
            ("cut", verdict.has_cut),
            ("freeze", verdict.has_freeze),
            ("black border", verdict.has_black_border),
        )
        if on
    ]
    steady = verdict.steadiness.value
    return [
        ("Steadiness", "not told" if steady is None else f"{steady:.2f}"),
        ("Follows the camera", share(verdict.inlier_share.value)),
        ("Moves by itself", share(verdict.local_motion_share.value)),
        ("Defects", ", ".join(flags) or "none"),
        ("Loops", "yes" if verdict.loops else "no"),
    ]


def parts(verdict: Verdict) -> list[tuple[str, float]]:
    """Time, movement and probability of each part of a clip that has several."""
    return [
        (f"{part.start_s:.1f} s   {plain(part.measured) if part.measured else 'unknown'}", part.probability)
        for part in verdict.segments
    ]
