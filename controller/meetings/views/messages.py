"""What the office says on screens: the sentences that are ready, and what stands now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.desired import MAX_MESSAGE_CHARS
from controller.meetings.messages.tables import ScreenMessage
from controller.places.service import Point
from controller.web.elements import Choice
from controller.web.i18n.language import Language

# They go to rooms, which read Vietnamese whatever the office's page is shown in.
PREPARED = (
    "Bật micro giúp",
    "Tắt micro giúp",
    "Nói gần micro hơn",
    "Chỉnh lại camera giúp",
    "Bật đèn trong phòng giúp",
    "Chuẩn bị phát biểu",
    "Kỹ thuật viên gọi về trung tâm",
)


@dataclass(frozen=True, slots=True)
class OnScreen:
    """A message that stands; `take_back_spoken` is what its button says."""

    message_id: str
    to: str
    text: str
    until: str
    take_back_spoken: str


@dataclass(frozen=True, slots=True)
class MessagesView:
    """The form, and what stands on screens. `to`: whom it may go to, all first."""

    may_send: bool
    to: tuple[Choice, ...]
    prepared: tuple[str, ...]
    most: int
    standing: tuple[OnScreen, ...]


def view(
    words: Language,
    points: Sequence[Point],
    messages: Sequence[ScreenMessage],
    names: Mapping[str, str],
    *,
    may_send: bool,
) -> MessagesView:
    """Return the messages of a meeting.

    Args:
        messages: those that stand, the newest first.
    """
    all_points = words.gettext("All points")
    return MessagesView(
        may_send=may_send,
        to=(
            Choice("", all_points, is_chosen=True),
            *(Choice(one.point_id, one.name, is_chosen=False) for one in points),
        ),
        prepared=PREPARED,
        most=MAX_MESSAGE_CHARS,
        standing=tuple(
            _on_screen(words, one, names.get(one.point_id or "", all_points)) for one in messages
        ),
    )


def _on_screen(words: Language, one: ScreenMessage, to: str) -> OnScreen:
    return OnScreen(
        message_id=str(one.message_id),
        to=to,
        text=one.text,
        until=words.gettext("until %(time)s", time=words.time_exact(one.ends_at)),
        take_back_spoken=words.gettext("Take back the message to %(name)s", name=to),
    )
