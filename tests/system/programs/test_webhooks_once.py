"""`run --once` from a timer tells other systems too; what is given up is in `status`."""

import base64
import json
import threading

from tests.conftest import Inflow, WriteConfig
from tests.jobs.test_hooks import Listener
from tests.servers.dovecot import Dovecot
from tests.system.test_first_light import mail


def test_run_once_tells_what_happened_and_status_what_was_given_up(
    dovecot: Dovecot, imap_user: str, write_config: WriteConfig, inflow: Inflow
) -> None:
    with Listener() as listener:
        threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        hook = f'\n[[webhook]]\nname = "crm"\nurl = "http://127.0.0.1:{listener.server_port}/in"\nevents = ["opened"]\n'
        path = write_config(more=hook + 'secret = { file = "crm.key" }\n')
        (path.parent / "crm.key").write_text("whsec_" + base64.b64encode(b"sixteen octets and more").decode())
        assert inflow("run", "--once").returncode == 0
        listener.answers = [204, 410]
        dovecot.deliver(imap_user, mail(1, "Hej", "En"), mail(2, "Hej igen", "Två"))
        told = inflow("run", "--once")
        assert told.returncode == 0, told.stderr
        assert listener.kinds() == ["case.opened"] * 2
        status = inflow("status", "--json")
        listener.shutdown()
    assert status.returncode == 1
    alarms = [one["name"] for one in json.loads(status.stdout)["alarms"]]
    assert alarms == ["webhook crm"]
    assert json.loads(status.stdout)["webhooks"] == [{"name": "crm", "calls": 1, "error": "it answered 410"}]
    assert inflow("webhooks", "--retry", "--forget").returncode == 2
    assert inflow("webhooks", "--forget").stdout.strip() == "nothing waits"
    assert inflow("status").returncode == 0
