"""What is said of problems above a forward, and in the answer to an order about them. Pure text."""


def others(language: str, *, problem: int, title: str, count: int, seems: bool = False, answer: str = "") -> str:
    """How many others have written about the same. `seems`: nobody has compared it yet; `answer`: how the problem was solved."""
    if language == "sv":
        who = "1 annan har" if count == 1 else f"{count} andra har"
        text = f'{who} skrivit om {"vad som ser ut att vara " if seems else ""}samma sak: "{title}" (problem {problem})'
        return text + (f"\nLöst; svaret: {_short(answer)}" if answer else "")
    who = "1 other has" if count == 1 else f"{count} others have"
    text = f'{who} written about {"what looks like " if seems else ""}the same: "{title}" (problem {problem})'
    return text + (f"\nSolved; the answer: {_short(answer)}" if answer else "")


def solved(language: str, *, problem: int, title: str, waiting: int, answer: str) -> str:
    """That a problem is solved, and how to tell those who reported it."""
    if language == "sv":
        told = f"{waiting} avsändare väntar på besked"
        how = (
            "svara med raden /berätta så får var och en det, i sin egen konversation"
            if answer
            else "skriv /löst SVARET"
        )
        return f"problem {problem} ({title}); {told}: {how}" if waiting else f"problem {problem} ({title})"
    told = f"{waiting} senders wait to hear of it"
    how = (
        "reply with a line /tell and each gets it, in their own conversation" if answer else "write /solved THE ANSWER"
    )
    return f"problem {problem} ({title}); {told}: {how}" if waiting else f"problem {problem} ({title})"


def went(language: str, *, problem: int, told: int, silent: int) -> str:
    """To how many an answer went, and to how many not."""
    if language == "sv":
        return f"problem {problem}: {told} har fått svaret" + (f", {silent} fick det inte" if silent else "")
    return f"problem {problem}: {told} were told" + (f", {silent} were not" if silent else "")


def _short(text: str, longest: int = 300) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
