"""The report: Markdown, PNG charts and JSON in one folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from evaluation.seeing import camera_figures, charts, content_figures, space_figures, statistics
from evaluation.seeing.evaluate import Run
from evaluation.seeing.figure import Better, Figure
from evaluation.seeing.photographs import FAMILIES, SCENES

_HEAD = """# How well it sees

{scenes} built scenes with exact truth, {own} labelled photographs of the repository{more}. Brackets hold the true value
in 95 of 100 cases (Wilson for shares, bootstrap for all else); with so few photographs they are wide, and that is the
honest size of any claim. Arrows say which way is better.
"""


def write(folder: Path, run: Run) -> Path:
    """Writes everything and gives the path of the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    _charts(folder, run)
    (folder / "report.json").write_text(json.dumps(plain(run), indent=1) + "\n", encoding="utf-8")
    with (folder / "pictures.jsonl").open("w", encoding="utf-8") as file:
        for scene in run.scenes:
            file.write(json.dumps(asdict(scene), default=sorted) + "\n")
        for photograph in run.photographs:
            file.write(json.dumps(asdict(photograph)) + "\n")
    path = folder / "report.md"
    path.write_text(markdown(run), encoding="utf-8")
    return path


def plain(run: Run) -> dict[str, object]:
    """The run's figures and tables as plain values."""
    views = run.photographs
    return {
        "figures": [asdict(figure) for figure in run.figures],
        "figures_with_fetched_photographs": [asdict(figure) for figure in run.more],
        "depth_by_family": space_figures.depth_by_family(run.scenes),
        "materials_on_photographs": content_figures.presence(views),
        "materials_on_scenes": content_figures.overlap_by_material(run.scenes),
        "scene_confusion": [[*pair, count] for pair, count in sorted(content_figures.confusion(views).items())],
        "first_movements": dict(camera_figures.first_movements(views)),
        "abstention_curve": camera_figures.abstention_curve(views),
        "rules": [asdict(record) for record in camera_figures.rule_records(views)],
        "mirror_violations": {
            name: faults
            for name, faults in (
                *((view.name, view.mirror_faults) for view in run.scenes),
                *((view.id, view.mirror_faults) for view in views),
            )
            if faults
        },
    }


def markdown(run: Run) -> str:
    """The report's text; charts lie beside it."""
    fetched = sum(not view.committed for view in run.photographs)
    more = f" and {fetched} fetched ones" if fetched else ""
    own = len(run.photographs) - fetched
    parts = [_HEAD.format(scenes=len(run.scenes), own=own, more=more)]
    missed = [figure.name for figure in (run.more or run.figures) if figure.meets_target is False]
    parts.append("## Promises that are not kept\n\n" + ("\n".join(f"* {name}" for name in missed) or "None.") + "\n")
    parts.append("## Figures\n\n" + _figures(run.figures))
    if run.more:
        parts.append("## Figures with the fetched photographs\n\n" + _figures(run.more))
    parts += [_depth(run), _materials(run), _scenes(), _movements(run), _rules(run)]
    return "\n".join(parts)


def _figures(figures: Sequence[Figure]) -> str:
    arrows = {Better.HIGHER: "↑", Better.LOWER: "↓", Better.NEITHER: ""}
    lines = ["| Figure | | Value | 95 % | n | Promise |", "|---|---|---|---|---|---|"]
    for figure in figures:
        value = "-" if figure.value is None else f"{figure.value:.3f}"
        bounds = "" if figure.low is None or figure.high is None else f"{figure.low:.3f} to {figure.high:.3f}"
        promise = "" if figure.target is None else f"{figure.target:g}{_kept(figure)}"
        lines.append(f"| {figure.name} | {arrows[figure.better]} | {value} | {bounds} | {figure.n} | {promise} |")
    return "\n".join(lines) + "\n"


def _kept(figure: Figure) -> str:
    return {True: ", kept", False: ", **missed**", None: ""}[figure.meets_target]


def _depth(run: Run) -> str:
    lines = [
        "## Depth by builder\n",
        "| Builder | Pairs in order | by height alone | Rank correlation | by height alone | n |",
        "|---|---|---|---|---|---|",
    ]
    for family, order, order_of_height, rank, rank_of_height, n in space_figures.depth_by_family(run.scenes):
        lines.append(f"| {family} | {order:.3f} | {order_of_height:.3f} | {rank:.3f} | {rank_of_height:.3f} | {n} |")
    return "\n".join(lines) + "\n"


def _materials(run: Run) -> str:
    lines = [
        "## Materials\n",
        "On photographs (presence):\n",
        "| Material | Found | of | Claimed though absent | of |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in content_figures.presence(run.photographs)]
    lines += ["\nOn scenes (overlap of areas):\n", "| Material | Mean overlap | Scenes |", "|---|---|---|"]
    lines += [f"| {kind} | {value:.3f} | {n} |" for kind, value, n in content_figures.overlap_by_material(run.scenes)]
    return "\n".join(lines) + "\n"


def _scenes() -> str:
    return "## Kinds of scenes on photographs\n\n![Kinds of scenes](confusion.png)\n"


def _movements(run: Run) -> str:
    counts = camera_figures.first_movements(run.photographs)
    total = sum(counts.values())
    lines = ["## First movements on photographs\n", "![First movements](first_movements.png)\n"]
    lines += ["| Movement | Photographs | Share |", "|---|---|---|"]
    lines += [f"| {name} | {count} | {count / total:.1%} |" for name, count in counts.most_common()]
    lines += [
        "\n## Confidence\n",
        "![Reliability](reliability.png)\n",
        "![Answering less](abstention.png)\n",
        "| Family | Candidates | Suit | Mean told | Brier |",
        "|---|---|---|---|---|",
    ]
    for family in FAMILIES:
        told, suits = camera_figures.confidences(run.photographs, family)
        if told:
            error = sum((t - s) ** 2 for t, s in zip(told, suits, strict=True)) / len(told)
            share, said = sum(suits) / len(suits), sum(told) / len(told)
            lines.append(f"| {family} | {len(told)} | {share:.2f} | {said:.2f} | {error:.3f} |")
    return "\n".join(lines) + "\n"


def _rules(run: Run) -> str:
    lines = [
        "## Rules on photographs\n",
        "Chance is how often the families that a rule proposes suit a photograph at all; p is the probability of doing",
        "as well by chance.\n",
        "| Rule | Fired | Suits | Chance | p | Wrong |",
        "|---|---|---|---|---|---|",
    ]
    for record in camera_figures.rule_records(run.photographs):
        cells = (
            record.rule,
            str(record.fired),
            f"{record.suits / record.fired:.2f}",
            f"{record.chance:.2f}",
            f"{record.p_value:.3f}",
            str(record.wrong),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _charts(folder: Path, run: Run) -> None:
    views = run.photographs
    counts = camera_figures.first_movements(views)
    total = sum(counts.values()) or 1
    shares = {name: count / total for name, count in counts.items()}
    charts.save(folder / "first_movements.png", charts.bars("First movements on photographs", shares, limit=0.25))
    table = content_figures.confusion(views)
    charts.save(
        folder / "confusion.png",
        charts.counts("Kinds of scenes: rows are labels, columns answers", table, SCENES, empty="no answer"),
    )
    told, suits = camera_figures.confidences(views)
    bins = statistics.reliability(told, suits)
    charts.save(folder / "reliability.png", charts.reliability("Reliability of camera candidates", bins))
    curve = camera_figures.abstention_curve(views)
    lines = {
        "answered": [(threshold, answered) for threshold, answered, _ in curve],
        "suits where answered": [(threshold, suiting) for threshold, _, suiting in curve],
    }
    chart = charts.curves("Answering less", lines, across="least probability to answer", up="share")
    charts.save(folder / "abstention.png", chart)
