"""A queue that keeps what waits, in its order."""

from typing import Any

Job = tuple[Any, ...]  # what is called, and with what


class Waiting:
    def __init__(self) -> None:
        self.jobs: list[tuple[str, Job]] = []

    @property
    def job_ids(self) -> list[str]:
        return [name for name, _job in self.jobs]

    def enqueue(self, job: object, *args: object, job_id: str, **options: object) -> None:
        assert job_id not in self.job_ids
        self.jobs.append((job_id, (job, *args)))
