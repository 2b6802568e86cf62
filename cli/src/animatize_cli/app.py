"""The command line: what can be typed, and which work it starts."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any

import typer

from animatize_cli import animate as animating
from animatize_cli import doctor as checking
from animatize_cli import explain as explaining
from animatize_cli import files, forms, interruption, look, options, settings
from animatize_cli import up as starting
from animatize_cli import verify as verifying
from animatize_cli.exits import Exit, Problem, unusable
from animatize_cli.mesh import FIRST_PORT
from animatize_cli.screen import Screen
from animatize_cli.session import Target, report
from animatize_cli.terminal import Terminal, lost
from animatize_cli.typed import Address, Energy, Genre, Lines, Local, Machine, Mood, Purpose, Still, Timeout
from chassis.settings import SettingsError

_DISTRIBUTION = "animatize-cli"

app = typer.Typer(
    name="animatize",
    help="One still in, one verified motion clip out.",
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage or file, 3 no mesh, 4 out of time, 5 no movement, "
    "6 the clip moves otherwise than asked, 7 its movement cannot be told, 130 stopped.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def run(arguments: Sequence[str], *, terminal: Terminal) -> int:
    """The exit code of one command line. Says everything to the terminal and never raises for what went wrong."""
    try:
        return _told(arguments, terminal)
    except OSError as error:
        if not lost(error, terminal=terminal):
            raise
        return Exit.FAILED


def _told(arguments: Sequence[str], terminal: Terminal) -> int:
    command = typer.main.get_command(app)
    machine = not {"--json", "--jsonl"}.isdisjoint(arguments)
    try:
        code = command.main(args=list(arguments), prog_name="animatize", standalone_mode=False, obj=terminal)
        return int(code or 0)
    except Problem as problem:
        return report(problem, terminal=terminal, machine=machine)
    except SettingsError as error:
        return report(unusable(str(error)), terminal=terminal, machine=machine)
    except typer.TyperException as error:
        remedy = "`animatize --help` tells what can be typed."
        return report(unusable(error.format_message(), remedy=remedy), terminal=terminal, machine=machine)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """One still in, one verified motion clip out."""
    if version:
        terminal: Terminal = context.obj
        terminal.out.write(f"animatize {metadata.version(_DISTRIBUTION)}\n")
        raise typer.Exit(Exit.OK)


@app.command(epilog=f"Movements: {', '.join(options.MOVEMENTS)}.")
def animate(
    context: typer.Context,
    image: Still = files.SAMPLE,
    out: Annotated[
        Path | None, typer.Option(help="The clip; out/<image>.mp4 when not given. Its ending tells the format.")
    ] = None,
    result: Annotated[Path | None, typer.Option(help="Write the whole result there, as proto JSON.")] = None,
    poster: Annotated[Path | None, typer.Option(help="Write the first frame there, as a JPEG file.")] = None,
    machine: Machine = False,
    local: Local = False,
    gateway: Address = None,
    mood: Mood = None,
    genre: Genre = None,
    purpose: Purpose = None,
    energy: Energy = None,
    movement: Annotated[
        int | None,
        typer.Option(
            parser=options.one_of(options.MOVEMENTS), metavar="MOVEMENT", help="The movement, instead of the best."
        ),
    ] = None,
    duration: Annotated[
        float | None, typer.Option(min=0.5, max=30, metavar="SECONDS", help="4 when not given.")
    ] = None,
    fps: Annotated[
        int | None,
        typer.Option(
            parser=options.number_of(options.FRAME_RATES), metavar="FPS", help=", ".join(map(str, options.FRAME_RATES))
        ),
    ] = None,
    short_side: Annotated[
        int | None,
        typer.Option(
            parser=options.number_of(options.SHORT_SIDES), metavar="PX", help=", ".join(map(str, options.SHORT_SIDES))
        ),
    ] = None,
    aspect: Annotated[
        int | None,
        typer.Option(parser=options.one_of(options.ASPECTS), metavar="W:H", help=", ".join(options.ASPECTS)),
    ] = None,
    letterbox: Annotated[
        int | None,
        typer.Option(
            parser=options.one_of(options.ASPECTS), metavar="W:H", help="Black bars up to this shape of the frame."
        ),
    ] = None,
    form: Annotated[
        int | None,
        typer.Option("--format", parser=options.one_of(forms.FORMATS), metavar="FORMAT", help=", ".join(forms.FORMATS)),
    ] = None,
    faststart: Annotated[
        bool, typer.Option("--faststart", help="An MP4 or WebM in one piece, its index in front.")
    ] = False,
    prompt: Annotated[
        str, typer.Option(parser=options.words_of, metavar="TEXT", help="Your own words for a model.")
    ] = "",
    on_abstention: Annotated[
        int | None,
        typer.Option(
            parser=options.one_of(options.POLICIES),
            metavar="WHAT",
            help=", ".join(options.POLICIES),
        ),
    ] = None,
    timeout: Timeout = 300,
    max_cost: Annotated[
        int | None,
        typer.Option(parser=options.dollars, metavar="USD", help="The most it may cost; free work only without it."),
    ] = None,
) -> int:
    """Animate a photograph."""
    wishes = options.Wishes(
        mood=mood,
        genre=genre,
        purpose=purpose,
        energy=energy,
        movement=movement,
        duration_s=duration,
        fps=fps,
        short_side_px=short_side,
        aspect=aspect,
        letterbox=letterbox,
        form=form,
        faststart=faststart,
        prompt=prompt,
        on_abstention=on_abstention,
        max_cost_micro_usd=max_cost,
    )
    job = animating.Job(still=image, out=out, result=result, poster=poster, wishes=wishes)
    target = Target(address=gateway, local=local, timeout_s=timeout, machine=machine)
    return _run(context, lambda stop: animating.animate(job, target, terminal=context.obj, interruption=stop))


@app.command()
def analyze(
    context: typer.Context,
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGE...", help="The photographs, or folders with photographs in them.")
    ],
    machine: Lines = False,
    local: Local = False,
    gateway: Address = None,
    timeout: Timeout = 60,
) -> int:
    """Tell what is in photographs."""
    target = Target(address=gateway, local=local, timeout_s=timeout, machine=machine)
    return _run(context, lambda stop: look.analyze(images, target, terminal=context.obj, interruption=stop))


@app.command()
def explain(
    context: typer.Context,
    image: Still = files.SAMPLE,
    out: Annotated[Path | None, typer.Option(help="The drawing; out/<image>.explained.png when not given.")] = None,
    size: Annotated[int, typer.Option(min=1, max=4096, metavar="PX", help="The drawing's longer side.")] = 1280,
    machine: Machine = False,
    local: Local = False,
    gateway: Address = None,
    timeout: Timeout = 60,
) -> int:
    """Draw what is seen in a photograph: areas, lines, depth and figures, as one PNG."""
    job = explaining.Job(still=image, out=out, size_px=size)
    target = Target(address=gateway, local=local, timeout_s=timeout, machine=machine)
    return _run(context, lambda stop: explaining.explain(job, target, terminal=context.obj, interruption=stop))


@app.command()
def predict(
    context: typer.Context,
    image: Still = files.SAMPLE,
    machine: Machine = False,
    local: Local = False,
    gateway: Address = None,
    mood: Mood = None,
    genre: Genre = None,
    purpose: Purpose = None,
    energy: Energy = None,
    timeout: Timeout = 60,
) -> int:
    """Tell how a camera could move in a photograph, and why."""
    wishes = options.Wishes(mood=mood, genre=genre, purpose=purpose, energy=energy)
    target = Target(address=gateway, local=local, timeout_s=timeout, machine=machine)
    return _run(context, lambda stop: look.predict(image, wishes, target, terminal=context.obj, interruption=stop))


@app.command(
    epilog="Exit codes with --movement: 0 as asked or looks the same, 6 different, 7 cannot be told. "
    f"Movements: {', '.join(options.MOVEMENTS)}."
)
def verify(
    context: typer.Context,
    clip: Annotated[
        Path, typer.Argument(metavar="CLIP", help="The clip: MP4, WebM, GIF, WebP, AVIF or a ZIP of frames; 20 MiB.")
    ],
    still: Annotated[
        Path | None, typer.Option(metavar="IMAGE", help="The photograph it was made from; sharpens the measurement.")
    ] = None,
    movement: Annotated[
        int | None,
        typer.Option(
            parser=options.one_of(options.MOVEMENTS), metavar="MOVEMENT", help="What was asked; decides the exit code."
        ),
    ] = None,
    filmstrip: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the verdict there, as a PNG file.")
    ] = None,
    machine: Machine = False,
    local: Local = False,
    gateway: Address = None,
    timeout: Timeout = 60,
) -> int:
    """Measure what the camera of a clip does, and whether that was asked."""
    job = verifying.Job(clip=clip, still=still, movement=movement, filmstrip=filmstrip)
    target = Target(address=gateway, local=local, timeout_s=timeout, machine=machine)
    return _run(context, lambda stop: verifying.verify(job, target, terminal=context.obj, interruption=stop))


@app.command()
def up(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(min=1, max=65531, help="The gateway's port; the services take the four after it.")
    ] = FIRST_PORT,
    machine: Machine = False,
) -> int:
    """Start the mesh on this machine and stay until Ctrl-C."""
    return _run(
        context,
        lambda stop: starting.up(first_port=port, machine=machine, terminal=context.obj, interruption=stop),
    )


@app.command()
def doctor(context: typer.Context, machine: Machine = False, gateway: Address = None) -> int:
    """Say what works here, what is missing, and how to mend it."""
    address = gateway or settings.read().gateway
    return _run(context, lambda _: checking.examine(address, terminal=context.obj, machine=machine))


def _run(context: typer.Context, work: Callable[[interruption.Interruption], Coroutine[Any, Any, int]]) -> int:
    code = interruption.run(work)
    if code == Exit.INTERRUPTED:
        terminal: Terminal = context.obj
        Screen(terminal.errors()).line("Stopped.")
    return code
