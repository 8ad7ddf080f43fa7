"""Words as keywords see them: folded, without Swedish and English inflection, so that `fakturorna` is `faktura`."""

import re
import unicodedata
from functools import lru_cache

from inflow.mail.message import Message

_WORD = re.compile(r"[^\W_]+")
_LONGEST_FIRST = """
arnas ernas ornas andet anden arna erna orna ande aren ade ats ens ets ans ern ies ied ing ed
ar er or en et an na at as es ly a e s y n t
"""
_ENDINGS = tuple(_LONGEST_FIRST.split())
_SHORTEST_STEM = 3
_LETTERS_READ = 100_000
_VOWELS = frozenset("aeiouyåäöæø")

_COMMON = """
a about all alla allt also an and annat andra are att av be but by can de dem den det detta din do dom du eller en er
ett etc ex for frågor från få för går ha han har hej hello help hjälp här i if in inte is it jag kan kommer kring man
med mer mig min mm mot my många mycket nu när någon några något och of om on or other our oss på questions rörande
samt sig sin ska som such så till that the them there they this to under upp ut vad vara vi via vid våra vår we what
who will with you your är även åt övrigt
"""
STOPWORDS = frozenset(_COMMON.split())


def routing_text(message: Message) -> str:
    """The new text of a message, or the whole when it adds none."""
    return message.reply_text or message.text


def words_of(text: str) -> list[str]:
    """The words of a text, case-folded, in order; of a very long one those at its beginning."""
    return _WORD.findall(unicodedata.normalize("NFC", text[:_LETTERS_READ]).casefold())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without its endings; two inflections of one word have one stem."""
    for ending in _ENDINGS:
        root = word.removesuffix(ending)
        if (
            root != word
            and len(root) >= _SHORTEST_STEM
            and not (len(ending) == 1 and ending in "nt" and root[-1] not in _VOWELS)
        ):
            return stem(root)
    return word
