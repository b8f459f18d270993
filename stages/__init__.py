"""The stages of dvc.yaml, a script each: ``python -m stages.NAME --help``."""

import gc
import signal
import sys

if sys.argv[0] == "-m":  # a stage is started: this comes before its imports, which take seconds
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C meanwhile ends it without a traceback
    gc.disable()  # imports leave no garbage, and looking for it is a quarter of their time
