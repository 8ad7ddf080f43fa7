"""The config of a private Dovecot, in the two languages that Dovecot speaks: up to 2.3, and from 2.4 on."""

CAPABILITIES = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ NAMESPACE CHILDREN UNSELECT UIDPLUS MOVE SPECIAL-USE "
    "LIST-EXTENDED LIST-STATUS CONDSTORE QRESYNC ESEARCH WITHIN SORT BINARY STATUS=SIZE"
)

COMMON = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
listen = 127.0.0.1
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
first_valid_uid = 1
first_valid_gid = 0
auth_failure_delay = 0
mail_max_userip_connections = 0
mail_fsync = never
maildir_very_dirty_syncs = yes
mailbox_list_index = yes
ssl = yes
namespace inbox {{
  inbox = yes
  separator = {hierarchy}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
"""

UP_TO_2_3 = """
protocols = imap
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
ssl_cert = <{root}/server.pem
ssl_key = <{root}/server.key
ssl_dh =
imap_capability = {capabilities}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={root}/mail/%u
}}
"""

FROM_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
protocols {{
  imap = yes
}}
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = ~/Maildir
ssl_server_cert_file = {root}/server.pem
ssl_server_key_file = {root}/server.key
imap_capability {{
  {hidden}
}}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {mail_user}
    gid = {mail_group}
    home = {root}/mail/%{{user}}
  }}
}}
"""


def dovecot_config(version: str, *, without: set[str], **settings: object) -> str:
    """The whole file for a version such as 2.3.19; `without` are capabilities that are not offered."""
    major, minor = map(int, version.split(".")[:2])
    offered = " ".join(name for name in CAPABILITIES.split() if name not in without)
    hidden = "\n  ".join(f"{name} = no" for name in sorted(without))
    template = (FROM_2_4 if (major, minor) >= (2, 4) else UP_TO_2_3) + COMMON
    return template.lstrip().format(capabilities=offered, hidden=hidden, **settings)
