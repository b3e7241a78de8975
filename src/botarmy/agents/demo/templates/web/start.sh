#!/bin/sh
# Serves the application on this machine alone; PORT chooses another port than 8080.
set -eu
cd "$(dirname "$0")"
PORT="${PORT:-8080}"
echo "Open http://localhost:${PORT} (Ctrl+C stops)"
exec python3 -m http.server "$PORT" --bind 127.0.0.1 --directory app
