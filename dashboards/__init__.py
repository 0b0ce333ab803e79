"""What people look at: the live page."""
