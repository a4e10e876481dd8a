"""For tests/ and notebooks/ alike: the environment that tests' processes and nbval's kernels inherit."""

import os
import signal
import tempfile

pytest_plugins = ["pytester"]

# A lab in a notebook plays by itself, and `result(timeout=...)` waits for its end.
os.environ["AME_HEADLESS"] = "1"
# Tensors are small in the tests: more threads only wait for each other, above all on a busy machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Kernels and JupyterLab come from this environment, whatever the user has installed elsewhere.
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
# Teachers are trained anew in each run of the tests, once for all its processes, and never into the user's own cache.
if "PYTEST_XDIST_WORKER" not in os.environ:
    _cache = tempfile.TemporaryDirectory(prefix="ame_explore_cache_")
    os.environ["AME_EXPLORE_CACHE"] = _cache.name

# A shell that runs the tests in its background has SIGINT ignored: tests that interrupt a process would wait in vain.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    """Stored stills of a notebook's cells are to be looked at; nbval would refuse outputs of a cell without a count."""
    for item in items:
        cell = getattr(item, "cell", None)
        if cell is not None and cell.get("execution_count") is None and "outputs" in cell:
            cell.outputs = []
