"""python -m agent.room"""

from agent.room.cli import main

main()
