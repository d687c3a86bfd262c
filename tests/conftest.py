"""For all tests: no test reads or writes the cache of the person who runs them."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

os.environ["POLICYMINE_CACHE"] = tempfile.mkdtemp(prefix="policymine-tests-")
atexit.register(shutil.rmtree, os.environ["POLICYMINE_CACHE"], ignore_errors=True)
