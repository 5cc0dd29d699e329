"""Settings, the environment, and the parts of the process supervisor."""
