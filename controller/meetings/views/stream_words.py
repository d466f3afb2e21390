"""Each stream of a point that is in, in words: what it sends, and what it plays slot by slot."""

from datetime import timedelta

from contracts.relay import Attendee, StreamLine
from controller.web.i18n.language import N_, Language

# What is not named here, such as a third picture of a later relay, is shown by its own name.
_SENT = {
    "video-high": N_("sends its large picture"),
    "video-low": N_("sends its small picture"),
    "sound": N_("sends its sound"),
}
_PLAYED = {
    "stage": N_("sees the chair point"),
    "speaker": N_("sees who speaks"),
    "content": N_("sees the document"),
    "tile": N_("sees small tiles"),
    "sound": N_("hears"),
}


def streams(words: Language, up: Attendee | None, down: Attendee | None) -> tuple[str, ...]:
    """Return a sentence a stream, what is sent first; none of which no figure is known."""
    found = []
    for attendee, names in ((up, _SENT), (down, _PLAYED)):
        for line in attendee.streams if attendee else ():
            figures = _figures(words, line)
            if figures:
                name = names.get(line.stream)
                of = words.gettext(name) if name else line.stream
                found.append(f"{of}: {', '.join(figures)}")
    return tuple(found)


def _figures(words: Language, line: StreamLine) -> list[str]:
    parts = [words.rate(line.bitrate_bps)] if line.bitrate_bps is not None else []
    for name, ratio in (
        (N_("%(share)s lost"), line.loss_ratio),
        (N_("stood still %(share)s"), line.frozen_ratio),
        (N_("%(share)s made up"), line.concealed_ratio),
    ):
        if ratio is not None:
            parts.append(words.gettext(name, share=words.percent(ratio)))
    if line.jitter_ms is not None:
        parts.append(words.gettext("jitter %(span)s", span=words.milliseconds(line.jitter_ms)))
    if line.height_px is not None:
        parts.append(words.gettext("%(n)s lines high", n=words.number(line.height_px)))
    if line.mos is not None:
        parts.append(f"MOS {words.number(line.mos, 1)}")
    if line.keyframes:
        parts.append(words.ngettext("%(n)s keyframe", "%(n)s keyframes", line.keyframes))
    if line.empty_ms:
        span = words.duration(timedelta(milliseconds=line.empty_ms))
        parts.append(words.gettext("%(span)s without a picture that was due", span=span))
    return parts
