"""Tests of the replay exchange, over real sockets."""
