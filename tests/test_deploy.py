"""deploy/: the files agree with the kit and with each other, the certificates open and close what they should, and a
real nginx, where there is one, passes on what the app needs. Nothing here starts a container."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import stat
import subprocess
import threading
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
import typer
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

import serve
from deploy import certificates
from kit import ROOT, settings
from kit.cli import app as command_line
from kit.compute.external import TLS_VARIABLES, external
from kit.compute.plan import embedded_plan
from kit.compute.server import configuration
from kit.compute.sharing import WEIGHTS
from kit.settings import Settings

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
COPIES = ("app1", "app2")
MOUNT = "/run/secrets/"


def with_defaults(text: str) -> str:
    """``text`` as compose reads it where the environment says nothing."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text).replace("$$", "$")


def command(service: str) -> list[str]:
    return [with_defaults(part) for part in SERVICES[service]["command"]]


def option(service: str, name: str) -> str:
    [value] = [part.partition("=")[2] for part in command(service) if part.startswith(f"{name}=")]
    return value


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What certificates.py writes."""
    folder = tmp_path_factory.mktemp("deploy") / "secrets"
    certificates.make(folder, ["192.168.1.20", "atelier.example.org"])
    return folder


# -- compose.yaml -----------------------------------------------------------------------------------------------------


def test_nginx_alone_publishes_a_port_and_sees_the_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["nginx"]
    assert [name for name, service in SERVICES.items() if "outside" in service["networks"]] == ["nginx"]
    assert [name for name, network in COMPOSE["networks"].items() if not network.get("internal")] == ["outside"]
    for service in SERVICES.values():
        assert service["networks"], "none is on the default network, which leads outside"
        assert "network_mode" not in service


def test_who_speaks_to_whom() -> None:
    on = {net: {name for name, s in SERVICES.items() if net in s["networks"]} for net in COMPOSE["networks"]}
    assert on == {
        "outside": {"nginx"},
        "front": {"nginx", *COPIES},
        "store": {"database", *COPIES},
        "cluster": {"scheduler", *WEIGHTS, *COPIES},
    }


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_few_rights_and_says_how_it_is(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert service["healthcheck"]["test"][0] == "CMD"
    assert "privileged" not in service
    assert not any("docker.sock" in str(volume) for volume in service.get("volumes", []))


def test_the_images_have_a_version() -> None:
    for service in SERVICES.values():
        assert "build" in service or service["image"] == "contrechamp" or re.search(r":[\d.]+$", service["image"])


def test_the_two_copies_are_alike() -> None:
    assert SERVICES["app1"] == SERVICES["app2"]


def test_every_variable_is_one_of_the_kit() -> None:
    known = set(re.findall(r"^\| ``(CONTRECHAMP_\w+)`` \|", settings.__doc__ or "", re.MULTILINE))
    said = {
        name
        for file in ("compose.yaml", "Dockerfile", "README.md", "certificates.py")
        for name in re.findall(r"\bCONTRECHAMP_[A-Z_]*[A-Z]\b", (DEPLOY / file).read_text("utf-8"))
    }
    assert said - known == set()
    assert {"CONTRECHAMP_DATABASE_URL", "CONTRECHAMP_SCHEDULER", *TLS_VARIABLES} <= said


def test_every_setting_of_compose_is_explained() -> None:
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    explained = (DEPLOY / "README.md").read_text("utf-8")
    for name in re.findall(r"\$\{(\w+):-", text):
        assert f"`{name}`" in explained


def test_no_secret_is_in_the_environment() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or name.endswith("_FILE")
            assert name != "CONTRECHAMP_KEY"
            assert not re.search(r"://[^@/]*:[^@/]*@", str(value)), "no password in an address"


def test_every_secret_is_made_and_each_service_has_those_it_names(made: Path) -> None:
    there = {file.name for file in made.iterdir()}
    assert {secret["file"] for secret in COMPOSE["secrets"].values()} == {f"./secrets/{n}" for n in COMPOSE["secrets"]}
    assert set(COMPOSE["secrets"]) | {"web-ca.pem"} == there
    for name, service in SERVICES.items():
        text = json.dumps(service) + ((DEPLOY / "nginx.conf").read_text("utf-8") if name == "nginx" else "")
        named = set(re.findall(MOUNT + r"([\w.-]+)", text))
        assert named == set(service["secrets"])


def test_only_the_copies_know_the_key_and_only_they_and_the_database_its_password() -> None:
    def holders(secret: str) -> set[str]:
        return {name for name, service in SERVICES.items() if secret in service["secrets"]}

    assert holders("key") == set(COPIES)
    assert holders("database-password") == {"database", *COPIES}
    assert holders("web.key") == {"nginx"}


def test_the_address_of_the_scheduler_is_one_that_the_kit_accepts(made: Path) -> None:
    environment = {name: value.replace(MOUNT, f"{made}/") for name, value in SERVICES["app1"]["environment"].items()}
    address = external(environment["CONTRECHAMP_SCHEDULER"], environment)
    assert address.credentials == tuple(str(made / name) for name in ("cluster-ca.pem", "app.pem", "app.key"))
    assert address.url == f"tls://scheduler:{option('scheduler', '--port')}"


def test_the_address_of_the_database_leads_to_it() -> None:
    from sqlalchemy import make_url

    url = make_url(SERVICES["app1"]["environment"]["CONTRECHAMP_DATABASE_URL"])
    database = SERVICES["database"]["environment"]
    assert (url.drivername, url.host, url.port) == ("postgresql+psycopg", "database", 5432)
    assert (url.username, url.database) == (database["POSTGRES_USER"], database["POSTGRES_DB"])


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_workers_are_those_the_kit_looks_for(weight: str) -> None:
    """As :mod:`kit.compute.external` asks: one resource, one thread, a nanny that starts another after a death."""
    assert option(weight, "--resources") == f"{weight}=1"
    assert (option(weight, "--nthreads"), option(weight, "--nworkers")) == ("1", "1")
    assert "--no-nanny" not in command(weight)
    assert command(weight)[2] == SERVICES["app1"]["environment"]["CONTRECHAMP_SCHEDULER"]


def test_there_are_no_other_workers() -> None:
    assert {name for name, s in SERVICES.items() if s.get("command", [])[:2] == ["dask", "worker"]} == set(WEIGHTS)


def test_as_many_workers_as_in_the_embedded_cluster(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from dask.utils import parse_bytes

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=64 * 2**30))
    plan = embedded_plan(Settings(home=tmp_path))
    replicas = {weight: int(with_defaults(SERVICES[weight]["deploy"]["replicas"])) for weight in WEIGHTS}
    assert replicas == {"light": plan.light, "heavy": plan.heavy}
    assert parse_bytes(option("light", "--memory-limit")) == plan.light_bytes
    assert parse_bytes(option("heavy", "--memory-limit")) > plan.light_bytes


@pytest.mark.parametrize("service", ["scheduler", *WEIGHTS])
def test_dask_understands_its_command(service: str, made: Path) -> None:
    from distributed.cli import dask_scheduler, dask_worker

    program, *arguments = [part.replace(MOUNT, f"{made}/") for part in command(service)[1:]]
    main = {"scheduler": dask_scheduler.main, "worker": dask_worker.main}[program]
    read = main.make_context(program, arguments).params
    assert read["dashboard"] is False
    assert read["protocol"] == "tls"
    assert Path(read["tls_ca_file"]).name == "cluster-ca.pem"


def test_dask_has_the_settings_of_the_embedded_cluster(tmp_path: Path) -> None:
    def flat(tree: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
        for name, value in tree.items():
            here = f"{path}{name}"
            if isinstance(value, dict) and here not in wanted:
                yield from flat(value, f"{here}.")
            else:
                yield here, value

    wanted = configuration(embedded_plan(Settings(home=tmp_path)))
    wanted["temporary-directory"] = "/scratch"
    assert dict(flat(yaml.safe_load((DEPLOY / "dask.yaml").read_text("utf-8")))) == wanted


def test_the_app_is_started_by_a_command_that_exists() -> None:
    from_compose = command("app1")[-1].partition("exec contrechamp ")[2].split()
    [line] = re.findall(r"^CMD (.+)$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert json.loads(line) == ["contrechamp", *from_compose]
    run = typer.main.get_command(command_line).commands["run"]  # type: ignore[attr-defined]
    read = run.make_context("run", from_compose[1:]).params
    assert {name: value for name, value in read.items() if value} == {
        "lan": True,
        "https": True,
        "no_browser": True,
        "port": 8501,
    }


def test_the_image_holds_what_the_wheel_does() -> None:
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    only = shipped["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    copied = set()
    for line in re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE):
        copied |= set(line.split())
    needed = {*only, "start.py", "pyproject.toml", "constraints.txt", "README.md", *shipped["project"]["license-files"]}
    assert copied == {*needed, "deploy/dask.yaml"}
    allowed = {
        line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"
    }
    assert allowed == copied, "and the build is sent nothing else, above all no secret"


def test_the_secrets_stay_out_of_git() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", "deploy/secrets/web.key", "deploy/.env"], cwd=ROOT, capture_output=True, check=False
    )
    if ignored.returncode == 128:
        pytest.skip("not a checkout")
    assert len(ignored.stdout.splitlines()) == 2


# -- certificates.py --------------------------------------------------------------------------------------------------


def server_side(folder: Path, who: str, authority: str | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{who}.pem", folder / f"{who}.key")
    if authority:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(folder / authority)
    return context


def client_side(folder: Path, who: str | None, authority: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(folder / authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # what Python 3.13 asks by itself
    if who:
        context.load_cert_chain(folder / f"{who}.pem", folder / f"{who}.key")
    return context


def shake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> bytes:
    """What a client hears over loopback from a server that greets whoever it accepts. Raises :class:`OSError`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            raw, _ = listening.accept()
            with raw, contextlib.suppress(OSError), server.wrap_socket(raw, server_side=True) as tls:
                tls.sendall(b"welcome")

        greeting = threading.Thread(target=greet)
        greeting.start()
        try:
            with socket.create_connection(listening.getsockname(), 10) as raw:  # noqa: SIM117
                with client.wrap_socket(raw, server_hostname=name) as tls:
                    return tls.recv(16)
        finally:
            greeting.join(10)


@pytest.mark.parametrize(
    ("server", "client"), [("scheduler", "app"), ("scheduler", "worker"), ("worker", "scheduler"), ("worker", "worker")]
)
def test_who_belongs_to_the_cluster_is_let_in(made: Path, server: str, client: str) -> None:
    opened = shake(
        server_side(made, server, "cluster-ca.pem"), client_side(made, client, "cluster-ca.pem"), "localhost"
    )
    assert opened == b"welcome"


def test_who_shows_no_certificate_is_refused(made: Path) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)certificate.required"):
        shake(server_side(made, "scheduler", "cluster-ca.pem"), client_side(made, None, "cluster-ca.pem"), "localhost")


def test_who_belongs_to_another_cluster_is_refused(made: Path, tmp_path: Path) -> None:
    certificates.make(tmp_path, ["192.168.1.20"])
    stranger = client_side(tmp_path, "app", "cluster-ca.pem")
    stranger.load_verify_locations(made / "cluster-ca.pem")
    with pytest.raises(ssl.SSLError, match=r"(?i)unknown.ca|decrypt|bad.certificate"):
        shake(server_side(made, "scheduler", "cluster-ca.pem"), stranger, "localhost")


def test_what_opens_the_web_does_not_open_the_cluster(made: Path) -> None:
    with pytest.raises(ssl.SSLError):
        shake(server_side(made, "scheduler", "cluster-ca.pem"), client_side(made, "web", "cluster-ca.pem"), "localhost")


def test_the_app_cannot_pass_for_a_scheduler(made: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(server_side(made, "app", "cluster-ca.pem"), client_side(made, "worker", "cluster-ca.pem"), "app1")


@pytest.mark.parametrize("name", ["192.168.1.20", "atelier.example.org", "localhost", "127.0.0.1"])
def test_a_browser_accepts_the_names_that_were_given(made: Path, name: str) -> None:
    assert shake(server_side(made, "web", None), client_side(made, None, "web-ca.pem"), name) == b"welcome"


@pytest.mark.parametrize("name", ["192.168.1.21", "example.org"])
def test_and_no_others(made: Path, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(server_side(made, "web", None), client_side(made, None, "web-ca.pem"), name)


def test_the_authority_of_the_web_can_vouch_for_nothing_else(tmp_path: Path) -> None:
    """Even if somebody had kept its key: a device that trusts it trusts the names of this deployment only."""
    authority = certificates.Authority("web", 30, ["192.168.1.20", "localhost"])
    (tmp_path / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    pem, key = authority.sign("web", ["bank.example", "10.0.0.1"], [certificates.SERVER])
    (tmp_path / "forged.pem").write_bytes(pem)
    (tmp_path / "forged.key").write_bytes(key)
    for name in ("bank.example", "10.0.0.1"):
        with pytest.raises(ssl.SSLCertVerificationError, match="subtree"):
            shake(server_side(tmp_path, "forged", None), client_side(tmp_path, None, "ca.pem"), name)


def test_no_key_of_an_authority_is_kept(made: Path) -> None:
    assert {file.name for file in made.glob("*.key")} == {"scheduler.key", "worker.key", "app.key", "web.key"}
    authorities = {file.name for file in made.glob("*.pem") if is_authority(file)}
    assert authorities == {"cluster-ca.pem", "web-ca.pem"}


def is_authority(file: Path) -> bool:
    found = x509.load_pem_x509_certificate(file.read_bytes())
    return found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.skipif(os.name != "posix", reason="rights are a matter of POSIX")
def test_the_folder_is_closed_and_its_files_can_be_read_by_every_container(made: Path) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in made.iterdir()} == {0o444}


def test_certificates_are_renewed_and_secrets_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "secrets")
    assert certificates.main(["192.168.1.20", "--out", out]) == 0
    before = {file.name: file.read_bytes() for file in (tmp_path / "secrets").iterdir()}
    assert certificates.main(["192.168.1.20", "--out", out]) == 2
    assert "--renew" in capsys.readouterr().err
    assert certificates.main(["192.168.1.20", "--out", out, "--renew"]) == 0
    after = {file.name: file.read_bytes() for file in (tmp_path / "secrets").iterdir()}
    assert after.keys() == before.keys()
    assert {name for name in before if before[name] == after[name]} == {"database-password", "key"}


def test_the_key_can_be_typed_and_not_guessed(made: Path) -> None:
    key = (made / "key").read_text("utf-8")
    assert re.fullmatch(r"([b-df-hj-km-np-tv-xz2-9]{4}-){3}[b-df-hj-km-np-tv-xz2-9]{4}", key)
    assert len(certificates.LETTERS) ** 16 > 2**75


def test_what_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert certificates.main(["192.168.1.20", "Atelier.example.org", "--out", str(tmp_path / "s")]) == 0
    said = capsys.readouterr().out
    assert "CONTRECHAMP_HOSTS=atelier.example.org" in said
    assert (tmp_path / "s" / "key").read_text("utf-8") not in said
    assert certificates.main(["fe80::1", "--out", str(tmp_path / "t")]) == 0
    assert "CONTRECHAMP_HOSTS" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["https://192.168.1.20"],
        ["192.168.1.20:8443"],
        ["192.168.1.300"],
        ["-atelier.org"],
        ["*"],
        ["atelier.org", "--days", "0"],
        ["atelier.org", "--days", "826"],
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with contextlib.suppress(SystemExit):  # argparse's own, for what looks like an option
        assert certificates.main([*arguments, "--out", str(tmp_path / "secrets")]) == 2
    assert capsys.readouterr().err.strip()
    assert not (tmp_path / "secrets").exists()


# -- nginx.conf, as it is written -------------------------------------------------------------------------------------

NGINX = re.sub(r"(?m)^\s*#.*$", "", (DEPLOY / "nginx.conf").read_text("utf-8"))


def location(start: str) -> str:
    [body] = re.findall(r"location " + re.escape(start) + r" \{([^}]*)\}", NGINX)
    return str(body)


def test_nginx_passes_on_what_streamlit_needs() -> None:
    assert "proxy_read_timeout 1h;" in location("= /_stcore/stream")
    assert "proxy_set_header Upgrade $http_upgrade;" in NGINX
    assert "proxy_http_version 1.1;" in NGINX
    events = location("= /class/events")
    assert "proxy_buffering off;" in events
    assert "proxy_read_timeout 1h;" in events
    assert not re.search(r"location[^}]*proxy_set_header", NGINX), "it would drop the headers set above it"


def test_nginx_takes_files_where_the_app_does_and_as_large() -> None:
    files = location(serve.UPLOADS)
    [megabytes] = re.findall(r"client_max_body_size (\d+)m;", files)
    assert serve.ROOM_MEGABYTES < int(megabytes) < 2 * serve.ROOM_MEGABYTES
    assert re.findall(r"client_max_body_size (\d+)m;", NGINX) == ["1", megabytes]


def test_nginx_keeps_nobodys_address() -> None:
    assert "access_log off;" in NGINX


def test_nginx_sends_to_the_two_copies() -> None:
    assert re.findall(r"server (\w+:\d+)", NGINX) == [f"{copy}:8501" for copy in COPIES]
    published = {port.rpartition(":")[2] for port in SERVICES["nginx"]["ports"]}
    assert published == set(re.findall(r"listen (\d+)", NGINX))


def test_nginx_knows_both_cookies() -> None:
    assert f"{serve.SECURE_COOKIE}\\s" in NGINX
    assert f"\\s*{serve.DEVICE_COOKIE}\\s" in NGINX


# -- nginx itself -----------------------------------------------------------------------------------------------------


@dataclass
class Copy:
    """A stand-in for one copy of the app: it says what it was sent."""

    name: str
    context: ssl.SSLContext
    go_on: threading.Event = field(default_factory=threading.Event)

    def handler(self) -> type[BaseHTTPRequestHandler]:
        copy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 2**16  # headers and body in one packet: two would wait for each other

            def do_GET(self) -> None:
                if self.path == "/class/events":
                    self.events()
                elif self.headers.get("Upgrade") == "websocket":
                    self.socket()
                else:
                    self.tell()

            def do_PUT(self) -> None:
                left = int(self.headers["Content-Length"])
                while left:
                    left -= len(self.rfile.read(min(left, 2**16)))
                self.tell()

            def tell(self) -> None:
                body = json.dumps({"copy": copy.name, "path": self.path, "headers": dict(self.headers)}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def events(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(b"data: 1\n\n")
                self.wfile.flush()
                copy.go_on.wait(20)
                self.wfile.write(b"data: 2\n\n")
                self.close_connection = True

            def socket(self) -> None:
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.end_headers()
                self.wfile.flush()
                self.wfile.write(b"heard " + self.rfile.readline())
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    @contextlib.contextmanager
    def serving(self) -> Iterator[int]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        server.socket = self.context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        self.go_on.set()
        thread.join()
        server.server_close()


@dataclass
class Front:
    """nginx, with our configuration, before two stand-ins."""

    port: int
    plain_port: int
    copies: dict[str, Copy]
    context: ssl.SSLContext

    @contextlib.contextmanager
    def connection(self) -> Iterator[http.client.HTTPSConnection]:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=20)
        yield connection
        connection.close()

    def ask(
        self, path: str = "/", method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """The status, and what the stand-in says it was sent."""
        with self.connection() as connection:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            content = answer.read()
        return answer.status, json.loads(content) if answer.status == 200 else {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def nginx() -> str:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        reason = "no nginx on this machine: its configuration was only read"
        if os.environ.get("CONTRECHAMP_REQUIRE_NGINX"):
            pytest.fail(f"{reason}, and CONTRECHAMP_REQUIRE_NGINX is set")
        pytest.skip(reason)
    return program


@pytest.fixture(scope="module")
def front(nginx: str, made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    folder = tmp_path_factory.mktemp("nginx")
    with contextlib.ExitStack() as stack:
        copies = {name: Copy(name, server_side(made, "web", None)) for name in COPIES}
        ports = {name: stack.enter_context(copy.serving()) for name, copy in copies.items()}
        port, plain = free_port(), free_port()
        conf = (DEPLOY / "nginx.conf").read_text("utf-8")
        for old, new in {
            "/tmp/": f"{folder}/",  # first: the other new values lie there too
            **{f"server {name}:8501": f"server 127.0.0.1:{ports[name]}" for name in COPIES},
            "listen 8443": f"listen 127.0.0.1:{port}",
            "listen 8080": f"listen 127.0.0.1:{plain}",
            MOUNT: f"{made}/",
        }.items():
            assert old in conf
            conf = conf.replace(old, new)
        if os.geteuid() == 0:
            conf = f"user root;\n{conf}"  # its workers write in a folder that is closed to others
        file = folder / "nginx.conf"
        file.write_text(conf, "utf-8")
        checked = subprocess.run([nginx, "-t", "-p", folder, "-c", file], capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        assert "warn" not in checked.stderr
        process = subprocess.Popen(
            [nginx, "-p", folder, "-c", file, "-g", "daemon off;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        stack.callback(process.wait, 20)
        stack.callback(process.terminate)
        for _ in range(100):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.05)
        yield Front(port, plain, copies, client_side(made, None, "web-ca.pem"))


def test_a_device_stays_with_its_copy(front: Front) -> None:
    """Whatever else its cookies say; two hundred devices are shared between the two."""
    seen: list[str] = []
    with front.connection() as connection:  # one for all: each request goes where its own cookie says
        for number in range(200):
            device = f"{number * 7919:032x}"
            cookies = (
                f"__Host-contrechamp_device={device}",
                f"theme=dark; __Host-contrechamp_device={device}; contrechamp_device={'f' * 32}; a=b",
                f"contrechamp_device={device}",
            )
            answers = set()
            for cookie in cookies:
                connection.request("GET", "/", headers={"Cookie": cookie})
                answers.add(json.loads(connection.getresponse().read())["copy"])
            assert len(answers) == 1
            seen += answers
    assert all(seen.count(name) >= 60 for name in COPIES)


def test_a_browser_without_a_cookie_is_served_by_its_address(front: Front) -> None:
    asked: tuple[dict[str, str], ...] = (
        {},
        {"Cookie": "theme=dark"},
        {"Cookie": "contrechamp_device=short"},
        {"Cookie": f"x={'a' * 32}"},
    )
    assert len({front.ask(headers=headers)[1]["copy"] for headers in asked}) == 1


def test_what_the_app_is_told_of_the_device(front: Front) -> None:
    """The address cannot be made up, and the name is the one that was typed, port included."""
    _, said = front.ask(
        "/word",
        headers={"X-Forwarded-For": "8.8.8.8", "Forwarded": "for=8.8.8.8", "Origin": "https://127.0.0.1"},
    )
    headers = {name.lower(): value for name, value in said["headers"].items()}
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    assert "forwarded" not in headers
    assert headers["host"] == f"127.0.0.1:{front.port}"
    assert headers["origin"] == "https://127.0.0.1"
    assert "upgrade" not in headers
    assert said["path"] == "/word"


def test_an_event_is_passed_on_as_soon_as_it_is_said(front: Front) -> None:
    with front.connection() as connection:
        connection.request("GET", "/class/events")
        answer = connection.getresponse()
        assert answer.readline() == b"data: 1\n"
        for copy in front.copies.values():
            copy.go_on.set()
        assert answer.read().endswith(b"data: 2\n\n")


def test_a_socket_is_opened_both_ways(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", front.port), 20) as raw:  # noqa: SIM117
        with front.context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
            asked = (
                "GET /_stcore/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            )
            tls.sendall(asked.encode())
            heard = b""
            while b"\r\n\r\n" not in heard:
                heard += tls.recv(4096)
            assert heard.startswith(b"HTTP/1.1 101 ")
            tls.sendall(b"hello\n")
            assert tls.recv(64) == b"heard hello\n"


@pytest.mark.parametrize(
    ("path", "megabytes", "status"),
    [("/_stcore/upload_file/a/b", 8, 200), ("/_stcore/upload_file/a/b", 161, 413), ("/class/answer", 2, 413)],
)
def test_large_bodies_go_where_files_go(front: Front, path: str, megabytes: int, status: int) -> None:
    if status == 200:
        assert front.ask(path, "PUT", bytes(megabytes * 2**20))[0] == 200
        return
    with front.connection() as connection:  # the length alone is refused
        connection.putrequest("PUT", path)
        connection.putheader("Content-Length", str(megabytes * 2**20))
        connection.endheaders()
        assert connection.getresponse().status == status


def test_http_leads_to_https(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.plain_port, timeout=10)
    connection.request("GET", "/join?code=BTRWKP")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert (answer.status, answer.headers["Location"]) == (308, "https://127.0.0.1/join?code=BTRWKP")
