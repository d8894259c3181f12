"""The project's queue: the process that keeps it, what waits there, and the side of those who queue."""
