"""Request → Reply, inside the measured interpreter: standard library only, Python 3.11 syntax.

This folder is copied under a name of its own into a cache and runs there, apart from the rest of Runmatrix and
in whichever Python a cell asks for. What a child imports is the price of every cell, so modules here import
late and little.
"""
