"""Tests of BitGet on the replay exchange, over real sockets."""
