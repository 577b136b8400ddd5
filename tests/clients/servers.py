"""What a client talks to: an emulator of its own, and for the KCL a DynamoDB that others wrote (moto)."""
import json
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.request

from setups import Failed, call


class Server:
    """A process that says when it is ready."""

    def __init__(self, command, ready):
        self.folder = tempfile.TemporaryDirectory(prefix="millrace-clients-", ignore_cleanup_errors=True)
        self.log = pathlib.Path(self.folder.name) / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([arg.replace("{folder}", self.folder.name) for arg in map(str, command)],
                                            stdout=subprocess.PIPE, stderr=log, text=True)
        self.said = []
        for line in self.process.stdout:
            self.said.append(line.strip())
            if ready in line:
                return
        raise Failed(f"{command[0]} did not start:\n{self.log.read_text()[-2000:]}")

    def complaints(self):
        """The last of what it logged beside requests."""
        lines = [line for line in self.log.read_text().splitlines() if "HTTP/1.1" not in line]
        return "".join(f"  {line}\n" for line in lines[-15:])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.wait()
        self.folder.cleanup()


class Emulator(Server):
    """On a free port, with a data directory of its own."""

    def __init__(self, program):
        super().__init__([program, "--listen", "127.0.0.1:0", "--data", "{folder}/data", "--limits", "off"], "Ready.")
        self.endpoint = next(line.split()[-1] for line in self.said if line.startswith("listening on "))

    def trusted(self):
        """The environment of a client that speaks TLS and trusts the emulator's own authority."""
        folder = pathlib.Path(self.folder.name)
        authority, store = folder / "ca.pem", folder / "ca.p12"
        with urllib.request.urlopen(self.endpoint + "/_millrace/ca.pem", timeout=5) as page:
            authority.write_bytes(page.read())
        found = {name: str(authority) for name in ("MILLRACE_CA", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")}
        found["MILLRACE_ENDPOINT"] = f"https://localhost:{self.endpoint.rsplit(':', 1)[1]}"
        if shutil.which("keytool"):
            call(["keytool", "-importcert", "-noprompt", "-alias", "millrace", "-file", authority, "-keystore", store,
                  "-storetype", "PKCS12", "-storepass", "changeit"], folder)
            found["JAVA_TOOL_OPTIONS"] = (f"-Djavax.net.ssl.trustStore={store} -Djavax.net.ssl.trustStoreType=PKCS12 "
                                          "-Djavax.net.ssl.trustStorePassword=changeit")
        return found

    def seen(self):
        """How the calls came in: {"json/http1.1": 40, "cbor/h2": 3}."""
        with urllib.request.urlopen(self.endpoint + "/_millrace/api/requests", timeout=5) as page:
            return {name: count for name, count in json.load(page).items() if count}


class Dynamo(Server):
    """moto's DynamoDB on a free port, one request at a time: it is not made for threads.

    Two workers of the KCL may ask for the same index; moto fails at the second (status 500), so it is left out.
    """

    PROGRAM = """
import threading
from werkzeug.serving import make_server
from moto.dynamodb.models import DynamoDBBackend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
make_indexes = DynamoDBBackend.update_table_global_indexes
def make_new_indexes(self, table, updates):
    there = {index.name for index in table.global_indexes}
    make_indexes(self, table, [one for one in updates if one.get("Create", {}).get("IndexName") not in there])
DynamoDBBackend.update_table_global_indexes = make_new_indexes
moto, one = DomainDispatcherApplication(create_backend_app), threading.Lock()
def application(environment, begin):
    with one:
        return moto(environment, begin)
server = make_server("127.0.0.1", 0, application, threaded=True)
print("listening on", f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
"""

    def __init__(self, python):
        super().__init__([python, "-c", self.PROGRAM], "listening on")
        self.endpoint = re.search(r"http://\S+", self.said[-1])[0]
