"""A contender's running server: start-up time, CPU time and memory of its processes."""

import os
import signal
import socket
import subprocess
import time

from . import places, processes
from .problem import Problem

START_LIMIT_S = 30
STOP_LIMIT_S = 10


class Server:
    """Started on entry, stopped on exit; `database` is only asked for its own processes."""

    def __init__(self, contender):
        self._contender = contender
        self.port = _free_port()

    def __enter__(self):
        contender = self._contender
        places.WORK.mkdir(parents=True, exist_ok=True)
        self.log = places.WORK / f"{contender.name}.log"
        environment = {
            **places.surroundings(),
            "NODE_ENV": "production",
            **contender.environment,
            "PORT": str(self.port),
            "DATABASE_URL": contender.database.url,
        }
        with open(self.log, "wb") as log:
            began = time.perf_counter()
            self._process = subprocess.Popen(
                contender.command, cwd=contender.folder, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        try:
            self._wait_until_healthy(began)
        except BaseException:
            self._stop()
            raise
        self.start_up_ms = (time.perf_counter() - began) * 1000
        return self

    def __exit__(self, *_):
        self._stop()

    def _wait_until_healthy(self, began):
        ask = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        while True:
            if self._process.poll() is not None:
                raise Problem(f"{self._contender.name} ended at once:\n{self._log_end()}")
            if time.perf_counter() - began > START_LIMIT_S:
                raise Problem(f"{self._contender.name} is not healthy after {START_LIMIT_S} s:\n{self._log_end()}")
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                    connection.sendall(ask)
                    if connection.recv(64).startswith(b"HTTP/1.1 200"):
                        return
            except OSError:
                pass
            time.sleep(0.002)

    def _log_end(self):
        return self.log.read_text(errors="replace")[-2_000:]

    def _stop(self):
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            for pid in self._pids():
                os.kill(pid, signal.SIGKILL)
            self._process.wait()

    def _pids(self):
        """This server's process and its descendants."""
        return processes.with_descendants(self._process.pid)

    def cpu_us(self):
        return processes.cpu_us(self._pids())

    def database_cpu_us(self):
        """CPU time of the database's own processes, with those that have ended meanwhile."""
        return processes.cpu_us(self._contender.database.backend_pids(), with_ended=True)

    def memory_mb(self):
        return processes.memory_mb(self._pids())


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
