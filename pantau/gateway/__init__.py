"""The HTTP gateway: systems send CloudEvents here; :func:`pantau.gateway.routes.routes` gives the handlers to mount."""
