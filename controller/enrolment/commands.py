"""Commands about enrolment."""

from argparse import Namespace
from datetime import UTC, datetime

from contracts.local_days import ZONE
from controller.answer import CommandAnswer, said
from controller.audit.service import COMMAND_LINE, Action, AuditLog
from controller.db.engine import open_engine, reading
from controller.enrolment import pki, revocation, revoked_relays
from controller.enrolment import service as enrolment
from controller.errors import InstallationError
from controller.knock import knock
from controller.places import service as places
from controller.settings import ControllerSettings


def enrol_code(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Make an enrolment code."""
    engine = open_engine(settings.state_database_url, durability="FULL")
    with reading(engine) as session:
        if not places.as_of(session, datetime.now(UTC)).points:
            raise InstallationError(
                "there are no points yet",
                "add units and points first: on the pages, or diemcau-controller point import FILE",
            )
    made = enrolment.make_code(
        engine,
        pki.load_authority(settings.pki_dir),
        arguments.point,
        valid_h=settings.enrolment.code_valid_h,
        actor=COMMAND_LINE,
        now=datetime.now(UTC),
    )
    audit = AuditLog(engine, lambda: datetime.now(UTC))
    audit.note(Action.MAKE_CODE, actor=COMMAND_LINE, subject=arguments.point)
    until = f"{made.expires_at.astimezone(ZONE):%H:%M %d/%m/%Y}"
    return CommandAnswer(
        f"{made.code}\n"
        + said(
            f"Cho {arguments.point}, dùng một lần, tới {until} giờ Việt Nam (UTC+7).",
            f"For {arguments.point}, once, until {until} Vietnam time (UTC+7).",
        ),
        {
            "code": made.code,
            "point_id": arguments.point,
            "expires_at": made.expires_at.isoformat(),
        },
    )


def revoke_point(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Take a point's certificate back."""
    now = datetime.now(UTC)
    engine = open_engine(settings.state_database_url, durability="FULL")
    authority = pki.load_authority(settings.pki_dir)
    revocation.revoke(engine, arguments.point, now=now)
    audit = AuditLog(engine, lambda: now)
    audit.note(Action.REVOKE, actor=COMMAND_LINE, subject=arguments.point)
    # Done by the web process too; this one need not wait for it.
    revocation.update_list(engine, settings.pki_dir, authority, now=now)
    knock(settings.state_dir)
    return CommandAnswer(
        said(
            f"{arguments.point}: chứng thư không còn được nhận. Tiến trình web đang chạy kết thúc "
            "các phiên trong mười giây. Mã mới ghi danh lại được một máy.",
            f"{arguments.point}: its certificate is not accepted any more. The running web process "
            "ends its open sessions within ten seconds. A new code enrols a machine again.",
        ),
        {"point_id": arguments.point, "revoked_at": now.isoformat()},
    )


def revoke_relay(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Take a relay's certificate back."""
    now = datetime.now(UTC)
    engine = open_engine(settings.state_database_url, durability="FULL")
    authority = pki.load_authority(settings.pki_dir)
    revoked_relays.put_aside(settings.pki_dir, arguments.relay, now=now)
    audit = AuditLog(engine, lambda: now)
    audit.note(Action.REVOKE, actor=COMMAND_LINE, subject=arguments.relay)
    revocation.update_list(engine, settings.pki_dir, authority, now=now)
    knock(settings.state_dir)
    return CommandAnswer(
        said(
            f"{arguments.relay}: broker và các relay chính không còn nhận chứng thư của nó. Nếu "
            "vẫn dùng tiếp, sudo diemcau-controller init cấp chứng thư khác, rồi phải mang bộ cài "
            "tới đó. Sao lưu lại: bản trước đây sẽ đưa chứng thư cũ trở lại.",
            f"{arguments.relay}: broker and home relays take its certificate no more. If it goes "
            "on, sudo diemcau-controller init makes it another; then its kit has to be carried "
            "there. Make a backup anew: one of before brings the certificate back.",
        ),
        {"relay": arguments.relay, "revoked_at": now.isoformat()},
    )
