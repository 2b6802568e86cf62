"""Analyses of scenes as a cinematographer would know them, built figure by figure, and their mirror images."""

import re

from animatize.analyzer.v1 import analysis_pb2, composition_pb2, space_pb2
from animatize.predictor.v1 import prediction_pb2
from animatize.type.v1 import geometry_pb2, measure_pb2
from film.movement import Movement, mirrored
from predictor.core.vocabulary import VOCABULARY
from predictor.rpc import enums

Analysis = analysis_pb2.SceneAnalysis


_SIDES = {
    "left": "right",
    "right": "left",
    "clockwise": "counter-clockwise",
    "counter-clockwise": "clockwise",
}


def measure(value, quality=0.8):
    return measure_pb2.Measure(value=value, quality=quality)


def set_measures(message, **values):
    for name, value in values.items():
        getattr(message, name).CopyFrom(measure(value))


def base(**composition) -> Analysis:
    """A clear outdoor photograph of nothing in particular."""
    scene = Analysis(information=measure(0.8))
    set_measures(scene.light, brightness=0.5, contrast=0.6, key=0.0, warmth=0.1, hardness=0.45, golden_hour=0.1)
    set_measures(scene.focus, sharpness=0.7, shallowness=0.2, noise=2.0, near_sharp=0.0)
    set_measures(
        scene.lines, level_share=0.3, upright_share=0.3, diagonal_share=0.2, leading_share=0.05, edge_density=0.08
    )
    figures = {
        "thirds": 0.3, "balance": 0.5, "symmetry": 0.1, "negative_space": 0.15, "negative_space_side": 0.0,
        "framing": 0.1, "s_curve": 0.1, "concentration": 0.3, "subject_size": 0.15, "upright_extent": 0.3,
        "open_left": 0.4, "open_right": 0.4, "open_top": 0.2, "open_bottom": 0.3,
    }  # fmt: skip
    set_measures(scene.composition, **(figures | composition))
    scene.composition.salient_centre.CopyFrom(geometry_pb2.Point(x=0.5, y=0.5))
    depth(scene, quality=0.5, reach=0.5, near=0.2, middle=0.5, far=0.3, separation=0.2, ground=0.2)
    set_measures(scene.scene, outdoor=0.8)
    return scene


def depth(scene, *, quality, reach, near, middle, far, separation, ground):
    scene.depth.quality = quality
    set_measures(scene.depth, range=reach, near_share=near, middle_share=middle, far_share=far)
    set_measures(scene.depth, separation=separation, ground_plane=ground, outline_on_edges=0.5)


def kind(scene, **scores):
    for name, probability in scores.items():
        scene.scene.scores.add(kind=enums.SCENE.number(name), probability=probability)


def region(scene, name, share, quality=0.8, box=(0.0, 0.5, 1.0, 0.5)):
    left, top, width, height = box
    scene.regions.add(
        kind=enums.REGION.number(name), share=share, quality=quality,
        box=geometry_pb2.Box(left=left, top=top, width=width, height=height),
        centre=geometry_pb2.Point(x=left + width / 2, y=top + height / 2),
    )  # fmt: skip


def subject(scene, name="object", *, box=(0.375, 0.375, 0.25, 0.25), prominence=0.5, quality=0.7, **measures):
    left, top, width, height = box
    found = scene.subjects.add(
        kind=enums.SUBJECT.number(name), quality=quality, prominence=prominence,
        box=geometry_pb2.Box(left=left, top=top, width=width, height=height),
        centre=geometry_pb2.Point(x=left + width / 2, y=top + height / 2),
    )  # fmt: skip
    set_measures(found, **measures)
    return found


def corridor() -> Analysis:
    scene = base(symmetry=0.2)
    scene.vanishing_point.CopyFrom(
        space_pb2.VanishingPoint(point=geometry_pb2.Point(x=0.5625, y=0.5), uncertainty=0.02, quality=0.8, support=0.4)
    )
    set_measures(scene.lines, leading_share=0.45)
    depth(scene, quality=0.6, reach=0.7, near=0.3, middle=0.4, far=0.3, separation=0.1, ground=0.7)
    set_measures(scene.scene, outdoor=0.2)
    kind(scene, interior=0.7, city=0.3)
    return scene


def sea() -> Analysis:
    scene = base(concentration=0.2, subject_size=0.05, open_left=0.3, open_right=0.3)
    scene.horizon.CopyFrom(space_pb2.Horizon(y=0.5, tilt_deg=0.0, quality=0.9, kind=space_pb2.HORIZON_KIND_WATER))
    region(scene, "water", 0.5)
    region(scene, "sky", 0.45, box=(0.0, 0.0, 1.0, 0.5))
    kind(scene, waterside=0.8, landscape=0.2)
    depth(scene, quality=0.5, reach=0.6, near=0.2, middle=0.3, far=0.5, separation=0.05, ground=0.2)
    return scene


def valley() -> Analysis:
    scene = base(subject_size=0.08)
    scene.horizon.CopyFrom(space_pb2.Horizon(y=0.35, tilt_deg=0.5, quality=0.8, kind=space_pb2.HORIZON_KIND_LAND))
    region(scene, "vegetation", 0.5)
    region(scene, "sky", 0.3, box=(0.0, 0.0, 1.0, 0.3))
    kind(scene, landscape=0.8, waterside=0.2)
    depth(scene, quality=0.6, reach=0.8, near=0.1, middle=0.4, far=0.5, separation=0.1, ground=0.8)
    return scene


def tower() -> Analysis:
    scene = base(upright_extent=0.85, open_top=0.5)
    set_measures(scene.lines, upright_share=0.7, level_share=0.1, upright_convergence=0.5)
    scene.composition.salient_centre.CopyFrom(geometry_pb2.Point(x=0.5, y=0.7))
    region(scene, "man_made", 0.6)
    kind(scene, city=0.9, landscape=0.1)
    return scene


def vase() -> Analysis:
    """A thing on a table, apart from its ground, room on its right."""
    scene = base(concentration=0.5, subject_size=0.2, open_left=0.1, open_right=0.1)
    subject(scene, box=(0.2, 0.175, 0.35, 0.65), compactness=0.8, lead_room=0.4, nearness=0.9)
    depth(scene, quality=0.6, reach=0.4, near=0.25, middle=0.25, far=0.5, separation=0.9, ground=0.1)
    set_measures(scene.scene, outdoor=0.1)
    kind(scene, still_life=0.8, interior=0.2)
    return scene


def macro() -> Analysis:
    """An insect that fills the frame before blur."""
    scene = base(concentration=0.6, subject_size=0.55, upright_extent=0.1)
    set_measures(scene.focus, shallowness=0.9, near_sharp=0.7)
    subject(scene, box=(0.25, 0.25, 0.5, 0.5), compactness=0.3, nearness=0.9)
    depth(scene, quality=0.25, reach=0.3, near=0.4, middle=0.1, far=0.5, separation=0.5, ground=0.0)
    kind(scene, close_up=0.9, forest=0.1)
    return scene


def portrait() -> Analysis:
    """A person who looks to the right, with room there."""
    scene = base(concentration=0.6, subject_size=0.3)
    face = scene.faces.add(quality=0.8, box=geometry_pb2.Box(left=0.25, top=0.25, width=0.125, height=0.25))
    face.gaze.CopyFrom(measure(0.7))
    subject(scene, "person", box=(0.125, 0.125, 0.375, 0.75), prominence=0.7, lead_room=0.375, compactness=0.3)
    scene.shot.scale = composition_pb2.SHOT_SCALE_MEDIUM_CLOSE_UP
    scene.shot.scale_quality = 0.6
    kind(scene, portrait=0.9, interior=0.1)
    return scene


def page() -> Analysis:
    scene = base(concentration=0.4, subject_size=0.2)
    depth(scene, quality=0.1, reach=0.05, near=0.3, middle=0.4, far=0.3, separation=0.0, ground=0.0)
    subject(scene, prominence=0.4)
    kind(scene, document=0.9, interior=0.1)
    return scene


def facade() -> Analysis:
    """The front of a palace, on its axis."""
    scene = base(symmetry=0.9, balance=0.95, upright_extent=0.4)
    kind(scene, city=1.0)
    return scene


def gate() -> Analysis:
    scene = base(framing=0.85)
    scene.composition.framing_opening.CopyFrom(geometry_pb2.Point(x=0.625, y=0.5))
    return scene


def heath() -> Analysis:
    """Three layers, the weight of the scene to the right."""
    scene = base(open_right=0.8, open_left=0.2)
    scene.composition.salient_centre.CopyFrom(geometry_pb2.Point(x=0.625, y=0.55))
    depth(scene, quality=0.7, reach=0.8, near=0.3, middle=0.35, far=0.35, separation=0.5, ground=0.2)
    return scene


def panorama() -> Analysis:
    """A skyline whose weight lies on the left."""
    scene = base(open_left=0.7, concentration=0.2, subject_size=0.05)
    set_measures(scene.lines, level_share=0.6)
    scene.composition.salient_centre.CopyFrom(geometry_pb2.Point(x=0.25, y=0.5))
    scene.horizon.CopyFrom(space_pb2.Horizon(y=0.75, tilt_deg=-0.5, quality=0.6, kind=space_pb2.HORIZON_KIND_SKYLINE))
    kind(scene, city=0.4, landscape=0.6)
    depth(scene, quality=0.4, reach=0.4, near=0.1, middle=0.2, far=0.7, separation=0.1, ground=0.1)
    return scene


def slanted_sea() -> Analysis:
    scene = sea()
    scene.horizon.tilt_deg = 6.0
    del scene.regions[:]
    return scene


def car() -> Analysis:
    scene = base(concentration=0.5)
    set_measures(scene.focus, motion_blur=0.7)
    subject(scene, "vehicle", box=(0.5, 0.5, 0.25, 0.25), quality=0.8, heading=-0.9, lead_room=-0.25, compactness=0.5)
    return scene


def flat() -> Analysis:
    scene = Analysis(information=measure(0.02))
    set_measures(scene.composition, symmetry=1.0, balance=1.0)
    return scene


SCENES = {
    scene.__name__: scene
    for scene in (
        corridor, sea, valley, tower, vase, macro, portrait, page, facade, gate, heath, panorama, slanted_sea, car, flat
    )
}  # fmt: skip


def mirror(analysis: Analysis) -> Analysis:
    """The analysis of the same still mirrored left to right."""
    scene = Analysis()
    scene.CopyFrom(analysis)
    composition = scene.composition
    for message in (scene.light.direction, scene.lines.diagonal_bias, scene.focus.motion_blur_angle_deg,
                    composition.negative_space_side, composition.near_edge_side, scene.light.warm_side,
                    scene.shot.tilt_deg):  # fmt: skip
        _negate(message)
    left, right = measure_pb2.Measure(), measure_pb2.Measure()
    left.CopyFrom(composition.open_left)
    right.CopyFrom(composition.open_right)
    composition.open_left.CopyFrom(right)
    composition.open_right.CopyFrom(left)
    if scene.HasField("horizon"):
        scene.horizon.tilt_deg = 0.0 - scene.horizon.tilt_deg
    if scene.HasField("vanishing_point"):
        _flip(scene.vanishing_point.point)
        ellipse = scene.vanishing_point.ellipse
        ellipse.angle_deg = 0.0 - ellipse.angle_deg
    if scene.light.HasField("strongest_source"):
        _flip(scene.light.strongest_source)
    for name in ("thirds_point", "salient_centre", "framing_opening"):
        if composition.HasField(name):
            _flip(getattr(composition, name))
    for item in scene.regions:
        _flip_box(item.box)
        _flip(item.centre)
    for item in scene.subjects:
        _flip_box(item.box)
        _flip(item.centre)
        _negate(item.heading)
        _negate(item.lead_room)
    for item in scene.people:
        _flip_box(item.box)
    for item in scene.faces:
        _flip_box(item.box)
        _negate(item.gaze)
    return scene


def mirror_prediction(prediction: prediction_pb2.Prediction) -> prediction_pb2.Prediction:
    """The same prediction as it must read for the mirrored still, texts included."""
    found = prediction_pb2.Prediction()
    found.CopyFrom(prediction)
    cameras = [*found.camera]
    for place, number in enumerate(found.prediction_set):
        found.prediction_set[place] = _movement(number)
    for verdict in found.stability.variants:
        verdict.movement = _movement(verdict.movement) if verdict.movement else verdict.movement
    if found.HasField("best"):
        cameras.append(found.best.camera)
        if found.best.HasField("subject"):
            _mirror_subject(found.best.subject)
        for item in found.best.environment:
            _mirror_environment(item)
    if found.abstention.HasField("nearest"):
        cameras.append(found.abstention.nearest)
    if found.HasField("abstention"):
        found.abstention.explanation = _text(found.abstention.explanation)
    for camera in cameras:
        camera.move.movement = _movement(camera.move.movement)
        if camera.move.HasField("anchor"):
            _flip(camera.move.anchor)
        camera.would_change = _text(camera.would_change)
        _mirror_reasons(camera)
    for item in found.subject:
        _mirror_subject(item)
    for item in found.environment:
        _mirror_environment(item)
    return found


def _mirror_subject(item):
    item.heading = 0.0 - item.heading
    item.would_change = _text(item.would_change)
    _mirror_reasons(item)


def _mirror_environment(item):
    if item.HasField("box"):
        _flip_box(item.box)
    item.would_change = _text(item.would_change)
    _mirror_reasons(item)


def _mirror_reasons(item):
    item.justification = _text(item.justification)
    for fact in [*item.evidence, *item.counter_evidence]:
        if fact.metric in VOCABULARY:
            metric = VOCABULARY[fact.metric]
            fact.metric, fact.value = metric.twin, metric.mirrored(fact.value)
        fact.sentence = _text(fact.sentence)


def _text(text: str) -> str:
    # Whole words only: "upright" has no side.
    return re.sub(r"counter-clockwise|clockwise|\bleft\b|\bright\b", lambda found: _SIDES[found.group()], text)


def _movement(number):
    return enums.MOVEMENT.number(mirrored(Movement(enums.MOVEMENT.name(number))))


def _negate(message):
    if message.HasField("value"):
        message.value = 0.0 - message.value


def _flip(point):
    point.x = 1 - point.x


def _flip_box(box):
    box.left = 1 - box.left - box.width
