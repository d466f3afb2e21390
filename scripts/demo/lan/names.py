"""A switch and a power supply at one point: what they are called, where, and by which word."""

SWITCH, UPS = "Switch phòng họp", "Bộ lưu điện phòng họp"
# Loopback has room for more than one machine.
SWITCH_ADDRESS, UPS_ADDRESS = "127.0.0.2", "127.0.0.3"
# snmpsim knows a recording by its name, and that is the community.
SWITCH_WORD, UPS_WORD = "switch", "ups"
