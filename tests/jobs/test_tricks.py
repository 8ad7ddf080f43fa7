"""What pretends in a mail is told to those who get it, in their language, and nothing is refused for it."""

from inflow.desk.world import World
from tests.jobs.conftest import Receive, mail
from tests.jobs.conversing import last, words


def test_a_role_is_told_what_pretends_in_a_mail(world: World, receive: Receive) -> None:
    receive(world, mail(sender='"chef@exempel.test" <chef@exempe1.test>', headers="Reply-To: x@evil.test\r\n"))
    forward = words(last(world, "forward"))
    told = " ".join(forward.split())
    assert "Se upp: namnet visar en annan adress: chef@exempel.test är inte chef@exempe1.test; " in told
    assert "exempe1.test liknar exempel.test; svar skulle gå någon annanstans: x@evil.test" in told


def test_of_an_honest_mail_nothing_is_said(world: World, receive: Receive) -> None:
    receive(world, mail())
    forward = words(last(world, "forward"))
    assert "Se upp" not in forward
