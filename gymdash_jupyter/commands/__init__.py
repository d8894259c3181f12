"""The subcommands of ``gymdash-jupyter``: looking at a project, starting and stopping, from a shell.

``parsing`` knows them all, one file does what one of them (or a close group) says. Commands that read
change no byte of the project and load neither Jupyter nor pandas; commands that act make the same
public calls as a notebook. ``start`` opens JupyterLab, which is no part of this room.
"""
