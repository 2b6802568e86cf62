"""How well the analyzer sees and the predictor predicts: figures with intervals, reports and a gate."""
