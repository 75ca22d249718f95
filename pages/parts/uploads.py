"""Files that somebody sends."""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile


def release(came: UploadedFile) -> None:
    """Free the memory in which Streamlit would hold a file until its session ends, once nobody needs it any more."""
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_file(context.session_id, came.file_id)
