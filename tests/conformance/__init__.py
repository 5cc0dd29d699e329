"""RFC 6455 against the servers that we ship: raw frames of our own, and Autobahn's suite where it can run."""
