"""Question answering over Chinese data law and policy, with checked citations."""

import os

__version__ = "0.1.0"

# Idle OpenMP threads sleep instead of spinning: with one busy neighbour on the same cores a
# question takes a tenth of the time. It must be set before torch is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# ONNX Runtime reports to its maker unless told not to, before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
