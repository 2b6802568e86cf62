"""Who could make a clip. In this version that is our own renderer alone."""

from dataclasses import dataclass

from generator.core.errors import ModelUnavailable
from generator.core.forms import CodecPolicy, CodecRefused, settled_format
from generator.core.order import Order
from generator.core.result import LOCAL_MODEL


def refuse_foreign_models(models: tuple[str, ...]) -> None:
    """Nothing, when the local renderer may make the clip; an empty list means that it may.

    Raises ModelUnavailable for the first model that is not configured. A list is an order to try, and trying the local
    renderer in place of a model that was named before it would be an answer to another question.
    """
    for model in models:
        if model != LOCAL_MODEL:
            raise ModelUnavailable(model)


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """Whether a model would make an order, for nothing. refused_because: why it would not, "" when it would."""

    model: str
    refused_because: str


def estimates(order: Order, policy: CodecPolicy = CodecPolicy.ANY) -> tuple[Estimate, ...]:
    """One line for each model that the order names, in its order; the local renderer alone when it names none."""
    return tuple(
        Estimate(model=model, refused_because=_refusal(model, order, policy))
        for model in order.models or (LOCAL_MODEL,)
    )


def _refusal(model: str, order: Order, policy: CodecPolicy) -> str:
    try:
        refuse_foreign_models((model,))
        settled_format(order.output.format, policy)
    except (ModelUnavailable, CodecRefused) as error:
        return str(error)
    return ""
