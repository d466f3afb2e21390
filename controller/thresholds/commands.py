"""The commands that show thresholds and set them: `thresholds show`, `thresholds set`."""

from argparse import Namespace
from datetime import UTC, datetime

from controller.answer import CommandAnswer
from controller.audit.service import COMMAND_LINE, Action, AuditLog
from controller.db.engine import open_engine, reading
from controller.errors import BadEntry, NotFound
from controller.places import service as places
from controller.settings import ControllerSettings
from controller.thresholds import fields, service, wording
from controller.thresholds.fields import BY_NAME, FIELDS, shown
from controller.thresholds.scheme import ALL, Edit, Scheme, ThresholdTemplate, with_values
from controller.thresholds.service import ThresholdDesk
from controller.web.i18n.catalogue import chosen
from monitoring.judgement.problem import Thresholds


def show(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Show what holds for all points, in each template, or for one point."""
    with reading(open_engine(settings.state_database_url)) as session:
        now_set, from_file = service.newest(session), settings.thresholds.limits
        scheme = now_set.scheme
        parts = {"": with_values(from_file, scheme.values)}
        if arguments.point:
            point = places.point(session, arguments.point, at=datetime.now(UTC))
            if point is None:
                raise NotFound("điểm cầu", "point")
            parts = {
                arguments.point: service.limits_of(session, settings.thresholds, point.point_id)
            }
        else:
            parts |= {one.name: with_values(parts[""], one.values) for one in scheme.templates}
    lines = [f"Lần đổi / revision: {now_set.revision}"]
    for name, limits in parts.items():
        lines += ["", name or "Mọi điểm cầu / all points", *map("  {}".format, _lines(limits))]
    data = {name: {one.name: getattr(by, one.name) for one in FIELDS} for name, by in parts.items()}
    return CommandAnswer("\n".join(lines), {"revision": now_set.revision, "thresholds": data})


def set_them(settings: ControllerSettings, arguments: Namespace) -> CommandAnswer:
    """Set some for all points, or in a template; an empty value takes one back."""
    now = datetime.now(UTC)
    engine = open_engine(settings.state_database_url, durability="FULL")
    with reading(engine) as session:
        last = service.newest(session)
    template = _template(last.scheme, arguments.template)
    common = with_values(settings.thresholds.limits, last.scheme.values if template else {})
    values = dict(template.values if template else last.scheme.values)
    for typed in arguments.values:
        name, _, text = typed.partition("=")
        if name not in BY_NAME:
            known = ", ".join(BY_NAME)
            raise BadEntry(
                f"Không có ngưỡng “{name}”. Có: {known}.",
                f"There is no threshold “{name}”. There are: {known}.",
            )
        values.pop(name, None)
        values |= fields.entered({name: text}, common)
    part, called = (template.template_id, template.name) if template else (ALL, "")
    desk = ThresholdDesk(engine, settings.thresholds)
    made = desk.save(
        Edit(part, called, values),
        base=last.revision,
        reason=arguments.reason,
        actor=COMMAND_LINE,
        now=now,
    )
    said = wording.differences(chosen("vi"), last.scheme, made.scheme, settings.thresholds.limits)
    AuditLog(engine, lambda: now).note(
        Action.SET_THRESHOLDS,
        actor=COMMAND_LINE,
        subject=str(made.revision),
        detail="; ".join(said),
    )
    return CommandAnswer(
        "\n".join([f"Đã lưu lần đổi / saved as revision {made.revision}:", *said]),
        {"revision": made.revision, "changes": said},
    )


def _template(scheme: Scheme, name: str) -> ThresholdTemplate | None:
    if not name:
        return None
    for one in scheme.templates:
        if name.casefold() in (one.template_id, one.name.casefold()):
            return one
    raise NotFound("mẫu ngưỡng", "template of thresholds")


def _lines(limits: Thresholds) -> list[str]:
    return [
        f"{one.name:<16} {shown(one, getattr(limits, one.name), 'vi'):>8} {one.unit:<3} "
        f"{one.label.vi} / {one.label.en}"
        for one in FIELDS
    ]


UNITS = ", ".join(f"{one.name} ({one.unit})" for one in FIELDS)
"""What can be set, and in which unit it is typed."""
