#!/bin/sh
# Runs the program with the arguments given; files are looked for where you are.
set -eu
exec python3 "$(dirname "$0")/app/main.py" "$@"
