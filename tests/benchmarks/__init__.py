"""How fast the product is, beside a bare floor on the same machine in the same minute.

`python -m tests.benchmarks` measures all of them, `python -m tests.benchmarks desk` one. Nothing
here is a test: a ratio is reported, never asserted.
"""
