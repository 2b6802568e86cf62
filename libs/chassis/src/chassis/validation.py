"""Every request is held against the rules that stand beside its fields in the .proto, before any handler sees it."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Final

import grpc
import protovalidate
from buf.validate import validate_pb2
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message

from chassis.answer import Answer, Violation
from chassis.errors import RpcError
from chassis.interception import Call, Context, Proceed, Undecodable

#: Rules of enumerations, whose own words are numbers.
_ENUM_RULES: Final = frozenset({"enum.defined_only", "enum.not_in"})

#: Health and reflection messages have no rules of ours.
_UNRULED: Final = "/grpc."


class Validation:
    """The layer that refuses requests which break their rules: INVALID_ARGUMENT, one violation per broken rule.

    A message of a request stream is checked when the handler takes it; the refusal is raised there as `RpcError`, so
    a handler that takes messages one by one may answer for that message and go on. Left alone, it ends the call.
    """

    def __init__(self) -> None:
        self._validator = protovalidate.Validator()

    def warm(self, services: Iterable[str]) -> int:
        """The number of request types of these services (full names) whose rules are compiled now, not at first use.

        A service whose descriptor is not loaded is passed over. Raises protovalidate.CompilationError for a rule that
        is wrong, so that a service with one does not start.
        """
        pool = descriptor_pool.Default()
        kinds: dict[str, Any] = {}
        for service in services:
            try:
                methods = pool.FindServiceByName(service).methods
            except KeyError:
                continue
            kinds.update({method.input_type.full_name: method.input_type for method in methods})
        for kind in kinds.values():
            self._validator.collect_violations(message_factory.GetMessageClass(kind)())
        return len(kinds)

    def check(self, message: Any) -> None:
        """Nothing, when the message keeps its rules; raises RpcError naming each field that does not."""
        if isinstance(message, Undecodable):
            raise message.refusal()
        if not isinstance(message, Message):
            return
        broken = self._validator.collect_violations(message)
        if broken:
            raise RpcError(_refusal([_violation(entry.proto, message.DESCRIPTOR) for entry in broken]))

    async def __call__(self, call: Call, request: Any, context: Context, proceed: Proceed) -> Any:
        """The handler's result for a request that keeps its rules; raises RpcError for one that does not."""
        if call.path.startswith(_UNRULED):
            return await proceed(request, context)
        if call.streams_requests:
            context.check = self.check
            return await proceed(_Checked(request, self.check), context)
        self.check(request)
        return await proceed(request, context)


class _Checked:
    """An async iterator of messages, each checked before it is handed out; a refused one does not end it."""

    def __init__(self, messages: AsyncIterable[Any], check: Callable[[Any], None]) -> None:
        self._messages = messages
        self._check = check
        self._steps: AsyncIterator[Any] | None = None

    def __aiter__(self) -> _Checked:
        return self

    async def __anext__(self) -> Any:
        if self._steps is None:
            # Not before the first step: a handler that reads from its context never takes one.
            self._steps = aiter(self._messages)
        message = await anext(self._steps)
        self._check(message)
        return message


def _refusal(violations: list[Violation]) -> Answer:
    first = violations[0]
    more = f" (and {len(violations) - 1} more)" if len(violations) > 1 else ""
    sentence = f"{first.field}: {first.description}{more}" if first.field else f"{first.description}{more}"
    return Answer(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", sentence, violations=tuple(violations))


def _violation(proto: Any, kind: Any) -> Violation:
    elements = [] if proto.field is None else proto.field.elements
    path = ".".join(_step(element) for element in elements)
    return Violation(field=path, description=_choice(proto.rule_id, elements, kind) or proto.message or proto.rule_id)


def _choice(rule: str, elements: Sequence[Any], kind: Any) -> str:
    """What may be stated in a field of an enumeration; "" for any other rule, whose own words say what is wanted."""
    if rule not in _ENUM_RULES:
        return ""
    within = kind
    values: list[str] = []
    for element in elements:
        field = within.fields_by_name.get(element.field_name) if within is not None else None
        if field is None:
            return ""
        within = field.message_type
        barred = {0, *field.GetOptions().Extensions[validate_pb2.field].enum.not_in}
        values = [one.name for one in field.enum_type.values if one.number not in barred] if field.enum_type else []
    return f"must be one of {', '.join(values)}" if values else ""


def _step(element: Any) -> str:
    subscript = element.subscript
    if subscript is None:
        return str(element.field_name)
    key = f'"{subscript.value}"' if isinstance(subscript.value, str) else str(subscript.value)
    return f"{element.field_name}[{key}]"
