"""`python -m ame_explore` is the command `ame-explore`."""

from ame_explore.apps.cli import main

if __name__ == "__main__":
    main()
