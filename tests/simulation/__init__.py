"""The real supervisor in a virtual world of fake venues, Redis, database and workers, all of it from one seed."""
