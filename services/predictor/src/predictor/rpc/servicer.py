"""The service's three calls."""

from typing import Final

import grpc

from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from chassis.server import Endpoint
from chassis.telemetry import Telemetry, Watch, names
from film.movement import family
from predictor.core.predictor import Predictor
from predictor.rpc import analysis, prediction, rules

NAME: Final = predictor_pb2.DESCRIPTOR.services_by_name["PredictorService"].full_name

_CANDIDATES: Final = 5


class PredictorServicer(predictor_pb2_grpc.PredictorServiceServicer):
    """Answers from one rulebook. A prediction takes a few milliseconds and holds the interpreter, so it stays here."""

    def __init__(self, predictor: Predictor, *, telemetry: Telemetry) -> None:
        self._predictor = predictor
        self._telemetry = telemetry

    # The contract names the method.
    async def PredictMovement(
        self, request: predictor_pb2.PredictMovementRequest, _context: object
    ) -> predictor_pb2.PredictMovementResponse:
        """What could move in a still."""
        found = self._predictor.predict(
            analysis.facts(request.analysis),
            prediction.intent(request.intent),
            max_candidates=request.max_candidates or _CANDIDATES,
            watch=Watch(self._telemetry, verb="predict"),
        )
        if found.best is not None:
            camera = found.best.camera
            told = {names.MOVEMENT_FAMILY: family(camera.move.movement).value}
            self._telemetry.record(names.PREDICTION_CONFIDENCE, camera.probability, told)
        return predictor_pb2.PredictMovementResponse(prediction=prediction.prediction(found))

    # The contract names the method.
    async def ListRules(
        self, request: predictor_pb2.ListRulesRequest, _context: object
    ) -> predictor_pb2.ListRulesResponse:
        """The rules in force, by id."""
        book = self._predictor.book
        listed = book.listed(pack=request.pack, include_disabled=request.include_disabled)
        return predictor_pb2.ListRulesResponse(rules=[rules.rule(item) for item in listed], rules_version=book.version)

    # The contract names the method.
    async def ExplainRule(
        self, request: predictor_pb2.ExplainRuleRequest, _context: object
    ) -> predictor_pb2.ExplainRuleResponse:
        """One rule, and how it fares on an analysis when one is given."""
        compiled = self._predictor.book.find(request.rule_id)
        answer = predictor_pb2.ExplainRuleResponse(rule=rules.rule(compiled))
        if request.HasField("analysis"):
            found = self._predictor.explain(
                compiled, analysis.facts(request.analysis), prediction.intent(request.intent)
            )
            answer.outcome.CopyFrom(rules.outcome(found))
        return answer


def endpoint(servicer: PredictorServicer) -> Endpoint:
    """The service as the chassis wants it."""

    def add(server: grpc.aio.Server) -> None:
        predictor_pb2_grpc.add_PredictorServiceServicer_to_server(servicer, server)

    return Endpoint(service=NAME, add=add)
