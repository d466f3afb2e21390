"""`python -m agent.enrolment.renew DATA_DIR URL NOW_S`: a new certificate where one is due.

A process of its own: what signs and verifies stays out of the agent's memory. NOW_S is the
corrected time in seconds since 1970; the machine's own clock decides nothing here.
"""

import base64
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from agent.enrolment.centre_http import ask
from agent.enrolment.own_certificate import (
    checked_certificate,
    key_for_asking,
    read_key,
    signing_request,
)
from agent.enrolment.time_exchange import timeless_context
from agent.errors import AgentError, IdentityUnreadable
from agent.point.identity import PointFolder
from contracts import renewal
from runtime import atomic, x509_door
from runtime.errors import UnreadableX509


def renew(folder: PointFolder, url: str, *, now: datetime) -> bool:
    """Renew the point's certificate if that is due; return whether it was.

    Raises:
        EnrolmentError: the centre did not answer, or refused.
        IdentityUnreadable, UnreadableX509: what is there cannot be used.
        OSError: the folder cannot be written; the old certificate is still there.
    """
    folder.finish_renewal()
    pem = folder.certificate_file.read_text()
    certificate = x509_door.certificate_from_pem(pem)
    with x509_door.reading():
        lives = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < renewal.due_at(*lives):
        return False
    old_key = read_key(folder.key_file)
    if old_key is None:
        raise IdentityUnreadable(folder.key_file, "it holds no elliptic-curve key")
    authority = x509_door.certificate_from_pem(folder.ca_file.read_bytes())
    key = key_for_asking(folder.renewing_key_file)
    csr_pem = signing_request(key)
    signature = old_key.sign(renewal.signed_bytes(csr_pem), ec.ECDSA(hashes.SHA256()))
    answer = ask(
        url,
        renewal.PATH,
        context=timeless_context(folder.ca_file),
        question={
            "certificate_pem": pem,
            "csr_pem": csr_pem,
            "signature": base64.b64encode(signature).decode(),
        },
        now_s=now.timestamp(),
    )
    renewed = checked_certificate(answer, url, key, authority)
    atomic.write_bytes(folder.renewed_certificate_file, renewed, mode=0o644)
    return folder.finish_renewal()


def main(arguments: list[str]) -> int:
    """Print whether there is a new certificate; 1 and a sentence on stderr where it failed."""
    data_dir, url, now_s = arguments
    now = datetime.fromtimestamp(float(now_s), UTC)
    try:
        is_renewed = renew(PointFolder(Path(data_dir)), url, now=now)
    except (AgentError, UnreadableX509, OSError, ValueError) as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    sys.stdout.write(json.dumps({"is_renewed": is_renewed}) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
