"""This process → how many threads its BLAS and OpenMP libraries use, which multiply with the workers."""

from __future__ import annotations

import os

VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def native_threads() -> dict[str, object]:
    """`env`: the variables that are set; `pools`: library → threads, where threadpoolctl is there to tell."""
    env = {name: os.environ[name] for name in VARIABLES if name in os.environ}
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return {"env": env}
    return {"env": env, "pools": {str(pool["internal_api"]): pool["num_threads"] for pool in threadpool_info()}}
