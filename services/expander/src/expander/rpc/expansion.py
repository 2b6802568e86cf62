"""Expansions and findings as messages."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from animatize.expander.v1 import expander_pb2
from animatize.type.v1 import money_pb2, stage_pb2
from chassis.cache import Source
from expander.core.expansion import COMPOSER
from expander.core.prompt import Expansion, Finding, Prompt
from expander.rpc import enums

SOURCES: Final[Mapping[Source, stage_pb2.ResultSource.ValueType]] = MappingProxyType(
    {
        "made": stage_pb2.RESULT_SOURCE_MADE,
        "memory": stage_pb2.RESULT_SOURCE_MEMORY_CACHE,
        "redis": stage_pb2.RESULT_SOURCE_SHARED_CACHE,
        "shared": stage_pb2.RESULT_SOURCE_JOINED,
    }
)
"""Where a cached value comes from, in the contract's words."""

_MOST_TEXT: Final = 8000
_MOST_REASON: Final = 500
_MOST_FINDINGS: Final = 64


def expansion(value: Expansion) -> expander_pb2.Expansion:
    """An expansion as a message; its source is set by the one who found it."""
    free = value.written_by == COMPOSER
    return expander_pb2.Expansion(
        prompts=[_prompt(item) for item in value.prompts],
        written_by=enums.WRITER.number(value.written_by),
        fallback_because=value.fallback_because[:_MOST_REASON],
        provider=value.provider,
        model=value.model,
        template_version=value.template_version,
        cost=money_pb2.Cost(
            amount_micro_usd=value.cost_micro_usd,
            basis=money_pb2.COST_BASIS_FREE if free else money_pb2.COST_BASIS_SETTLED,
        ),
    )


def findings(items: Iterable[Finding]) -> list[expander_pb2.LintFinding]:
    """Findings as messages, in their order."""
    return [
        expander_pb2.LintFinding(
            rule=item.rule,
            message=item.message,
            severity=enums.SEVERITY.number(item.severity),
            start=item.start,
            end=item.end,
        )
        for item in items
    ]


def _prompt(value: Prompt) -> expander_pb2.Prompt:
    parts = value.parts
    return expander_pb2.Prompt(
        dialect=enums.DIALECT.number(value.dialect),
        text=value.text[:_MOST_TEXT],
        negative_text=value.negative,
        parts=expander_pb2.PromptParts(
            camera=parts.camera,
            subject=parts.subject,
            environment=parts.environment,
            style=parts.style,
            timing=parts.timing,
            user=parts.user,
        ),
        findings=findings(value.findings[:_MOST_FINDINGS]),
    )
