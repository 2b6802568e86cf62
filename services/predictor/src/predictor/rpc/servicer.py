"""The service's three calls."""

from dataclasses import replace
from typing import Final

import grpc

from animatize.analyzer.v1 import analysis_pb2
from animatize.predictor.v1 import predictor_pb2, predictor_pb2_grpc
from chassis.server import Endpoint
from chassis.telemetry import Telemetry, Watch, names
from film.movement import family
from predictor.core import stability
from predictor.core.in_force import InForce
from predictor.core.prediction import Prediction
from predictor.rpc import analysis, enums, prediction, rules

NAME: Final = predictor_pb2.DESCRIPTOR.services_by_name["PredictorService"].full_name

_CANDIDATES: Final = 5


class PredictorServicer(predictor_pb2_grpc.PredictorServiceServicer):
    """Answers by the rules in force when a call begins. A prediction takes about a millisecond, so it stays here."""

    def __init__(self, in_force: InForce, *, telemetry: Telemetry) -> None:
        self._in_force = in_force
        self._telemetry = telemetry

    # The contract names the method.
    async def PredictMovement(
        self, request: predictor_pb2.PredictMovementRequest, _context: object
    ) -> predictor_pb2.PredictMovementResponse:
        """What could move in a still, and in the changed ones if the analysis holds any."""
        predictor = self._in_force.now.predictor
        wish = prediction.intent(request.intent)
        watch = Watch(self._telemetry, verb="predict")

        def predicted(figures: analysis_pb2.SceneAnalysis, most: int) -> Prediction:
            return predictor.predict(
                analysis.facts(figures), wish, max_candidates=most, watch=watch, measured_by=figures.pipeline_version
            )

        found = predicted(request.analysis, request.max_candidates or _CANDIDATES)
        changed = [
            (enums.CHANGE.name(variant.change), predicted(variant.analysis, 1))
            for variant in request.analysis.stability.variants
        ]
        found = replace(found, stability=stability.compared(found, changed))
        if found.best is not None:
            camera = found.best.camera
            told = {names.MOVEMENT_FAMILY: family(camera.move.movement).value}
            self._telemetry.record(names.PREDICTION_CONFIDENCE, camera.probability, told)
        return predictor_pb2.PredictMovementResponse(prediction=prediction.prediction(found))

    # The contract names the method.
    async def ListRules(
        self, request: predictor_pb2.ListRulesRequest, _context: object
    ) -> predictor_pb2.ListRulesResponse:
        """The rules in force, by id, since when, and why newer ones are not."""
        now = self._in_force.now
        book = now.predictor.book
        answer = predictor_pb2.ListRulesResponse(
            rules=[
                rules.rule(item) for item in book.listed(pack=request.pack, include_disabled=request.include_disabled)
            ],
            rules_version=book.version,
            calibration_id=now.predictor.calibration_id,
            refused_change=now.refused_change,
        )
        answer.load_time.FromDatetime(now.load_time)
        return answer

    # The contract names the method.
    async def ExplainRule(
        self, request: predictor_pb2.ExplainRuleRequest, _context: object
    ) -> predictor_pb2.ExplainRuleResponse:
        """One rule, and how it fares on an analysis when one is given."""
        predictor = self._in_force.now.predictor
        compiled = predictor.book.find(request.rule_id)
        answer = predictor_pb2.ExplainRuleResponse(rule=rules.rule(compiled))
        if request.HasField("analysis"):
            found = predictor.explain(compiled, analysis.facts(request.analysis), prediction.intent(request.intent))
            answer.outcome.CopyFrom(rules.outcome(found))
        return answer


def endpoint(servicer: PredictorServicer) -> Endpoint:
    """The service as the chassis wants it."""

    def add(server: grpc.aio.Server) -> None:
        predictor_pb2_grpc.add_PredictorServiceServicer_to_server(servicer, server)

    return Endpoint(service=NAME, add=add)
