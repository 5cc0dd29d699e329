"""REST over accounts: /api/v1/. Each user sees their own and those of their groups, whatever else they may."""
