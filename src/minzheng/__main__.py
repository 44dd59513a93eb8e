"""`python -m minzheng` is the `minzheng` command."""

from minzheng.surfaces.cli.main import run

if __name__ == "__main__":
    run()
