"""What a worker process is beside its tasks: the sessions that it runs, and who watches over it."""
