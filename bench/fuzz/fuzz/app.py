"""A copy of an example app, with its tables, its rows, and a server of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent.parent
SECRET = "0f3a6c1d9b5e47280f3a6c1d9b5e47280f3a6c1d9b5e47280f3a6c1d9b5e4728"
# Mail is kept and goes nowhere.
MAIL = {
    "MAIL_URL": "smtp://127.0.0.1:9?tls=none",
    "MAIL_FROM": "app@example.com",
    "PUBLIC_URL": "https://app.example",
}
# What is slowed down would be refused after a few requests.
LIMITED = ["register", "forgot-password", "verify-email/request", "otp/request"]
LIMITS = "".join(f'"POST /api/auth/{path}" = "off"\n' for path in LIMITED)
START_LIMIT_S = 30
STOP_LIMIT_S = 30


class App:
    """Served on entry, with the rows of the seed however often, and stopped on exit."""

    def __init__(self, name, work, binary):
        self.name = name
        self.folder = work / name
        self.log = work / f"{name}.log"
        self._binary = binary
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(REPOSITORY / "examples" / name, self.folder)
        config = self.folder / "purlin.toml"
        head, _, limits = config.read_text().partition("[rate_limits]\n")
        config.write_text(f"{head}\n[rate_limits]\n{LIMITS}{limits}")
        self._command("migrate", "dev", "--name", "init")
        self._command("db", "seed")
        self._seeded = work / f"{name}.db"
        shutil.copy(self.folder / "data.db", self._seeded)

    def __enter__(self):
        for old in self.folder.glob("data.db*"):
            old.unlink()
        shutil.copy(self._seeded, self.folder / "data.db")
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [self._binary, "serve"], cwd=self.folder, env=self._environment(), stdout=log, stderr=log
            )
        began = time.monotonic()
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() - began > START_LIMIT_S:
                raise SystemExit(f"the server does not answer; see {self.log}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(STOP_LIMIT_S)

    def _is_ready(self):
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def is_running(self):
        return self._process.poll() is None

    def token(self, user):
        return self._command("generate", "token", user, "--ttl", "8h").strip()

    def document(self):
        with urllib.request.urlopen(f"{self.url}/openapi.json", timeout=10) as answer:
            return json.load(answer)

    def rows(self, path, token):
        request = urllib.request.Request(f"{self.url}{path}?limit=50", headers={"authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError:
            return []

    def _environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PURLIN_")}
        port = self.url.rpartition(":")[2]
        return {**kept, **MAIL, "DATABASE_URL": "file:./data.db", "JWT_SECRET": SECRET, "PORT": port}

    def _command(self, *arguments):
        done = subprocess.run(
            [self._binary, *arguments], cwd=self.folder, env=self._environment(), capture_output=True, text=True
        )
        if done.returncode != 0:
            raise SystemExit(f"purlin {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout
