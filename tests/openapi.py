#!/usr/bin/env python3
"""Holds a running server against its own OpenAPI document, with Schemathesis: made-up requests, good ones and bad ones, to
every call; each answer must have a documented status, type and form, and none may be a fault.

    tests/openapi.py SERVER SCHEMATHESIS [EXAMPLES]

SERVER is the program, SCHEMATHESIS the tester, EXAMPLES how many made-up requests each call gets (6). The server runs on a
free port of this machine, with a database that is thrown away; links lead to a small server here, and nowhere else. The
same seed each time: what fails once fails again. Only what was started here is ended here.
"""

import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

KEY = "a-bootstrap-key-for-the-description"
CHECKS = "not_a_server_error,status_code_conformance,response_schema_conformance,content_type_conformance"
# What ends the caller or the room that the others need: asked for last.
LAST = ["DELETE /api/v1/rooms/{id}", "DELETE /api/v1/people/me", "DELETE /api/v1/sessions/current"]
# Seconds for a whole run of the tester.
LONGEST = 240


class Files(http.server.BaseHTTPRequestHandler):
    """A web with one kind of file: the smallest that is a film by its type and its first bytes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"WEBVTT\n" if self.path.endswith(".vtt") else b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
        self.send_response(200)
        self.send_header("Content-Type", "text/vtt" if self.path.endswith(".vtt") else "video/mp4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """The server under test."""

    def __init__(self, program, place, files):
        self.url = f"http://127.0.0.1:{free_port()}"
        plenty = "{burst=100000000,per_minute=100000000}"
        rates = ("frames commands calls chat chat_of_address rooms guests links links_of_address wrong_invites "
                 "wrong_invites_of_all logins").split()
        limits = {f"ONECOUCH__LIMITS__{rate.upper()}": plenty for rate in rates}
        own = {
            "ONECOUCH__HTTP__LISTEN": self.url.removeprefix("http://"),
            "ONECOUCH__DATABASE__URL": str(place / "couch.db"),
            "ONECOUCH__AUTH__BOOTSTRAP_KEY": KEY,
            "ONECOUCH__RESOLVE__ALLOW_PRIVATE": f'["{files}"]',
            "ONECOUCH__LOG__FILTER": "warn",
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ONECOUCH__")}
        self.log = open(place / "server.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen([program, "serve"], env={**kept, **limits, **own}, cwd=place, stdout=self.log,
                                        stderr=subprocess.STDOUT)

    def ready(self):
        for _ in range(200):
            if self.process.poll() is not None:
                raise SystemExit(f"the server ended:\n{self.said()}")
            try:
                urllib.request.urlopen(f"{self.url}/readyz", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit(f"the server does not answer:\n{self.said()}")

    def call(self, method, path, token=None, body=None):
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def said(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read()[-4000:]

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def scene(server, films):
    """Somebody with a room in which there is something of every kind, and what the parts of paths are to be filled with."""
    ana = server.call("POST", "/sessions", body={"name": "Ana"})["data"]
    token = ana["token"]
    ben = server.call("POST", "/sessions", body={"name": "Ben"})["data"]
    call = lambda method, path, body=None: server.call(method, path, token, body)["data"]
    room = call("POST", "/rooms", {"title": "Film club", "visibility": "public"})
    here = f"/rooms/{room['id']}"
    for n in range(3):
        item = call("POST", f"{here}/queue", {"url": f"{films}/film{n}.mp4"})["item"]
    server.call("POST", f"/invites/{room['invite']}/join", ben["token"], {})
    server.call("POST", f"{here}/chat", ben["token"], {"text": "hello"})
    line = call("POST", f"{here}/chat", {"text": "hello"})
    playlist = call("POST", "/playlists", {"name": "Rainy days", "from_room": room["id"]})
    parts = {"id": room["id"], "item": item["id"], "person": ben["person"]["id"], "playlist": playlist["id"],
             "token": room["invite"], "line": line["seq"]}
    return token, parts


def configuration(place, parts):
    """Real rooms and items in half of the calls' paths would hide nothing: made-up ones are refused before much is done."""
    lines = ["[parameters]"] + [f'"path.{name}" = {json.dumps(value)}' for name, value in parts.items()]
    for path in ("/api/v1/keys/{id}", "/api/v1/people/me/sessions/{id}", "/api/v1/webhooks/{id}"):
        lines += ["[[operations]]", f'include-path = "{path}"', "[operations.parameters]", '"path.id" = "none"']
    file = place / "schemathesis.toml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def main():
    program, tester = (str(pathlib.Path(argument).resolve()) for argument in sys.argv[1:3])
    examples = sys.argv[3] if len(sys.argv) > 3 else "6"
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    authority = f"127.0.0.1:{web.server_port}"
    with tempfile.TemporaryDirectory() as directory:
        place = pathlib.Path(directory)
        server = Server(program, place, authority)
        try:
            server.ready()
            document = json.dumps(server.call("GET", "/openapi.json"))
            for elsewhere in ("https://example.com", "https://bot.example"):
                document = document.replace(elsewhere, f"http://{authority}")
            (place / "openapi.json").write_text(document, encoding="utf-8")

            def run(who, token, parts, phases, *only):
                print(f"-- as {who}", flush=True)
                command = [tester, "--config-file", str(configuration(place, parts)), "--no-color", "run",
                           str(place / "openapi.json"), "--url", server.url, "--header", f"Authorization: Bearer {token}",
                           "--checks", CHECKS, "--phases", phases, "--max-examples", examples, "--seed", "1",
                           "--generation-deterministic", "--no-shrink",
                           "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure",
                           "--request-timeout", "20", *only]
                return subprocess.run(command, cwd=place, check=False, timeout=LONGEST).returncode

            token, parts = scene(server, f"http://{authority}")
            without = [word for name in LAST for word in ("--exclude-name", name)]
            codes = [run("somebody", token, parts, "examples,coverage,fuzzing", *without)]
            _, parts = scene(server, f"http://{authority}")
            codes.append(run("the bootstrap key", KEY, parts, "examples,fuzzing", *without))
            token, parts = scene(server, f"http://{authority}")
            last = [word for name in LAST for word in ("--include-name", name)]
            codes.append(run("somebody who goes", token, parts, "fuzzing", *last))
            alive = server.process.poll() is None
        finally:
            server.end()
            web.shutdown()
        said = server.said()
        faults = [line for line in said.splitlines() if "ERROR" in line or "panicked" in line]
        if faults:
            print("the server logged:", *faults[:20], sep="\n")
        return 0 if alive and not faults and not any(codes) else 1


if __name__ == "__main__":
    sys.exit(main())
