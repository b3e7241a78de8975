"""Builds the web UI into the wheel, as `botarmy/web` beside the code that serves it."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuildHook(BuildHookInterface[Any]):
    """Runs when a wheel is built. An editable install serves `web/dist` of its checkout: nothing to build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        web = Path(self.root, "web")
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit(
                "BotArmy's web UI is built while the wheel is made, and npm was not found. "
                "Install Node.js 20 or newer and try again, or install a ready-made wheel."
            )
        for command in (["ci", "--no-audit", "--no-fund", "--prefer-offline"], ["run", "build"]):
            if subprocess.run([npm, *command], cwd=web, check=False).returncode != 0:
                raise SystemExit(f"`npm {' '.join(command)}` failed in {web}: its own message is above.")
        build_data["force_include"][str(web / "dist")] = "botarmy/web"
