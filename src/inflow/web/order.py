"""What somebody orders on the board or through the API: one shape for what is done to cases and to problems."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from inflow.casework.case import NotPossibleError
from inflow.desk.many import number_in
from inflow.store import board
from inflow.store.board import Reader
from inflow.web.looking import MOST_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who orders, the roles whose members they are, the number of the case or problem it is done to, and the words of the form."""

    reader: Reader
    roles: frozenset[str]
    number: int
    words: Mapping[str, str]

    @property
    def by(self) -> str:
        """Who stands in the history."""
        return self.reader.address

    def named(self, field: str) -> int:
        """The number that a field of the form names. Raises NotPossibleError."""
        return min(max(number_in(self.words[field].strip()), 0), MOST_NUMBER)

    def case(self, connection: Connection, field: str) -> int:
        """The case that a field of the form names. Raises NoCaseError where they see none, NotPossibleError."""
        return board.case(connection, self.reader, self.named(field)).number

    def speaks(self, connection: Connection) -> str:
        """The role that has the case: what goes outside is for its members. Raises NotPossibleError."""
        role = board.case(connection, self.reader, self.number).role
        if role not in self.roles:
            raise NotPossibleError(f"only members of {role} speak for it")
        return role
