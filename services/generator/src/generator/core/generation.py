"""From a still and a plan to a clip that was measured: decode, plan, render and encode, check."""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from film.movement import family
from film.stills import Header, Limits, read_header
from generator.core.encoding import File, make_file, read_back
from generator.core.forms import FORMS, CodecPolicy, settled_format
from generator.core.keyframes import render_keyframes
from generator.core.memory import generation_bytes, keyframes_bytes, verification_bytes
from generator.core.models import Estimate, estimates, refuse_foreign_models
from generator.core.order import CameraMove, Order, Scene
from generator.core.ports import ClipReader, Encoder, Watch
from generator.core.profile import Profile, make_profile
from generator.core.provenance import Provenance
from generator.core.render.amplitude import UNIT
from generator.core.render.course import focus_moves
from generator.core.render.environment import Environment, make_environment, moves_canvas
from generator.core.render.frames import Frames
from generator.core.render.known import known_of
from generator.core.render.scenery import Scenery, prepare
from generator.core.render.shot import Shot, plan_shot
from generator.core.render.side_by_side import ALONE, Hands, Spare
from generator.core.result import Artifact, ClipFacts, Delivered, Generation, Keyframes, Step, Verification
from generator.core.seeding import attempt_id, seed_of
from generator.core.verification import asked_of, facts_of, judge, verify

VERSION: Final = "5"
"""Of the renderer; it changes whenever the same order may give other bytes."""

STAGES: Final = ("decode", "plan", "render", "motion_check")
"""The steps of the work, in order."""

NAME_DIGITS: Final = 16
_NANOS: Final = 1e-9

Sink = Callable[[bytes], None]


class Steps:
    """Keeps the time of every step while the watch sees it too."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.done: list[Step] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """The block is one step."""
        began = time.perf_counter_ns()
        with self._watch.stage(name):
            self._watch.progress(0.0)
            yield
            self._watch.progress(1.0)
        self.done.append(Step(name=name, duration_s=(time.perf_counter_ns() - began) * _NANOS))


class Generator:
    """Makes clips with the local renderer. Stateless: calls may run side by side in several threads.

    limits: what stills are accepted. policy: which encoders may be used. hands: threads that help to take stills apart.
    """

    def __init__(
        self,
        *,
        encoder: Encoder,
        reader: ClipReader,
        limits: Limits,
        policy: CodecPolicy = CodecPolicy.ANY,
        hands: Hands = ALONE,
    ) -> None:
        self._encoder = encoder
        self._reader = reader
        self._limits = limits
        self._policy = policy
        self._hands = hands

    def generate(self, order: Order, *, watch: Watch, write: Sink, most_bytes: int) -> Generation:
        """The finished clip; `write` gets its bytes in order while they are made, perhaps from another thread.

        most_bytes: the largest file that is made.

        Raises film's StillError, WrongOrder (CodecRefused among it), ModelUnavailable, ClipTooLarge, and Cancelled when
        the watch says so. The same order gives the same bytes.
        """
        refuse_foreign_models(order.models)
        order = self._settled(order)
        began = time.perf_counter_ns()
        steps = Steps(watch)
        seed = seed_of(order)
        shot = plan(order, seed=seed, steps=steps, limits=self._limits, hands=self._hands)
        spare = Spare()
        with steps.step("render"):
            made = make_file(
                Frames(shot, hands=Hands(spare)).all(cancelled=watch.cancelled),
                shot.profile,
                encoder=self._encoder,
                provenance=_provenance(order, shot, seed=seed),
                watch=watch,
                write=write,
                most_bytes=most_bytes,
                spare=spare,
            )
        with steps.step("motion_check"):
            clip = read_back(made.content, shot.profile, reader=self._reader, cancelled=watch.cancelled)
            watch.progress(0.5)
            verdict = judge(
                clip,
                # What is made together has no one name that could be asked for.
                asked=asked_of(order.plan.camera, shot.asked) if order.plan.alone else None,
                known=known_of(shot),
                cancelled=watch.cancelled,
            )
        return Generation(
            artifact=_artifact(made, shot.profile, facts_of(clip)),
            poster=_poster(made, shot.profile),
            verdict=verdict,
            delivered=_delivered(order, shot),
            attempt_id=attempt_id(order),
            seed=seed,
            steps=(*steps.done, *_left_out(order, shot)),
            took_s=(time.perf_counter_ns() - began) * _NANOS,
        )

    def memory(self, order: Order, *, most_bytes: int, copies: int) -> int:
        """Bytes of memory that `generate` may take for an order, from the still's header alone.

        most_bytes: the largest file that is made. copies: how often it is in memory at once. Raises like `generate`.
        """
        refuse_foreign_models(order.models)
        order = self._settled(order)
        header, profile = _form(order, self._limits)
        return generation_bytes(header, profile, order.plan, most_bytes=most_bytes, copies=copies)

    def keyframes_memory(self, order: Order) -> int:
        """Bytes of memory that `keyframes` may take. Raises like `generate`."""
        refuse_foreign_models(order.models)
        return keyframes_bytes(*_form(self._settled(order), self._limits), order.plan)

    def verification_memory(self, content: bytes) -> int:
        """Bytes of memory that `verify` may take for a clip."""
        return verification_bytes(self._reader.frame_px(content))

    def estimates(self, order: Order) -> tuple[Estimate, ...]:
        """Who would make the order, for how much, or why not."""
        return estimates(order, self._policy)

    def _settled(self, order: Order) -> Order:
        """The order with the format that is written, also where it left that out."""
        made = settled_format(order.output.format, self._policy)
        return replace(order, output=replace(order.output, format=made))

    def keyframes(self, order: Order, *, watch: Watch) -> Keyframes:
        """Both ends of the movement, exactly as the clip would show them. Raises like generate."""
        refuse_foreign_models(order.models)
        order = self._settled(order)
        steps = Steps(watch)
        shot = plan(order, seed=seed_of(order), steps=steps, limits=self._limits, hands=self._hands)
        with steps.step("render"):
            return render_keyframes(shot, cancelled=watch.cancelled)

    def verify(
        self, content: bytes, *, move: CameraMove | None, scene: Scene, watch: Watch, filmstrip: bool = False
    ) -> Verification:
        """What the camera of any clip did, with its picture when a filmstrip is wanted.

        Raises ClipError, WrongOrder; Cancelled when the watch says so.
        """
        return verify(content, move=move, scene=scene, reader=self._reader, watch=watch, filmstrip=filmstrip)


def plan(order: Order, *, seed: int, steps: Steps, limits: Limits, hands: Hands = ALONE) -> Shot:
    """The shot that an order asks for, decoded and planned. hands: who works on it; they change nothing of it."""
    with steps.step("decode"):
        header, profile = _form(order, limits)
        still_px = (header.width_px, header.height_px)
        scenery = prepare(
            order.still,
            still_px=still_px,
            scene=order.scene,
            plan=order.plan,
            profile=profile,
            limits=limits,
            hands=hands,
        )
    with steps.step("plan"):
        return plan_shot(
            scenery,
            plan=order.plan,
            profile=profile,
            seed=seed,
            environment=_environment(order, scenery, profile, seed=seed),
            hands=hands,
        )


def _form(order: Order, limits: Limits) -> tuple[Header, Profile]:
    """What the still is and what the clip will be. Raises film's StillError, WrongOrder."""
    header = read_header(order.still, limits=limits)
    still_px = (header.width_px, header.height_px)
    return header, make_profile(order.output, order.plan.camera.easing, still_px=still_px)


def _environment(order: Order, scenery: Scenery, profile: Profile, *, seed: int) -> Environment:
    """What moves by itself. Raises WrongOrder for a map of regions that cannot be read."""
    moves = order.plan.environment
    refocused = focus_moves(order.plan)
    made = make_environment(
        [move for move in moves if not (refocused and moves_canvas(move))],
        canvas=scenery.canvas,
        regions=order.scene.regions,
        subject=order.scene.subject,
        profile=profile,
        seed=seed,
    )
    if not refocused:
        return made
    resting = tuple(f"{move.motion}: it rests while the lens refocuses" for move in moves if moves_canvas(move))
    return made._replace(left_out=(*made.left_out, *resting))


def _delivered(order: Order, shot: Shot) -> Delivered:
    return Delivered(
        asked=order.plan.camera,
        asked_amplitude=shot.asked,
        amplitude=shot.amplitude,
        cover_zoom=shot.cover.zoom,
        layers=shot.layers.count,
        relief=shot.scenery.surface.strength,
        reduced_because=shot.reduced_because,
        environment=shot.environment.made,
    )


def _provenance(order: Order, shot: Shot, *, seed: int) -> Provenance:
    unit = UNIT.get(family(order.plan.camera.movement))
    return Provenance(
        movement=order.plan.camera.movement,
        amplitude=shot.amplitude,
        unit=unit or "",
        seed=seed,
        version=VERSION,
    )


def _artifact(made: File, profile: Profile, facts: ClipFacts) -> Artifact:
    form = FORMS[profile.format]
    return Artifact(
        name=f"{made.sha256[:NAME_DIGITS]}.{form.suffix}",
        mime_type=form.mime_type,
        content=made.content,
        sha256=made.sha256,
        facts=facts,
    )


def _poster(made: File, profile: Profile) -> Artifact | None:
    if made.poster is None:
        return None
    sha256 = hashlib.sha256(made.poster).hexdigest()
    place = profile.bars
    return Artifact(
        name=f"{sha256[:NAME_DIGITS]}.jpg",
        mime_type="image/jpeg",
        content=made.poster,
        sha256=sha256,
        facts=ClipFacts(
            width_px=place.frame_width_px,
            height_px=place.frame_height_px,
            fps=0.0,
            frames=1,
            duration_s=0.0,
            container="jpeg",
            codec="jpeg",
        ),
    )


def _left_out(order: Order, shot: Shot) -> list[Step]:
    """What was asked for and not made, said openly."""
    steps = []
    if shot.environment.left_out:
        reason = f"not made: {'; '.join(shot.environment.left_out)}"
        steps.append(Step(name="environment", duration_s=0.0, abstained_because=reason))
    if order.plan.subject:
        reason = f"only models can move a subject, and none made this clip; not made: {order.plan.subject}"
        steps.append(Step(name="subject", duration_s=0.0, abstained_because=reason))
    return steps
