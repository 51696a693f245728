"""YAML file → committed tables: which concurrency model, with how many workers, pays for this work?

The pipeline, a module a stage (each module's first line is its arrow):

    YAML → Experiment → [Cell] → Plan → [Invocation] ══child══▶ Reply → Journal → Summary → tables

`runner.api` is the public door. This package imports nothing by itself, so that every entry starts fast.
"""

__version__ = "0.1.0"
