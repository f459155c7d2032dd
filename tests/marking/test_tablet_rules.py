"""The tablet's own arithmetic passes the vectors that the server's rules pass."""

import shutil
import subprocess
from pathlib import Path

VECTORS = Path(__file__).resolve().parent.parent / "vectors"


def test_tablet_rules_pass_the_vectors() -> None:
    node = shutil.which("node")
    assert node, "Node.js is missing: sudo apt-get install -y --no-install-recommends nodejs"

    done = subprocess.run([node, "--test", str(VECTORS)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert "# fail 0" in done.stdout
