"""For tests/ and notebooks/ alike: the environment that tests' processes and nbval's kernels inherit."""

import os

# A lab in a notebook plays by itself, and `result(timeout=...)` waits for its end.
os.environ["AME_HEADLESS"] = "1"
# Kernels and JupyterLab come from this environment, whatever the user has installed elsewhere.
os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
