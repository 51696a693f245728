"""Kind → module: one file a concurrency model, plug point 1; `table.py` lists them, `contract.py` says what they keep."""
