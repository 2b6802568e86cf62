"""`animatize verify`: what the camera of a clip does, and whether that was asked."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from animatize.gateway.v1 import animation_pb2
from animatize.generator.v1 import generator_pb2, verdict_pb2
from animatize_cli import figures, files, motion, session, stages
from animatize_cli.call import Gateway
from animatize_cli.exits import Exit, Problem
from animatize_cli.fact import Fact
from animatize_cli.interruption import Interruption
from animatize_cli.screen import Screen
from animatize_cli.terminal import Terminal

#: How a comparison ends the command. An outcome that is not here is newer than this command, and so not told.
_EXITS: Final = {
    verdict_pb2.VERDICT_OUTCOME_AS_ASKED: Exit.OK,
    verdict_pb2.VERDICT_OUTCOME_EQUIVALENT: Exit.OK,
    verdict_pb2.VERDICT_OUTCOME_DIFFERENT: Exit.DIFFERENT,
    verdict_pb2.VERDICT_OUTCOME_UNKNOWN: Exit.UNTOLD,
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to measure. still: the photograph that the clip was made from, None when it is not known.

    movement: what was asked, the contract's number; None to measure alone. filmstrip: where the verdict's picture goes,
    None for nowhere.
    """

    clip: Path
    still: Path | None = None
    movement: int | None = None
    filmstrip: Path | None = None


async def verify(job: Job, target: session.Target, *, terminal: Terminal, interruption: Interruption) -> int:
    """Tells the verdict; the exit code says whether the movement was asked. Raises Problem when there is no verdict."""
    request = generator_pb2.VerifyMotionRequest(content=files.read_clip(job.clip))
    still = None if job.still is None else files.read_still(job.still)
    path = files.filmstrip_path(job.filmstrip, clip=job.clip, still=job.still)
    if job.movement is not None:
        # Without an amplitude of its own: however far it goes, it is as asked.
        asked: Any = request.asked
        asked.movement = job.movement
    request.draw_filmstrip = path is not None
    with ExitStack() as stack:
        screen = stack.enter_context(Screen(terminal.console(machine=target.machine)))
        # Taken before the call, so that a place that cannot be written is told before anything is measured.
        landing = None if path is None else stack.enter_context(files.Landing(path))
        screen.title(job.clip.name, aside=figures.size(len(request.content)))
        screen.line()
        async with session.reached(target, screen=screen, interruption=interruption) as gateway:
            if still is not None:
                await _look(gateway, still, request, screen=screen)
            screen.waiting("Measuring what the camera does")
            response = await gateway.verify(request)
            if not response.HasField("verdict"):
                raise Problem("The mesh answered without a verdict.")
            if landing is not None:
                _land(landing, response.verdict)
        screen.result("What the camera does", motion.of_verification(response))
        if landing is not None:
            screen.facts([Fact("Filmstrip", str(landing.path), main=True)])
        if target.machine:
            terminal.say_json(_line(job, response, landing))
    if job.movement is None:
        return Exit.OK
    return _EXITS.get(response.verdict.outcome, Exit.UNTOLD)


async def _look(gateway: Gateway, still: bytes, request: generator_pb2.VerifyMotionRequest, *, screen: Screen) -> None:
    """Looks at the photograph and adds what is there to the request."""
    screen.waiting(stages.DOING[animation_pb2.STAGE_ANALYZE])
    analyzed = await gateway.analyze(still, depth=True)
    screen.result(
        stages.TITLES[animation_pb2.STAGE_ANALYZE],
        stages.of_analysis(analyzed.analysis),
        aside=stages.origin(analyzed.source),
    )
    request.analysis.CopyFrom(analyzed.analysis)


def _land(landing: files.Landing, verdict: verdict_pb2.MotionVerdict) -> None:
    if not verdict.filmstrip_png:
        raise Problem("The mesh answered without a filmstrip.")
    landing.write(verdict.filmstrip_png)
    landing.keep()
    # It has a file of its own.
    verdict.ClearField("filmstrip_png")


def _line(job: Job, response: generator_pb2.VerifyMotionResponse, landing: files.Landing | None) -> dict[str, Any]:
    line: dict[str, Any] = {"clip": str(job.clip), "verification": session.as_json(response)}
    if job.still is not None:
        line["image"] = str(job.still)
    if landing is not None:
        drawing = {"path": str(landing.path), "sizeBytes": landing.size_bytes, "sha256": landing.sha256}
        line["saved"] = {"filmstrip": drawing}
    return line
