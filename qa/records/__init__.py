"""What people leave behind: accounts, conversations, feedback, clips, and what was changed."""
