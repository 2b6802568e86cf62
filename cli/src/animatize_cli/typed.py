"""The arguments that several commands share, with what their help says."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from animatize_cli import options
from chassis.server import LONGEST_CALL_S

Still = Annotated[
    Path, typer.Argument(metavar="IMAGE", show_default=False, help="The photograph; without one, the sample.")
]
Local = Annotated[bool, typer.Option("--local", help="Start a mesh for this call and stop it again.")]
Address = Annotated[
    str | None,
    typer.Option("--gateway", parser=options.words_of, metavar="HOST:PORT", help="The mesh to call."),
]
Machine = Annotated[bool, typer.Option("--json", help="JSON on standard output, words on standard error.")]
Lines = Annotated[
    bool,
    typer.Option(
        "--json", "--jsonl", help="A line of JSON per photograph on standard output, words on standard error."
    ),
]
Timeout = Annotated[
    float, typer.Option(min=0.001, max=LONGEST_CALL_S, metavar="SECONDS", help="The time that the call may take.")
]
Mood = Annotated[
    int | None, typer.Option(parser=options.one_of(options.MOODS), metavar="MOOD", help=", ".join(options.MOODS))
]
Genre = Annotated[
    int | None, typer.Option(parser=options.one_of(options.GENRES), metavar="GENRE", help=", ".join(options.GENRES))
]
Purpose = Annotated[
    int | None,
    typer.Option(parser=options.one_of(options.PURPOSES), metavar="PURPOSE", help=", ".join(options.PURPOSES)),
]
Energy = Annotated[float | None, typer.Option(min=0, max=1, help="How much movement: 0 hardly any, 1 all there is.")]
