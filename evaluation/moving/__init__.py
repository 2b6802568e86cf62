"""How well the motion check measures cameras: clips of known movement, figures, reports, a gate and the calibration."""

import os

# Before numpy: small solves on threads of their own cost ten times as much on a busy machine.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
