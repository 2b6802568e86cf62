"""`animatize analyze` and `animatize predict`: what is in stills, and how a camera could move there, without a clip."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from animatize.gateway.v1 import animation_pb2
from animatize.predictor.v1 import predictor_pb2
from animatize_cli import figures, files, folder, session, stages
from animatize_cli.exits import Exit, Problem
from animatize_cli.interruption import Interruption
from animatize_cli.options import Wishes
from animatize_cli.screen import Screen
from animatize_cli.terminal import Terminal


async def analyze(
    stills: Sequence[Path], target: session.Target, *, terminal: Terminal, interruption: Interruption
) -> int:
    """Tells each still, of folders those that are in them; one that cannot be used never ends the others.

    The exit code is that of the first failure. Raises Problem when no mesh can be had.
    """
    if any(path.is_dir() for path in stills):
        return await folder.analyze(stills, target, terminal=terminal, interruption=interruption)
    worst = Exit.OK
    with Screen(terminal.console(machine=target.machine)) as screen:
        async with session.reached(target, screen=screen, interruption=interruption) as gateway:
            for path in stills:
                try:
                    content = files.read_still(path)
                    screen.waiting(f"Looking at {path.name}")
                    response = await gateway.analyze(content)
                except Problem as problem:
                    # Nobody there: the others would fail the same way.
                    if problem.exit_code is Exit.UNREACHABLE:
                        raise
                    worst = worst or problem.exit_code
                    if target.machine:
                        terminal.say_json({"image": str(path), "error": problem.as_json()})
                    Screen(terminal.errors()).problem(problem)
                    continue
                if target.machine:
                    terminal.say_json({"image": str(path), "analysis": session.as_json(response.analysis)})
                aside = ", ".join(filter(None, (figures.size(len(content)), stages.origin(response.source))))
                screen.result(str(path), stages.of_analysis(response.analysis), aside=aside)
    return worst


async def predict(
    still: Path, wishes: Wishes, target: session.Target, *, terminal: Terminal, interruption: Interruption
) -> int:
    """Tells what is in the still and how the camera could move. ABSTAINED when the still gives no movement."""
    content = files.read_still(still)
    with Screen(terminal.console(machine=target.machine)) as screen:
        screen.title(still.name, aside=figures.size(len(content)))
        screen.line()
        async with session.reached(target, screen=screen, interruption=interruption) as gateway:
            screen.waiting(stages.DOING[animation_pb2.STAGE_ANALYZE])
            analyzed = await gateway.analyze(content)
            screen.result(
                stages.TITLES[animation_pb2.STAGE_ANALYZE],
                stages.of_analysis(analyzed.analysis),
                aside=stages.origin(analyzed.source),
            )
            screen.waiting(stages.DOING[animation_pb2.STAGE_PREDICT])
            request = predictor_pb2.PredictMovementRequest(analysis=analyzed.analysis, intent=wishes.intent())
            prediction = (await gateway.predict(request)).prediction
            screen.result(stages.TITLES[animation_pb2.STAGE_PREDICT], stages.of_prediction(prediction))
        if target.machine:
            analysis = session.as_json(analyzed.analysis)
            terminal.say_json({"image": str(still), "analysis": analysis, "prediction": session.as_json(prediction)})
    return Exit.ABSTAINED if prediction.HasField("abstention") else Exit.OK
