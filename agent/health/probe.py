"""`diemcau-agent probe snmp`: what the poller makes of a switch, a router or a UPS.

Needs no enrolment.
"""

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from agent.errors import EXIT_FAILED, EXIT_USAGE, ProbeFailed
from agent.health import probe_words
from agent.health.probe_address import address_of, place_of
from agent.health.probe_arguments import AUTH_ENV, COMMUNITY_ENV, PRIV_ENV
from monitoring.collectors.snmp.asking import by_gufo
from monitoring.collectors.snmp.poll import poll
from monitoring.collectors.snmp.report import DeviceReport
from monitoring.collectors.snmp.target import (
    DEFAULT_PORT,
    LEAST_KEY_CHARS,
    AskingLimits,
    AuthAlgorithm,
    Community,
    DeviceTarget,
    PrivAlgorithm,
    UserKeys,
)
from monitoring.errors import CollectorError, DeviceSilent, UserRefused
from runtime.os_fault import reasons

MAX_SECRET_CHARS = 256


def probe_snmp(parsed: argparse.Namespace, environment: Mapping[str, str] = os.environ) -> str:
    """Return what a device says, for people or as JSON.

    Raises:
        ProbeFailed: with a sentence in both languages, and an exit code.
    """
    host, port = place_of(parsed.device, DEFAULT_PORT)
    credentials = _credentials(parsed, environment)
    limits = AskingLimits(request_s=parsed.timeout)
    asking = _by_pysnmp if parsed.library == "pysnmp" else by_gufo
    report = asyncio.run(_report(host, port, credentials, partial(asking, limits=limits)))
    return as_json(report) if parsed.json else probe_words.as_text(report)


def as_json(report: DeviceReport) -> str:
    """Return the report for programs."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


async def _by_pysnmp(target: DeviceTarget, limits: AskingLimits) -> DeviceReport:
    # Heavy, and wanted by nobody else: it is imported where it is asked for.
    from monitoring.collectors.snmp.pysnmp_session import PysnmpReader

    async with PysnmpReader(target, limits) as reader:
        return await poll(reader)


async def _report(
    host: str,
    port: int,
    credentials: Community | UserKeys,
    asking: Callable[[DeviceTarget], Awaitable[DeviceReport]],
) -> DeviceReport:
    target = DeviceTarget(await address_of(host), credentials, port)
    try:
        return await asking(target)
    except DeviceSilent as exc:
        is_user = isinstance(credentials, UserKeys)
        vi, en = probe_words.silent(host, port, is_user=is_user)
        raise ProbeFailed("no_answer", EXIT_FAILED, vi=vi, en=en) from exc
    except UserRefused as exc:
        vi, en = probe_words.REFUSED[exc.refused]
        raise ProbeFailed("refused", EXIT_FAILED, vi=vi, en=en) from exc
    except CollectorError as exc:
        vi, en = probe_words.unreadable(host, port)
        raise ProbeFailed("unreadable", EXIT_FAILED, vi=vi, en=en) from exc


def _credentials(
    parsed: argparse.Namespace, environment: Mapping[str, str]
) -> Community | UserKeys:
    if parsed.user is None:
        word = parsed.community or _secret(parsed.community_file, COMMUNITY_ENV, environment)
        if not word:
            raise _usage(
                "Thiếu community: dùng --community, --community-file hoặc biến môi trường "
                f"{COMMUNITY_ENV}; với SNMP v3 dùng --user",
                f"no community: give --community, --community-file or the variable "
                f"{COMMUNITY_ENV}; with SNMP v3 give --user",
            )
        return Community(word)
    auth = _secret(parsed.auth_key_file, AUTH_ENV, environment)
    priv = _secret(parsed.priv_key_file, PRIV_ENV, environment)
    for key in filter(None, (auth, priv)):
        if len(key) < LEAST_KEY_CHARS:
            raise _usage(
                f"Khóa SNMP v3 phải có ít nhất {LEAST_KEY_CHARS} ký tự",
                f"a key of SNMP v3 has {LEAST_KEY_CHARS} characters or more",
            )
    if priv and not auth:
        raise _usage(
            "Có khóa mã hóa mà thiếu khóa xác thực (--auth-key-file)",
            "there is a privacy key and no authentication key (--auth-key-file)",
        )
    return UserKeys(parsed.user, auth, priv, AuthAlgorithm(parsed.auth), PrivAlgorithm(parsed.priv))


def _secret(path: Path | None, variable: str, environment: Mapping[str, str]) -> str | None:
    if path is None:
        return environment.get(variable) or None
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        vi, en = reasons(exc)
        raise _usage(f"{path}: {vi}", f"{path}: {en}") from None
    return text[:MAX_SECRET_CHARS].strip("\r\n") or None


def _usage(vi: str, en: str) -> ProbeFailed:
    return ProbeFailed("usage", EXIT_USAGE, vi=f"{vi}.", en=f"{en}.")
