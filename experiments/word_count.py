"""The functions that own-function.yaml measures: ordinary code, which knows nothing of Runmatrix."""

from collections import Counter
from random import Random

WORDS = ["lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "do", "eiusmod"]


def texts() -> list[int]:
    """One seed for each text: 32 tasks."""
    return list(range(32))


def count_words(seed: int, length: int, least: int) -> dict[str, int]:
    """Make a text of so many words and count those that occur at least so often."""
    text = " ".join(Random(seed).choices(WORDS, k=length))
    return {word: count for word, count in Counter(text.split()).items() if count >= least}
