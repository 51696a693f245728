"""Kind → module: one file a workload, plug point 2; `table.py` lists them, `contract.py` says what they keep."""
