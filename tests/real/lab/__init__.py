"""The real parts that owctl is proved against: how each is installed, started, asked and stopped.

Modules: parts (installing), process (starting and stopping), once (made once a run), and one a part.
"""
