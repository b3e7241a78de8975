"""What is delivered, to whom, and from where: topics, the feed of recent entries, snapshots."""
