"""Libraries that report to their makers have been told not to."""

import os
import subprocess
import sys
from pathlib import Path

from qa.settings import PROJECT

SESSION = """
import qa.index.int8
import onnx, onnxruntime
from onnx import TensorProto, helper

a, b = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "ab")
graph = helper.make_graph([helper.make_node("Neg", ["a"], ["b"])], "g", [a], [b])
model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 17)])
onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"a": [1.0]})
"""


def test_onnx_runtime_keeps_no_account_of_its_use(tmp_path: Path) -> None:
    # In a CI, and in its own tests, it is silent anyway.
    kept = {n: v for n, v in os.environ.items() if n not in ("CI", "ORT_DISABLE_TELEMETRY")}
    kept = {n: v for n, v in kept.items() if not n.startswith(("XDG_", "GITHUB_"))}
    places = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": str(PROJECT)}
    subprocess.run([sys.executable, "-c", SESSION], check=True, env=kept | places, cwd=tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
