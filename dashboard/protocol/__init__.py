"""What server and clients say to each other over a socket; docs/websocket.md is the same for people. Pure."""
