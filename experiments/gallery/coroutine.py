"""The least that an event loop can be given, for loop-per-task.yaml."""


async def empty() -> None:
    """Nothing, and nothing is awaited."""
