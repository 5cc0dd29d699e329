"""What stands between the sockets and the hub: who may be there, for how long, and how much of what."""
