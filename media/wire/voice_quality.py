"""What a line leaves of a conversation: the E-model of ITU-T G.107, simplified.

    R = 93.2 - Idd - Ie,eff        MOS = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6

What the recommendation reckons with besides (loudness, noise, side tone, echo) stands at its
defaults: rooms cancel their echo and level their sound. Loss is taken to be random. Opus has no
published Ie and Bpl on this scale; with its concealment and its in-band repair it is taken to
bear loss as G.711 with concealment does (G.113, Appendix I). The figure is one line's, between a
point and the relay: two points that talk have two of them between each other.
"""

import math
from dataclasses import dataclass

DEFAULT_R = 93.2
# Ears that are as good as there are give no more (G.107, Annex B).
BEST_MOS, WORST_MOS = 4.5, 1.0
FRAME_MS = 20.0
PLAYOUT_PER_JITTER = 2.0  # a player waits so many times the jitter
_NOTICED_FROM_MS = 100.0
_WORST_IE = 95.0


@dataclass(frozen=True, slots=True)
class VoiceCodec:
    """How a codec sounds, and how it bears random loss in per cent (Ie and Bpl of G.113)."""

    impairment: float
    robustness: float


OPUS = VoiceCodec(impairment=0.0, robustness=25.1)
G711 = VoiceCodec(impairment=0.0, robustness=4.3)
G729A = VoiceCodec(impairment=11.0, robustness=19.0)


def delay_impairment(delay_ms: float) -> float:
    """Return Idd for a delay from mouth to ear (G.107, equation 7-27)."""
    if delay_ms <= _NOTICED_FROM_MS:
        return 0.0
    x = math.log2(delay_ms / _NOTICED_FROM_MS)
    sixth = 1 / 6
    return 25.0 * (math.pow(1 + x**6, sixth) - 3 * math.pow(1 + (x / 3) ** 6, sixth) + 2)


def loss_impairment(loss_ratio: float, codec: VoiceCodec = OPUS) -> float:
    """Return Ie,eff for random loss, 0 to 1 (G.107, equation 7-29 with BurstR 1)."""
    percent = 100 * loss_ratio
    share = percent / (percent + codec.robustness)
    return codec.impairment + (_WORST_IE - codec.impairment) * share


def mos_of(rating: float) -> float:
    """Return the mean opinion score of a rating R (G.107, Annex B)."""
    if rating <= 0:
        return WORST_MOS
    if rating >= 100:
        return BEST_MOS
    return max(WORST_MOS, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)


def mos(
    *,
    loss_ratio: float,
    rtt_ms: float | None = None,
    jitter_ms: float | None = None,
    codec: VoiceCodec = OPUS,
) -> float:
    """Return the mean opinion score (1 to 4.5) of the sound on one line.

    Args:
        rtt_ms, jitter_ms: None: not known, and then left out of the delay.
    """
    delay_ms = FRAME_MS + (rtt_ms or 0.0) / 2 + PLAYOUT_PER_JITTER * (jitter_ms or 0.0)
    rating = DEFAULT_R - delay_impairment(delay_ms) - loss_impairment(loss_ratio, codec)
    return mos_of(rating)
