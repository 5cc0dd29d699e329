"""`make screenshots`: the demo with a past of three days, and a picture of each of its pages and states.

`history.py` writes that past, `demo.py` runs the demo on it, `scenes.py` goes where there is something to see, and
`album.py` keeps the pictures: docs/screenshots/ and docs/screens.md.
"""
