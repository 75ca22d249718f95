"""What a room does together and what must outlive a reload: the store and the state of a run."""
