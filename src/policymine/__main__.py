"""``python -m policymine``: the same as the command ``policymine``."""

from policymine.cli import main

if __name__ == "__main__":
    main()
