"""What the analysis says in figures: sections of rows, each row a bar, a word or a dash."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from analyzer.adapters.explain_drawing.look import said
from analyzer.core.analysis import Measure, SceneAnalysis

_LIKELY_SHOWN: Final = 3
_DOUBTFUL: Final = (0.35, 0.65)
"""Between these, evidence for the open air says neither."""
_NO_INFORMATION: Final = 0.1
"""Information below which nothing that was seen means much."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    share: what the bar shows, 0..1, or -1..1 from the middle when signed; None for no bar. trust: 0..1. text: the
    figure in words, "" for a dash. parts: shares of a bar in parts, far to near.
    """

    label: str
    share: float | None = None
    trust: float = 1.0
    text: str = ""
    signed: bool = False
    parts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Figures that belong together."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """All that is written. title: the verdict; facts: lines below it; missing: what was not found, and why."""

    title: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
    missing: tuple[str, ...]


def account_of(analysis: SceneAnalysis) -> Account:
    """What is written beside the still. The same analysis always gives the same account: times are left out."""
    return Account(
        title=_title(analysis),
        facts=tuple(_facts(analysis)),
        sections=(
            Section("Scene", tuple(_scene(analysis))),
            Section("Light", tuple(_light(analysis))),
            Section("Focus", tuple(_focus(analysis))),
            Section("Composition", tuple(_composition(analysis))),
            Section("Lines", tuple(_lines(analysis))),
            Section("Depth", tuple(_depth(analysis))),
        ),
        missing=tuple(_missing(analysis)),
    )


def _title(analysis: SceneAnalysis) -> str:
    kind = said(analysis.scene.kind)
    if kind:
        return kind.capitalize()
    if analysis.information.or_else(0.0) <= _NO_INFORMATION:
        return "Nothing to tell"
    return "No scene told"


def _facts(analysis: SceneAnalysis) -> Iterator[str]:
    scene, file = analysis.scene, analysis.image
    told = []
    if said(scene.kind) and scene.confidence is not None:
        told.append(f"{_percent(scene.confidence.probability)} likely")
    if scene.outdoor.value is not None and scene.outdoor.quality > 0:
        told.append(_where(scene.outdoor.value))
    if time := said(scene.time_of_day):
        told.append(time)
    yield " · ".join(told) or "What kind of scene it is cannot be told."
    size = f"{file.format} {file.width_px} x {file.height_px}"
    models = [model.name for model in analysis.models if not model.unused_because]
    by = f"models: {', '.join(models)}" if models else "no added model"
    yield f"{size}, measured at {analysis.width_px} x {analysis.height_px}, version {analysis.pipeline_version}, {by}"


def _where(outdoor: float) -> str:
    if _DOUBTFUL[0] < outdoor < _DOUBTFUL[1]:
        return "indoors or outdoors"
    return "outdoors" if outdoor >= _DOUBTFUL[1] else "indoors"


def _scene(analysis: SceneAnalysis) -> Iterator[Row]:
    scene, shot = analysis.scene, analysis.shot
    for score in [score for score in scene.scores if score.probability >= 0.005][:_LIKELY_SHOWN]:
        # The headline says how often such a verdict is right; these are the kinds' shares of the evidence.
        yield Row(f"{said(score.kind)}, share", score.probability, text=_percent(score.probability))
    yield _bar("outdoors", scene.outdoor)
    yield Row("time of day", trust=scene.time_of_day_quality, text=said(scene.time_of_day))
    yield Row("shot", trust=shot.scale_quality, text=said(shot.scale))
    yield Row("camera", trust=shot.angle_quality, text=said(shot.angle))
    yield _words("tilt", shot.tilt_deg, "{:+.1f}°")
    yield _bar("information", analysis.information)


def _light(analysis: SceneAnalysis) -> Iterator[Row]:
    light = analysis.light
    yield _bar("brightness", light.brightness)
    yield _bar("contrast", light.contrast)
    yield _bar("low or high key", light.key, signed=True)
    yield _bar("saturation", light.saturation)
    yield _bar("cool or warm", light.warmth, signed=True)
    yield _words("temperature", light.colour_temperature_kelvin, "{:.0f} K")
    yield _bar("two temperatures", light.temperature_contrast)
    yield _bar("golden hour", light.golden_hour)
    yield _bar("night", light.night)
    yield _bar("lamps in view", light.practicals)
    yield _bar("left or right light", light.direction, signed=True)
    yield _bar("hard shadows", light.hardness)
    yield _bar("lifted shadows", light.fill)
    yield _bar("backlight", light.backlight)
    yield _bar("rim light", light.rim_light)
    yield _bar("haze", light.haze)
    yield _bar("clipped lights", light.clipped_lights)


def _composition(analysis: SceneAnalysis) -> Iterator[Row]:
    found = analysis.composition
    yield _bar("subject fills", found.subject_size)
    yield _bar("concentration", found.concentration)
    yield _bar("thirds, crossing", found.thirds)
    yield _bar("thirds, lines", found.thirds_lines)
    yield _bar("balance", found.balance)
    yield _bar("symmetry", found.symmetry)
    yield _bar("diagonal", found.diagonal_dominance)
    yield _bar("S-curve", found.s_curve)
    yield _bar("framing", found.framing)
    yield _bar("empty space", found.negative_space)
    yield _bar("near figure at edge", found.near_edge_figure)
    yield _bar("colour harmony", found.colour_harmony)
    yield Row("colours", trust=found.colour_harmony.quality, text=said(found.colour_scheme))


def _depth(analysis: SceneAnalysis) -> Iterator[Row]:
    depth = analysis.depth
    yield Row("quality", depth.quality, text=f"{depth.quality:.2f}")
    layers = (depth.far_share, depth.middle_share, depth.near_share)
    parts = tuple(one.value for one in layers if one.value is not None)
    whole = len(parts) == len(layers)
    yield Row("layers", trust=depth.quality, parts=parts if whole else ())
    yield _bar("range", depth.range)
    yield _bar("near stands out", depth.separation)
    yield _bar("its outline on edges", depth.outline_on_edges)
    yield _bar("open ground", depth.ground_plane)
    for at, cue in enumerate(depth.cues):
        yield Row("" if at else "told from", trust=1.0, text=said(cue))
    if not depth.cues:
        yield Row("told from")


def _lines(analysis: SceneAnalysis) -> Iterator[Row]:
    lines, meeting = analysis.lines, analysis.vanishing_point
    horizon = None if analysis.horizon is None else analysis.horizon.quality
    yield Row("horizon trust", horizon, text="" if horizon is None else f"{horizon:.2f}")
    trust = None if meeting is None else meeting.quality
    yield Row("meeting point trust", trust, text="" if trust is None else f"{trust:.2f}")
    yield _bar("lead to it", lines.leading_share)
    yield _bar("level", lines.level_share)
    yield _bar("upright", lines.upright_share)
    yield _bar("diagonal", lines.diagonal_share)
    yield _bar("edges", lines.edge_density)


def _focus(analysis: SceneAnalysis) -> Iterator[Row]:
    focus = analysis.focus
    yield _bar("sharpness", focus.sharpness)
    yield _bar("shallow focus", focus.shallowness)
    yield _bar("far or near sharp", focus.near_sharp, signed=True)
    yield _bar("discs of light", focus.bokeh)
    yield _bar("motion blur", focus.motion_blur)
    yield _words("noise, grey levels", focus.noise, "{:.1f}")


def _missing(analysis: SceneAnalysis) -> Iterator[str]:
    """Why steps gave nothing; of a still too small for any step, the one reason for all."""
    reasons = [one.abstained_because for one in analysis.stages if one.abstained_because]
    reasons += [f"{one.name} was not used: {one.unused_because}" for one in analysis.models if one.unused_because]
    if not reasons and analysis.light.brightness.absent_because:
        reasons.append(analysis.light.brightness.absent_because)
    yield from (f"{reason.rstrip('.')[:1].upper()}{reason.rstrip('.')[1:]}." for reason in dict.fromkeys(reasons))


def _bar(label: str, measure: Measure, *, signed: bool = False) -> Row:
    if measure.value is None:
        return Row(label)
    least = -1.0 if signed else 0.0
    shown = min(1.0, max(least, measure.value))
    text = f"{measure.value:+.2f}" if signed else f"{measure.value:.2f}"
    return Row(label, shown, trust=measure.quality, text=text, signed=signed)


def _words(label: str, measure: Measure, form: str) -> Row:
    return Row(label, trust=measure.quality, text="" if measure.value is None else form.format(measure.value))


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
