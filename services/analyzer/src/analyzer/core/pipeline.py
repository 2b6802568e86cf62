"""The whole analysis: decode, choose a handedness, measure, mirror back."""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from analyzer.core import mirror
from analyzer.core.analysis import (
    Composition,
    Face,
    Horizon,
    MapKind,
    Measure,
    PersonFind,
    SceneAnalysis,
    SceneMaps,
    Swatch,
    VanishingPoint,
    blank,
)
from analyzer.core.arrays import Pixels, Plane
from analyzer.core.composition import measure_composition
from analyzer.core.depth import Clues, DepthMap, haze_of, tell_depth
from analyzer.core.detections import with_detections
from analyzer.core.faces import find_faces
from analyzer.core.focus import Sharpness, measure_focus, sharpness_of
from analyzer.core.frame import Frame, frame_of, too_small
from analyzer.core.glance import Eye, Glance
from analyzer.core.handedness import Handedness, canonical
from analyzer.core.horizon import find_horizon, trusted
from analyzer.core.information import measure_information
from analyzer.core.light import measure_light
from analyzer.core.lines import measure_lines
from analyzer.core.models import Consulted, Models, consult, given_depth
from analyzer.core.nothing import analysis_of_nothing
from analyzer.core.palette import SAMPLE_PX, measure_palette
from analyzer.core.people import find_people
from analyzer.core.picture import Options, Picture, decode_picture
from analyzer.core.ports import FaceDetectors, PeopleDetector, Watch
from analyzer.core.regions import Materials, find_regions, with_kind
from analyzer.core.saliency import saliency_of
from analyzer.core.scene import tell_scene, weighed
from analyzer.core.segments import Segments, find_segments
from analyzer.core.shot import tell_shot
from analyzer.core.stability import COMPARED, measure_stability
from analyzer.core.stages import Stages
from analyzer.core.subjects import find_subjects, with_nearness
from analyzer.core.vanishing import find_vanishing_point
from analyzer.core.version import PIPELINE_VERSION
from film.stills import Limits

_FACE_TO_BODY: Final = 6.0
"""A head with shoulders fills some six times its face."""


_NOTHING: Final = "The still tells nothing: it is flat, a gradient or noise."


class Analyzer:
    """Measures stills. Safe to use from several threads at once; the same pixels always give the same analysis."""

    def __init__(
        self,
        detectors: FaceDetectors,
        eye: Eye,
        *,
        people: PeopleDetector | None = None,
        models: Models | None = None,
        limits: Limits | None = None,
        pool: Executor | None = None,
    ) -> None:
        """people: a detector of standing people, or None. models: trained models that are asked too.

        limits: what is refused from a file's header. pool: threads for steps side by side, or None.
        """
        self._detectors = detectors
        self._eye = eye
        self._people_detector = people
        self.models: Final = models or Models()
        self._limits = limits or Limits()
        self._pool = pool

    def decode(self, content: bytes, options: Options, watch: Watch, *, sha256: str = "") -> Picture:
        """The still's pixels at the working size. Raises Cancelled, and film.stills.StillError for what is refused.

        sha256: of the bytes, for the analysis to name its file by; whoever needs that has mostly made it already.
        """
        return decode_picture(content, options, sha256=sha256, limits=self._limits, watch=watch)

    def measure(self, picture: Picture, options: Options, watch: Watch) -> SceneAnalysis:
        """The analysis of a decoded still. Raises Cancelled.

        One of a still and its exact mirror image is measured, the other gets the mirrored result: their analyses are
        mirror images exactly, and that of a symmetric still is its own.
        """
        stages = Stages(watch, self._pool, before=picture.reports)
        pixels, handedness = canonical(picture.still.pixels)
        if options.measure_stability:
            whole = self._measured(picture, pixels, replace(options, maps=options.maps | COMPARED), stages)
            compare = partial(measure_stability, picture, pixels, whole, self.measure, watch)
            stability = stages.run("stability", compare)
            stages.abstained("stability", stability.under_flip.absent_because)
            maps = whole.maps if options.maps >= COMPARED else replace(whole.maps, depth=None)
            analysis = replace(whole, maps=maps, stability=stability)
        else:
            analysis = self._measured(picture, pixels, options, stages)
        if handedness is Handedness.MIRRORED:
            analysis = mirror.mirrored(analysis)
        elif handedness is Handedness.SYMMETRIC:
            analysis = mirror.symmetric(analysis)
        return replace(analysis, stages=stages.reports())

    def _measured(self, picture: Picture, pixels: Pixels, options: Options, stages: Stages) -> SceneAnalysis:
        """The analysis of an image in the handedness that it has."""
        if too_small(pixels):
            return analysis_of_nothing(picture, stages.run("palette", lambda: measure_palette(pixels)))
        frame = stages.run("planes", lambda: frame_of(pixels))
        return _assembled(picture, frame, self._seen(frame, stages), options, stages)

    def _seen(self, frame: Frame, stages: Stages) -> "_Seen":
        """The first half: what can be seen in parts, independent of each other."""
        segments, sharpness, (faces, no_faces), palette, glance = stages.together(
            ("lines", lambda: find_segments(frame)),
            ("focus", lambda: sharpness_of(frame)),
            ("faces", lambda: find_faces(frame, self._detectors)),
            ("palette", lambda: measure_palette(frame.pixels_for(SAMPLE_PX))),
            ("glance", lambda: self._eye.look(frame.pixels)),
        )
        stages.abstained("faces", no_faces)
        people = self._people(frame, stages)
        information = stages.run("information", lambda: measure_information(frame, segments))
        told = information.or_else(0.0) > 0
        horizon, vanishing, saliency = stages.together(
            ("horizon", lambda: find_horizon(frame, segments, glance.signs.horizon) if told else None),
            ("vanishing point", lambda: find_vanishing_point(frame, segments)),
            ("saliency", lambda: saliency_of(frame, sharpness)),
        )
        consulted = Consulted()
        if self.models.identity:
            consulted = stages.run("models", lambda: consult(self.models, frame.pixels))
        return _Seen(
            segments, sharpness, faces, people, palette, information, horizon, vanishing, saliency, glance, consulted
        )

    def _people(self, frame: Frame, stages: Stages) -> tuple[PersonFind, ...]:
        """Standing people, when a detector of them was given."""
        detector = self._people_detector
        if detector is None:
            return ()
        people, nobody = stages.run("people", lambda: find_people(frame, detector))
        stages.abstained("people", nobody)
        return people


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What the first half of the pipeline found."""

    segments: Segments
    sharpness: Sharpness
    faces: tuple[Face, ...]
    people: tuple[PersonFind, ...]
    palette: tuple[Swatch, ...]
    information: Measure
    horizon: Horizon | None
    vanishing: VanishingPoint | None
    saliency: Plane
    glance: Glance
    consulted: Consulted


def _assembled(picture: Picture, frame: Frame, seen: _Seen, options: Options, stages: Stages) -> SceneAnalysis:
    """The second half: what the parts mean together."""
    told = seen.information.or_else(0.0)
    person = min(1.0, _FACE_TO_BODY * seen.faces[0].box.area) if seen.faces else 0.0
    chances = weighed(seen.glance.chances, told)
    materials = stages.run(
        "regions",
        lambda: find_regions(
            frame,
            seen.segments,
            trusted(seen.horizon),
            person=person,
            chances=chances,
            surfaces=seen.glance.surfaces,
            given=seen.consulted.materials,
        ),
    )
    horizon = with_kind(seen.horizon, materials)
    subjects, marks = stages.run(
        "subjects",
        lambda: find_subjects(
            seen.saliency, materials, seen.faces, information=told, people=seen.people, things=seen.glance.things
        ),
    )
    if seen.consulted.detections is not None:
        subjects, marks = with_detections(subjects, marks, seen.consulted.detections, seen.saliency)
    clues = Clues(
        information=told,
        horizon=horizon,
        vanishing=seen.vanishing,
        materials=materials,
        sharpness=seen.sharpness,
        subjects=subjects,
        marks=marks,
        haze=haze_of(frame, materials),
        segments=seen.segments,
    )
    depth = stages.run("depth", lambda: tell_depth(frame, clues, given_depth(seen.consulted, frame.edges)))
    subjects = with_nearness(subjects, marks, depth.cells, depth.figures.quality)
    light, composition = stages.together(
        ("light", lambda: measure_light(frame, clues)),
        (
            "composition",
            lambda: (
                measure_composition(
                    frame,
                    saliency=seen.saliency,
                    subjects=subjects,
                    marks=marks,
                    segments=seen.segments,
                    horizon=horizon,
                    sharpness=seen.sharpness,
                    nearness=depth.cells,
                )
                if told > 0
                else blank(Composition, _NOTHING)
            ),
        ),
    )
    lines = measure_lines(frame, seen.segments, seen.vanishing)
    shot = stages.run(
        "shot",
        lambda: tell_shot(
            faces=seen.faces,
            horizon=horizon,
            lines=lines,
            segments=seen.segments,
            size=(frame.width, frame.height),
            people=seen.people,
            vanishing=seen.vanishing,
        ),
    )
    analysis = SceneAnalysis(
        pixel_digest=picture.digest,
        pipeline_version=PIPELINE_VERSION,
        image=picture.facts,
        width_px=frame.width,
        height_px=frame.height,
        information=seen.information,
        light=light,
        palette=seen.palette,
        lines=lines,
        horizon=horizon,
        vanishing_point=seen.vanishing,
        depth=depth.figures,
        focus=measure_focus(frame, seen.sharpness, depth.cells, depth.figures.quality),
        regions=materials.regions,
        subjects=subjects,
        faces=seen.faces,
        people=seen.people,
        composition=composition,
        shot=shot,
        scene=tell_scene(
            chances,
            information=told,
            least_right=seen.glance.least_right,
            calibration_id=seen.glance.calibration_id,
        ),
        maps=_maps(options, seen.saliency, materials, depth, told),
        stages=(),
        models=seen.consulted.uses,
    )
    _note(stages, analysis, seen)
    return analysis


def _note(stages: Stages, analysis: SceneAnalysis, seen: _Seen) -> None:
    """Why steps that ran gave nothing."""
    stages.abstained("lines", "" if len(seen.segments) else "The still has no straight line.")
    stages.abstained("horizon", "" if analysis.horizon else "The still has no honest horizon.")
    stages.abstained("vanishing point", "" if analysis.vanishing_point else "Too few lines meet in one place.")
    stages.abstained("regions", "" if analysis.regions else "No area shows what it is made of.")
    stages.abstained("subjects", "" if analysis.subjects else "Nothing stands out from the rest.")
    stages.abstained("depth", analysis.depth.range.absent_because)


def _maps(options: Options, saliency: Plane, materials: Materials, depth: DepthMap, told: float) -> SceneMaps:
    """The maps that were asked for and could be measured."""
    asked = options.maps
    regions_quality = sum(region.share * region.quality for region in materials.regions)
    return SceneMaps(
        depth=depth.fine if MapKind.DEPTH in asked else None,
        saliency=saliency if MapKind.SALIENCY in asked else None,
        saliency_quality=round(min(1.0, 0.7 * told), 6) if MapKind.SALIENCY in asked else 0.0,
        regions=materials.labels if MapKind.REGIONS in asked else None,
        regions_quality=round(min(1.0, regions_quality), 6) if MapKind.REGIONS in asked else 0.0,
        foreground=depth.near if MapKind.FOREGROUND in asked else None,
    )
