"""How events get in: mapping files, replay, the simulator."""
