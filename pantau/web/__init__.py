"""The web application of the embedded process: gateway, page and the verbs of the command line."""
