"""Whether the verdict stays when the still is changed a little."""

from collections.abc import Sequence

from film.movement import Movement, family
from predictor.core.prediction import Prediction, Stability, VariantVerdict


def compared(original: Prediction, changed: Sequence[tuple[str, Prediction]]) -> Stability | None:
    """How far the predictions for changed stills agree with the original's; None without any.

    changed: the change's name and the prediction, left and right already as in the original.
    """
    if not changed:
        return None
    movement = _movement(original)
    verdicts = tuple(
        VariantVerdict(name, _movement(found), None if found.best is None else found.best.camera.confidence)
        for name, found in changed
    )
    same = sum(item.movement == movement for item in verdicts)
    alike = sum(_family(item.movement) == _family(movement) for item in verdicts)
    return Stability(same / len(verdicts), alike / len(verdicts), verdicts)


def _movement(prediction: Prediction) -> Movement | None:
    return None if prediction.best is None else prediction.best.camera.move.movement


def _family(movement: Movement | None) -> str:
    return "" if movement is None else family(movement)
