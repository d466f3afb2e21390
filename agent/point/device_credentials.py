"""What a device is asked with, of the secrets that a point has for it."""

from contracts.devices import DeviceSecrets
from monitoring.collectors.snmp.target import AuthAlgorithm, Community, PrivAlgorithm, UserKeys


def credentials_of(secrets: DeviceSecrets) -> Community | UserKeys:
    """Return the community, or the user of version 3 and his keys."""
    if secrets.community is not None:
        return Community(secrets.community)
    return UserKeys(
        secrets.user,
        secrets.auth_key,
        secrets.priv_key,
        AuthAlgorithm(secrets.auth),
        PrivAlgorithm(secrets.priv),
    )
