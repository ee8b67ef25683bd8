"""Sets Homeport up on one machine and keeps its processes running: `make run`.

`setup` and `install` turn a fresh checkout into one that can run; `python -m portal.run` is the supervisor.
Nothing here imports Django except `prepare`, which the supervisor starts as a process of its own, and `static_files`, which it uses.
"""
