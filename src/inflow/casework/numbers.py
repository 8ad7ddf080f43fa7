"""Numbers as people read them in their language."""


def decimal(value: float, language: str) -> str:
    """A number with one decimal, where it has one: `5,9` in Swedish, `5.9` in English."""
    said = f"{value:.1f}".removesuffix(".0")
    return said.replace(".", ",") if language == "sv" else said


def duration(seconds: float, language: str) -> str:
    """A stretch of time."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{decimal(seconds / size, language)} {unit}"
    return f"{seconds:.0f} s"
