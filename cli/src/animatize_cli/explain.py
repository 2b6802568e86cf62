"""`animatize explain`: a picture of what was seen in a still."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from animatize_cli import figures, files, session, stages
from animatize_cli.exits import Exit, Problem
from animatize_cli.fact import Fact
from animatize_cli.interruption import Interruption
from animatize_cli.screen import Screen
from animatize_cli.terminal import Terminal


@dataclass(frozen=True, kw_only=True)
class Job:
    """What to draw and where to put it. out: None for the usual place. size_px: the drawing's longer side."""

    still: Path
    out: Path | None
    size_px: int


async def explain(job: Job, target: session.Target, *, terminal: Terminal, interruption: Interruption) -> int:
    """Writes the drawing and tells what is in the still. Raises Problem when there is none."""
    content = files.read_still(job.still)
    path = files.drawing_path(job.still, job.out)
    with Screen(terminal.console(machine=target.machine)) as screen, files.Landing(path) as landing:
        async with session.reached(target, screen=screen, interruption=interruption) as gateway:
            screen.waiting("Drawing what is in the still")
            response = await gateway.explain(content, size_px=job.size_px)
            if not response.png:
                raise Problem("The mesh answered without a drawing.")
            landing.write(response.png)
            landing.keep()
        screen.result(job.still.name, stages.of_analysis(response.analysis), aside=figures.size(len(content)))
        screen.facts([Fact("Drawing", str(path), main=True)])
        if target.machine:
            drawing = {"path": str(path), "sizeBytes": landing.size_bytes, "sha256": landing.sha256}
            analysis = session.as_json(response.analysis)
            terminal.say_json({"image": str(job.still), "analysis": analysis, "saved": {"drawing": drawing}})
    return Exit.OK
