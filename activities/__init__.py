"""One folder an activity. An activity imports the kit, never streamlit and never another activity."""
