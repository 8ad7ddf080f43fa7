"""One call of a webhook: a POST that follows nowhere, waits briefly, and reads next to nothing of what comes back."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from inflow.casework.delivery import Outcome

PATIENCE = 10.0
_GONE = 410


class _Nowhere(urllib.request.HTTPRedirectHandler):
    """A redirect is no answer: what is signed for one receiver is for no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Not followed."""


def call(url: str, body: bytes, headers: Mapping[str, str], *, patience: float = PATIENCE) -> tuple[Outcome, str]:
    """How it ended, and what was wrong: any 2xx is done, 410 never, all else again later."""
    request = urllib.request.Request(url, data=body, method="POST", headers=dict(headers))  # noqa: S310  checked by config
    opener = urllib.request.build_opener(_Nowhere, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=patience) as answer:
            answer.read(1024)
    except urllib.error.HTTPError as error:
        error.close()
        return (Outcome.NEVER if error.code == _GONE else Outcome.LATER), f"it answered {error.code}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome.LATER, f"{type(error).__name__}: {error}"[:300]
    return Outcome.SENT, ""
