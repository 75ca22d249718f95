"""What Streamlit says by itself, in English and about itself, and what is said here."""

from __future__ import annotations

from collections.abc import Callable


def streamlits_words(_: Callable[[str], str]) -> dict[str, str]:
    """For :func:`pages.parts.browser.adopt`; ``_`` translates."""
    return {
        "Page not found": _("Page not found"),
        "The page that you have requested does not seem to exist. Running the app's main page.": _(
            "This page does not exist. Here is the home page."
        ),
        "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:": _(
            "The kit has stopped. What you did is saved. Start it again as you did, then reload this page:"
        ),
        "streamlit run yourscript.py": "python3 start.py",
        "Upload": _("Choose"),
        "Add files": _("Add files"),
        "Take Photo": _("Take the photograph"),
        "Clear photo": _("Take another one"),
        "Switch camera": _("Other camera"),
        "Uploading...": _("Sending…"),
        "This app would like to use your camera.": _(
            "The kit asks to use the camera. Allow it in the browser’s address bar."
        ),
        "This app would like to use your microphone.": _(
            "The kit asks to use the microphone. Allow it in the browser’s address bar."
        ),
        "Record": _("Record"),
        "Stop recording": _("Stop"),
        "Play": _("Listen"),
        "Pause": _("Pause"),
        "Reset": _("Begin again"),
        "Clear recording": _("Remove the recording"),
        "Clear recording: …": _("Remove the recording: …"),
        "Download as WAV": _("Keep a copy (WAV)"),
        "Download as WAV: …": _("Keep a copy (WAV): …"),
        "An error has occurred, please try again.": _(
            "The recording was not taken. Keep a copy if you can, then begin again."
        ),
        "Snapshot": _("The photograph just taken"),
        "Increment": _("One more"),
        "Decrement": _("One less"),
        "No results": _("Nothing found"),
        "Clear value": _("Clear"),
        "Fullscreen": _("Full screen"),
        "Close fullscreen": _("Leave full screen"),
        "Connection error": _("The kit does not answer"),
        "file upload": _("Choose a file"),
        "MB per file…": _("…MB per file…"),
        "Error: AxiosError: Request failed with status code 403": _(
            "Not sent: nothing is collected for the moment. Ask whoever leads, then send again."
        ),
        "This type of files are not allowed.": _("This kind of file is not accepted."),
        "…files are not allowed.": _("…files are not accepted."),
        "Only one file is allowed.": _("One file at a time."),
        "File size is too small.": _("This file is too small."),
        "File must be …": _("The file may weigh at most …"),
        "…MB or smaller.": _("…MB."),
    }
