"""What the player in the browser says, for its script."""

from collections.abc import Mapping

from controller.web.i18n.language import Language


def of_sharing(words: Language) -> Mapping[str, str]:
    """Return the texts of sharing a screen."""
    return {
        "share": words.gettext("Share a screen"),
        "shareStop": words.gettext("Stop sharing"),
        "starting": words.gettext("Choose what to share…"),
        "sharing": words.gettext("Everybody sees this screen now."),
        "sharingSound": words.gettext("Everybody sees this and hears its sound now."),
        "ended": words.gettext("The sharing was ended."),
        "refused": words.gettext("The relay refused: {reason}"),
        "unable": words.gettext("This browser could not share the screen. Try again."),
        "failed": words.gettext("The connection was lost for too long, so the sharing has ended."),
    }


def of_taking_part(words: Language) -> Mapping[str, str]:
    """Return the texts of taking part by this machine."""
    player = in_language(words)
    known = ("origin", "stopped", "network", "refused", "unsupported", "openRelay", "authority")
    return {name: player[name] for name in known} | {
        "join": words.gettext("Take part with this machine"),
        "leave": words.gettext("Leave"),
        "starting": words.gettext("Opening camera and microphone…"),
        "waiting": words.gettext("You are in. Sound goes out when you have the floor."),
        "heard": words.gettext("The meeting can see and hear you now."),
        "heardMuted": words.gettext("The meeting can see you. Your microphone is off."),
        "retrying": words.gettext("The connection to the relay is cut. Trying again by itself."),
        "mute": words.gettext("Microphone off"),
        "unmute": words.gettext("Microphone on"),
        "hand": words.gettext("Raise a hand"),
        "handDown": words.gettext("Lower the hand"),
        "camera": words.gettext("Camera"),
        "microphone": words.gettext("Microphone"),
        "own": words.gettext("Your own picture"),
        "none": words.gettext("none"),
        "camera-missing": words.gettext(
            "No camera was found: the others hear you and do not see you. Plug one in, it is "
            "taken by itself."
        ),
        "camera-busy": words.gettext(
            "Another program uses the camera. Close that program; the camera then opens by itself."
        ),
        "microphone-missing": words.gettext(
            "No microphone was found: the others cannot hear you. Plug one in, it is taken by "
            "itself."
        ),
        "microphone-busy": words.gettext(
            "Another program uses the microphone. Close that program; it then opens by itself."
        ),
        "denied": words.gettext(
            "The browser does not allow camera or microphone for this page. Press the lock beside "
            "the address, allow both, and press “Take part with this machine” again."
        ),
        "insecure": words.gettext(
            "The browser opens camera and microphone only on a page it trusts (https). Download "
            "the installation's certificate, add it to the trusted authorities of this machine, "
            "open this page by its https address and try again."
        ),
        "certificate": words.gettext(
            "This browser does not trust the relay's certificate. Download the installation's "
            "certificate, add it to the trusted authorities of this machine and restart the "
            "browser; or open the relay's address, accept it there and come back to this page."
        ),
    }


def of_grid(words: Language) -> Mapping[str, str]:
    """Return the texts of the pages of a grid."""
    return {
        "size": words.gettext("Tiles a page"),
        "before": words.gettext("Page before"),
        "after": words.gettext("Next page"),
        "page": words.gettext("Page {page} of {all}"),
    }


def of_steering(words: Language) -> Mapping[str, str]:
    """Return the texts of the console while the floor is moved at the relay."""
    return {
        "away": words.gettext(
            "The centre has not answered since {time}. The floor is moved straight at the relay, "
            "and rooms obey; what else is here waits for the centre. Do not reload this page."
        ),
        "alone": words.gettext(
            "Neither the centre nor the relay answers since {time}. The floor stays as it is. "
            "Trying again by itself; do not reload this page."
        ),
        "unable": words.gettext(
            "The centre has not answered since {time}, and this page has no right at the relay "
            "yet. The floor stays as it is until the centre is back."
        ),
        "returning": words.gettext(
            "The centre is back and takes over what was moved meanwhile. The floor is still moved "
            "at the relay."
        ),
        "waits": words.gettext("This waits until the centre is back."),
        "hasFloor": words.gettext("Has the floor"),
        "muted": words.gettext("Muted"),
        "isIn": words.gettext("Present"),
        "nobody": words.gettext("Nobody has the floor"),
        "grant": words.gettext("Invite"),
        "withdraw": words.gettext("Withdraw"),
        "mute": words.gettext("Turn off"),
        "unmute": words.gettext("Turn on"),
        "grantSpoken": words.gettext("Invite %(name)s to speak", name="{name}"),
        "withdrawSpoken": words.gettext("Withdraw the floor from %(name)s", name="{name}"),
        "muteSpoken": words.gettext("Turn off the microphone of %(name)s", name="{name}"),
        "unmuteSpoken": words.gettext("Turn on the microphone of %(name)s", name="{name}"),
    }


def in_language(words: Language) -> Mapping[str, str]:
    """Return the player's texts; {name} places are filled by the script."""
    return {
        "connecting": words.gettext("Fetching pictures and sound…"),
        "waiting": words.gettext("Connected, waiting for the first picture"),
        "playing": words.gettext("Pictures and sound are playing"),
        "heldByLine": words.gettext("Your line is weak: {what}"),
        "heldByLoad": words.gettext("The relay is overloaded: {what}"),
        "onlySound": words.gettext("sound only"),
        "onlyContent": words.gettext("shared content and sound only"),
        "smallPictures": words.gettext("small pictures"),
        "picturesMissing": words.gettext("some pictures are left out"),
        "soundOff": words.gettext("Sound is off: the browser waits for a press."),
        "play": words.gettext("Play with sound"),
        "retrying": words.gettext("The connection to the relay is cut. Trying again by itself."),
        "origin": words.gettext(
            "The relay does not serve pages opened as {page}. Open the centre by another of its "
            "names, or have this one added to public_hosts."
        ),
        "stopped": words.gettext(
            "The relay is not running: the centre has no contact with it either. "
            "Trying again by itself."
        ),
        "certificate": words.gettext("This browser does not trust the relay's certificate yet."),
        "network": words.gettext(
            "Nothing comes back from {relay}: a firewall or the network between here and the relay "
            "stands in the way. Trying again by itself."
        ),
        "openRelay": words.gettext("Open the relay's address and accept it"),
        "authority": words.gettext("Download the installation's certificate"),
        "retry": words.gettext("Try again"),
        "refused": words.gettext("The relay refused: {reason}"),
        "mute": words.gettext("Sound off"),
        "unmute": words.gettext("Sound on"),
        "unsupported": words.gettext("This browser cannot play meetings (no WebRTC)."),
    }
