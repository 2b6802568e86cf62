"""What is predicted: its spread, whether it suits the picture, when it abstains, and each rule's record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from evaluation.seeing import statistics
from evaluation.seeing.figure import Better, Figure, figure
from evaluation.seeing.observe import PhotographView, SceneView

ABSTAINED: Final = "abstains"


def first_movements(photographs: Sequence[PhotographView]) -> Counter[str]:
    """How often each movement comes first on photographs."""
    return Counter(view.verdict.first or ABSTAINED for view in _photos(photographs))


def camera_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """Spread of the first movement and whether it is among those that suit, beside what chance would give."""
    photos = _photos(photographs)
    counts = first_movements(photographs)
    counts.pop(ABSTAINED, None)
    most = max(counts.values(), default=0)
    answered = [view for view in photos if view.verdict.first]
    suited = [view.verdict.first_family in view.label.camera for view in answered]
    wrong = [view.verdict.first_family in view.label.wrong for view in answered]
    grammar = [view for view in scenes if view.verdict.first and not view.truth.tells_nothing]
    clear = [view for view in grammar if view.truth.right]
    return [
        figure(
            "camera: largest share of one first movement, photographs",
            statistics.share(most, len(photos)),
            Better.LOWER,
            target=0.25,
        ),
        figure("camera: answers, photographs", statistics.share(len(answered), len(photos)), Better.NEITHER),
        figure("camera: first movement suits, photographs", statistics.share(sum(suited), len(suited)), Better.HIGHER),
        figure("camera: that by chance, photographs", _chance(answered), Better.NEITHER),
        figure(
            "camera: first movement is of the label's best family, photographs",
            statistics.share(sum(_best(view, view.verdict.first_family) for view in answered), len(answered)),
            Better.HIGHER,
        ),
        figure("camera: that by chance, best, photographs", _chance(answered, best=True), Better.NEITHER),
        figure("camera: first movement is wrong, photographs", statistics.share(sum(wrong), len(wrong)), Better.LOWER),
        figure("camera: that by chance, wrong, photographs", _chance(answered, wrong=True), Better.NEITHER),
        figure(
            "camera: first movement suits, scenes",
            statistics.share(sum(view.verdict.first_family in view.truth.right for view in clear), len(clear)),
            Better.HIGHER,
        ),
        figure(
            "camera: first movement is wrong, scenes",
            statistics.share(sum(view.verdict.first_family in view.truth.wrong for view in clear), len(clear)),
            Better.LOWER,
        ),
    ]


def abstention_figures(scenes: Sequence[SceneView], photographs: Sequence[PhotographView]) -> list[Figure]:
    """Noise, flats, patterns and abstract pictures must give no movement; places must give one."""
    figures = []
    for family in dict.fromkeys(view.family for view in scenes if view.truth.tells_nothing):
        views = [view for view in scenes if view.family == family]
        figures.append(_abstains(f"abstains: {family}, scenes", [not view.verdict.first for view in views], 1.0))
    abstract = [view for view in photographs if view.label.kind == "abstract"]
    figures.append(_abstains("abstains: abstract photographs", [not view.verdict.first for view in abstract], 1.0))
    places = [view for view in scenes if view.truth.right and not view.truth.tells_nothing]
    share = statistics.share(sum(not view.verdict.first for view in places), len(places))
    figures.append(figure("abstains: scenes with a clear grammar", share, Better.LOWER))
    return figures


def _abstains(name: str, marks: Sequence[bool], target: float) -> Figure:
    return figure(name, statistics.share(sum(marks), len(marks)), Better.HIGHER, target=target)


def abstention_curve(photographs: Sequence[PhotographView]) -> list[tuple[float, float, float]]:
    """For each threshold of the first movement's probability: threshold, share answered, share of those that suit."""
    firsts = [
        (view.verdict.camera[0].probability, view.verdict.first_family in view.label.camera)
        for view in _photos(photographs)
        if view.verdict.first and view.verdict.camera
    ]
    total = len(_photos(photographs))
    points = []
    for threshold in sorted({round(probability, 3) for probability, _ in firsts}):
        kept = [suits for probability, suits in firsts if probability >= threshold]
        if kept and total:
            points.append((threshold, len(kept) / total, sum(kept) / len(kept)))
    return points


def confidence_figures(photographs: Sequence[PhotographView]) -> list[Figure]:
    """Whether the probabilities of all candidates mean what they say, and what the prediction sets hold."""
    told, truth = confidences(photographs)
    sets = [view for view in _photos(photographs) if view.verdict.prediction_set]
    held = sum(bool(set(view.verdict.prediction_set) & set(view.label.camera)) for view in sets)
    best = sum(view.label.camera[0] in view.verdict.prediction_set for view in sets if view.label.camera)
    figures = [
        figure(
            "confidence: calibration error (ECE), photographs", statistics.calibration_error(told, truth), Better.LOWER
        ),
        figure("confidence: Brier score, photographs", statistics.brier(told, truth), Better.LOWER),
        figure("confidence: AUC of candidates, photographs", statistics.auc(told, truth), Better.HIGHER),
        figure("prediction set: holds a family that suits", statistics.share(held, len(sets)), Better.HIGHER),
        figure("prediction set: holds the label's best family", statistics.share(best, len(sets)), Better.HIGHER),
    ]
    sizes = [float(len(set(view.verdict.prediction_set))) for view in sets]
    figures.append(figure("prediction set: mean size", statistics.mean(sizes), Better.NEITHER))
    return figures


def confidences(photographs: Sequence[PhotographView], family: str | None = None) -> tuple[list[float], list[bool]]:
    """Probability of each candidate on photographs, of one family or of all, and whether it suits."""
    pairs = [
        (item.probability, item.family in view.label.camera)
        for view in _photos(photographs)
        for item in view.verdict.camera
        if family is None or item.family == family
    ]
    return [told for told, _ in pairs], [suits for _, suits in pairs]


@dataclass(frozen=True)
class RuleRecord:
    """How a rule did on photographs: how often it proposed, how often that suits, what chance gives, and the p-value.

    chance: how often its families suit a photograph at all, in the mix in which it proposes them.
    """

    rule: str
    fired: int
    suits: int
    chance: float
    p_value: float
    wrong: int


def rule_records(photographs: Sequence[PhotographView]) -> list[RuleRecord]:
    """Every rule that proposed a camera movement on a photograph, most often fired first."""
    photos = _photos(photographs)
    base = {
        family: sum(family in view.label.camera for view in photos) / max(1, len(photos))
        for family in {name for view in photos for name in view.label.camera}
    }
    fired: dict[str, list[tuple[bool, bool, float]]] = {}
    for view in photos:
        for item in view.verdict.camera:
            mark = (item.family in view.label.camera, item.family in view.label.wrong, base.get(item.family, 0.0))
            for rule in item.rules:
                fired.setdefault(rule, []).append(mark)
    records = []
    for rule, marks in fired.items():
        suits, chance = sum(mark[0] for mark in marks), sum(mark[2] for mark in marks) / len(marks)
        p_value = statistics.by_chance(suits, len(marks), chance)
        records.append(RuleRecord(rule, len(marks), suits, chance, p_value, sum(mark[1] for mark in marks)))
    return sorted(records, key=lambda record: (-record.fired, record.rule))


def _photos(photographs: Sequence[PhotographView]) -> list[PhotographView]:
    return [view for view in photographs if view.label.kind == "photo"]


def _best(view: PhotographView, family: str) -> bool:
    return view.label.camera[:1] == (family,)


def _chance(views: Sequence[PhotographView], *, wrong: bool = False, best: bool = False) -> statistics.Interval | None:
    """How often the first movements would be in the label if they were dealt to the photographs at random."""
    firsts = Counter(view.verdict.first_family for view in views)
    total = sum(firsts.values())
    shares = []
    for view in views:
        fits = view.label.wrong if wrong else view.label.camera[:1] if best else view.label.camera
        shares.append(sum(firsts[family] for family in fits) / total)
    return statistics.mean(shares)
