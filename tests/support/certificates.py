"""A certificate for servers of tests on the loopback address, which vouches for itself."""

import subprocess
from pathlib import Path


def certificate(folder: Path) -> tuple[Path, Path]:
    """The files of a certificate and of its key, made anew."""
    vouching, key = folder / "vouching.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key),
         "-out", str(vouching)],
        check=True, capture_output=True,
    )  # fmt: skip
    key.chmod(0o600)
    return vouching, key
