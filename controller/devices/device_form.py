"""The form that adds or changes a point's device, as it is typed and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from controller.devices import entered
from controller.devices.entered import DeviceEntered
from controller.devices.tables import PointDevice
from controller.places.service import Point
from controller.web.elements import Crumb
from controller.web.i18n.language import Language


@dataclass(frozen=True, slots=True)
class FormView:
    """The page with the form."""

    point_id: str
    title: str
    crumbs: tuple[Crumb, ...]
    action: str
    device_id: str
    form: DeviceEntered
    auths: Sequence[str]
    privs: Sequence[str]


def entered_of(fields: Mapping[str, str]) -> DeviceEntered:
    """Return what was typed. Secrets are taken as they are: a space may be part of one."""
    names = ("name", "address", "port", "version", "user_name", "auth", "priv")
    plain = {name: fields.get(name, "").strip() for name in names}
    secret = {name: fields.get(name, "") for name in ("community", "auth_key", "priv_key")}
    return DeviceEntered(**plain, **secret)


def kept_of(row: PointDevice) -> DeviceEntered:
    """Return a device as its form begins, without what is secret."""
    typed = DeviceEntered(name=row.name, address=row.address, port=str(row.port))
    if not row.user_name:
        return typed
    return DeviceEntered(
        name=row.name,
        address=row.address,
        port=str(row.port),
        version="v3",
        user_name=row.user_name,
        auth=row.auth,
        priv=row.priv,
    )


def form_view(
    words: Language, point: Point, row: PointDevice | None, typed: DeviceEntered
) -> FormView:
    """Return the form of a new device, or of one that is there."""
    title = row.name if row else words.gettext("Add a device")
    base = f"/points/{point.point_id}"
    crumbs = (
        Crumb(words.gettext("Points"), "/points"), Crumb(point.name, base), Crumb(title),
    )  # fmt: skip
    action = f"{base}/devices/{row.device_id}" if row else f"{base}/devices"
    device_id = row.device_id if row else ""
    return FormView(
        point.point_id, title, crumbs, action, device_id, typed, entered.AUTH, entered.PRIV
    )
