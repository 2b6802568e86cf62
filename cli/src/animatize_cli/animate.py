"""`animatize animate`: one still in, one clip out, told as it happens."""

from __future__ import annotations

import time
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from google.protobuf import json_format

from animatize.gateway.v1 import animation_pb2
from animatize_cli import figures, files, forms, session, stages
from animatize_cli.call import Gateway
from animatize_cli.exits import Exit, Problem
from animatize_cli.fact import Fact
from animatize_cli.interruption import Interruption
from animatize_cli.options import Wishes
from animatize_cli.screen import Screen
from animatize_cli.terminal import Terminal

#: What stages make; the same names in `StageResult` and in `Animation`.
_MADE: Final = frozenset({"analysis", "prediction", "expansion", "generation"})


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to animate and where to put what comes out.

    out: the clip, None for the usual place. result: also writes the whole result there, as proto JSON. poster: also
    writes the first frame there, as a JPEG.
    """

    still: Path
    out: Path | None
    result: Path | None
    poster: Path | None = None
    wishes: Wishes


async def animate(job: Job, target: session.Target, *, terminal: Terminal, interruption: Interruption) -> int:
    """The exit code. Raises Problem when no clip was made that was wanted."""
    content = files.read_still(job.still)
    form = forms.settled(job.wishes.form, job.out)
    clip = files.clip_path(job.still, job.out, suffix=forms.suffix_of(form))
    result = files.result_path(job.result, clip=clip)
    others = [clip] if result is None else [clip, result]
    poster = files.poster_path(job.poster, still=job.still, others=others)
    wishes = replace(job.wishes, form=form, poster=poster is not None)
    started = time.monotonic()
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(terminal.console(machine=target.machine)))
        landing = stack.enter_context(files.Landing(clip))
        # Taken before the call, so that a place that cannot be written is told before anything is made.
        record = None if result is None else stack.enter_context(files.Landing(result))
        shown = None if poster is None else stack.enter_context(files.Landing(poster))
        landings = _Landings(clip=landing, record=record, poster=shown)
        account = _Account(wishes, landings, screen, terminal if target.machine else None)
        screen.title(job.still.name, aside=figures.size(len(content)))
        screen.line()
        try:
            async with session.reached(target, screen=screen, interruption=interruption) as gateway:
                await account.follow(gateway, content)
                account.land()
        finally:
            account.write_result()
        return account.end(time.monotonic() - started)


@dataclass(frozen=True, kw_only=True)
class _Landings:
    """Where what comes out lands. record: the whole result, poster: the first frame; None where nobody wants it."""

    clip: files.Landing
    record: files.Landing | None
    poster: files.Landing | None


class _Account:
    """What was told so far. machine: where each event also goes as a line of JSON, None when nobody reads it."""

    def __init__(self, wishes: Wishes, landings: _Landings, screen: Screen, machine: Terminal | None) -> None:
        self._wishes = wishes
        self._landing = landings.clip
        self._record = landings.record
        self._poster = landings.poster
        self._screen = screen
        self._machine = machine
        self._animation = animation_pb2.Animation(outcome=animation_pb2.ANIMATION_OUTCOME_PARTIAL)

    async def follow(self, gateway: Gateway, content: bytes) -> None:
        """Makes the call and tells each event."""
        async with aclosing(gateway.animate(content, self._wishes.options())) as events:
            async for event in events:
                kind = event.WhichOneof("event")
                if self._machine is not None and kind != "chunk":
                    self._machine.say_json(session.as_json(event))
                self._on(kind, getattr(event, kind) if kind else None)

    def land(self) -> None:
        """Puts the clip in its place when there is one. Raises Problem when it is not what was promised."""
        if self._animation.outcome == animation_pb2.ANIMATION_OUTCOME_PARTIAL:
            raise Problem("The mesh ended the call without its result.")
        artifact = self._animation.generation.artifact
        if not self._animation.HasField("generation"):
            return
        if artifact.content and not self._landing.size_bytes:
            self._landing.write(artifact.content)
        if self._landing.size_bytes != artifact.size_bytes:
            raise Problem(f"The clip came with {self._landing.size_bytes} bytes of {artifact.size_bytes}.")
        if artifact.sha256 and artifact.sha256 != self._landing.sha256:
            raise Problem("The clip that came is not the one that was made: its SHA-256 differs.")
        self._landing.keep()
        if self._poster is not None and self._animation.generation.HasField("poster"):
            self._poster.write(self._animation.generation.poster.content)
            self._poster.keep()

    def write_result(self) -> None:
        """Writes the result where it is wanted; after a failure what was made until then."""
        if self._record is None or self._animation.request_id == "":
            return
        if self._animation.HasField("generation"):
            # The clip has a file of its own.
            self._animation.generation.artifact.ClearField("content")
            if self._animation.generation.HasField("poster"):
                self._animation.generation.poster.ClearField("content")
        text = json_format.MessageToJson(self._animation, indent=2, ensure_ascii=False)
        self._record.write(f"{text}\n".encode())
        self._record.keep()

    def end(self, took_s: float) -> int:
        """Says where everything is; the exit code."""
        animation = self._animation
        facts = []
        has_clip = animation.HasField("generation")
        if has_clip:
            facts.append(Fact("Clip", str(self._landing.path), main=True))
        else:
            facts.append(Fact("Clip", "none, as was asked for when the still gives no movement", doubt=True))
        if self._poster is not None and self._poster.size_bytes:
            facts.append(Fact("Poster", str(self._poster.path)))
        if self._record is not None:
            facts.append(Fact("Result", str(self._record.path)))
        facts.append(Fact("Cost", figures.cost(animation.cost, model=animation.generation.model)))
        if animation.trace_id:
            facts.append(Fact("Trace", animation.trace_id))
        facts.append(Fact("Took", figures.seconds(took_s)))
        if animation.outcome == animation_pb2.ANIMATION_OUTCOME_MINIMAL:
            facts.insert(1, Fact("", "the still gives no movement: this is a barely visible push", doubt=True))
        self._screen.facts(facts)
        if self._machine is not None:
            self._machine.say_json({"saved": self._saved(has_clip)})
        return Exit.OK if has_clip else Exit.ABSTAINED

    def _saved(self, has_clip: bool) -> dict[str, Any]:
        saved: dict[str, Any] = {}
        if has_clip:
            saved["clip"] = {
                "path": str(self._landing.path),
                "sizeBytes": self._landing.size_bytes,
                "sha256": self._landing.sha256,
            }
        if self._poster is not None and self._poster.size_bytes:
            saved["poster"] = {"path": str(self._poster.path)}
        if self._record is not None:
            saved["result"] = {"path": str(self._record.path)}
        return saved

    def _on(self, kind: str | None, told: Any) -> None:
        match kind:
            case "accepted":
                self._animation.request_id = told.request_id
                self._animation.trace_id = told.trace_id
            case "stage_started":
                self._screen.waiting(stages.DOING.get(told.stage, "Working"))
            case "stage_result":
                self._on_result(told)
            case "progress":
                self._screen.progress(told)
            case "chunk":
                self._landing.write(told.data, offset=told.offset)
            case "finished":
                self._animation.CopyFrom(told)

    def _on_result(self, told: Any) -> None:
        kind = told.WhichOneof("result")
        if kind in _MADE:
            getattr(self._animation, kind).CopyFrom(getattr(told, kind))
        timing = self._animation.timings.add(stage=told.stage)
        timing.duration.CopyFrom(told.duration)
        took = figures.seconds(told.duration.seconds + told.duration.nanos / 1e9)
        aside = ", ".join(filter(None, (took, stages.origin(told.source))))
        self._screen.result(stages.TITLES.get(told.stage, "Result"), stages.of_result(told), aside=aside)
