"""The program's version: a constant, since looking it up costs a megabyte of imports."""

AGENT_VERSION = "0.1.0"
