"""From a still and a plan to a clip that was measured: decode, plan, render and encode, check."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
from numpy.typing import NDArray

from film.stills import Limits, read_header
from generator.core.errors import ClipTooLarge
from generator.core.keyframes import render_keyframes
from generator.core.models import refuse_foreign_models
from generator.core.order import CameraMove, Order, Scene
from generator.core.ports import ClipReader, Encoder, EncodeSettings, Watch
from generator.core.profile import Profile, make_profile
from generator.core.render.frames import Frames
from generator.core.render.known import known_of
from generator.core.render.scenery import prepare
from generator.core.render.shot import Shot, plan_shot
from generator.core.result import Artifact, Delivered, Generation, Keyframes, Step, Verification
from generator.core.seeding import attempt_id, seed_of
from generator.core.verification import asked_of, facts_of, judge, read, verify

VERSION: Final = "1"
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

    limits: what stills are accepted.
    """

    def __init__(self, *, encoder: Encoder, reader: ClipReader, limits: Limits) -> None:
        self._encoder = encoder
        self._reader = reader
        self._limits = limits

    def generate(self, order: Order, *, watch: Watch, write: Sink, most_bytes: int) -> Generation:
        """The finished clip; `write` gets its bytes in order while they are made, perhaps from another thread.

        most_bytes: the largest file that is made.

        Raises film's StillError, WrongOrder, NotBuilt, ModelUnavailable, ClipTooLarge, and Cancelled when the watch
        says so. The same order gives the same bytes.
        """
        refuse_foreign_models(order.models)
        began = time.perf_counter_ns()
        steps = Steps(watch)
        seed = seed_of(order)
        shot = plan(order, seed=seed, steps=steps, limits=self._limits)
        with steps.step("render"):
            content, sha256 = self._encoded(shot, watch, write, most_bytes)
        with steps.step("motion_check"):
            clip = read(content, reader=self._reader, cancelled=watch.cancelled)
            watch.progress(0.5)
            verdict = judge(
                clip,
                asked=asked_of(order.plan.camera, shot.asked),
                known=known_of(shot),
                cancelled=watch.cancelled,
            )
        return Generation(
            artifact=Artifact(
                name=f"{sha256[:NAME_DIGITS]}.mp4",
                mime_type="video/mp4",
                content=content,
                sha256=sha256,
                facts=facts_of(clip),
            ),
            verdict=verdict,
            delivered=_delivered(order, shot),
            attempt_id=attempt_id(order),
            seed=seed,
            steps=(*steps.done, *_left_out(order)),
            took_s=(time.perf_counter_ns() - began) * _NANOS,
        )

    def _encoded(self, shot: Shot, watch: Watch, write: Sink, most_bytes: int) -> tuple[bytes, str]:
        """The clip's file and its SHA-256."""
        profile = shot.profile
        parts = bytearray()
        digest = hashlib.sha256()
        too_large = threading.Event()

        def keep(part: bytes) -> None:
            parts.extend(part)
            digest.update(part)
            if len(parts) > most_bytes:
                too_large.set()
            else:
                write(part)

        def counted() -> Iterator[NDArray[np.uint8]]:
            for done, frame in enumerate(Frames(shot).all(cancelled=watch.cancelled), start=1):
                if too_large.is_set():
                    raise ClipTooLarge(limit=most_bytes)
                yield frame
                watch.progress(done / profile.frames)

        settings = EncodeSettings(
            width_px=profile.width_px, height_px=profile.height_px, fps=profile.fps, preset=profile.preset
        )
        self._encoder.encode(counted(), settings, write=keep, cancelled=watch.cancelled)
        if too_large.is_set():
            raise ClipTooLarge(limit=most_bytes)
        return bytes(parts), digest.hexdigest()

    def keyframes(self, order: Order, *, watch: Watch) -> Keyframes:
        """Both ends of the movement, exactly as the clip would show them. Raises like generate."""
        refuse_foreign_models(order.models)
        steps = Steps(watch)
        shot = plan(order, seed=seed_of(order), steps=steps, limits=self._limits)
        with steps.step("render"):
            return render_keyframes(shot, cancelled=watch.cancelled)

    def verify(self, content: bytes, *, move: CameraMove | None, scene: Scene, watch: Watch) -> Verification:
        """What the camera of any clip did. Raises ClipError, WrongOrder; Cancelled when the watch says so."""
        return verify(content, move=move, scene=scene, reader=self._reader, watch=watch)


def plan(order: Order, *, seed: int, steps: Steps, limits: Limits) -> Shot:
    """The shot that an order asks for, decoded and planned."""
    camera = order.plan.camera
    with steps.step("decode"):
        header = read_header(order.still, limits=limits)
        still_px = (header.width_px, header.height_px)
        profile: Profile = make_profile(order.output, camera.easing, still_px=still_px)
        scenery = prepare(
            order.still, still_px=still_px, scene=order.scene, move=camera, profile=profile, limits=limits
        )
    with steps.step("plan"):
        return plan_shot(scenery, move=camera, profile=profile, seed=seed)


def _delivered(order: Order, shot: Shot) -> Delivered:
    return Delivered(
        asked=order.plan.camera,
        asked_amplitude=shot.asked,
        amplitude=shot.amplitude,
        cover_zoom=shot.cover.zoom,
        layers=1,
        relief=shot.scenery.surface.strength,
        reduced_because=shot.reduced_because,
    )


def _left_out(order: Order) -> list[Step]:
    """What was asked for and not made, said openly."""
    steps = []
    if order.plan.environment:
        asked = ", ".join(order.plan.environment)
        reason = f"the renderer moves the camera only; not made: {asked}"
        steps.append(Step(name="environment", duration_s=0.0, abstained_because=reason))
    if order.plan.subject:
        reason = f"only models can move a subject, and none made this clip; not made: {order.plan.subject}"
        steps.append(Step(name="subject", duration_s=0.0, abstained_because=reason))
    return steps
