"""A small disk of its own (tmpfs), that a test fills up to the last byte and makes room on again. Only root may mount one."""

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.servers.process import ServerMissingError, find_program


class SmallDisk:
    """`with SmallDisk() as disk:` mounts it on `disk.root`, where anybody may write."""

    def __init__(self, *, megabytes: int = 64) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="inflow-disk-"))
        self._ballast = self.root / "ballast"
        self._options = f"size={megabytes}m,mode=1777"

    def __enter__(self) -> Self:
        mount = [find_program("mount", "/bin", server="tmpfs"), "-t", "tmpfs", "-o", self._options, "inflow"]
        if subprocess.run([*mount, str(self.root)], check=False, capture_output=True).returncode:
            self.root.rmdir()
            raise ServerMissingError("tmpfs", "a tmpfs (which takes the right to mount)")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([find_program("umount", "/bin", server="tmpfs"), "-l", str(self.root)], check=True)
        self.root.rmdir()

    def fill(self) -> None:
        """Leave not one byte."""
        with self._ballast.open("ab", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while ballast.write(os.urandom(size)) == size:
                        pass
                except OSError:
                    continue

    def make_room(self) -> None:
        """What was filled is free again."""
        self._ballast.unlink()
