"""millrace-runtime submit against a real Flink cluster with its SQL Gateway, started here from public jars.

Usage: submit.py [--bin DIR]

Runs one script here and there and compares the rows; asks for a statement that Flink refuses, a job that
fails, and cancels one that does not end. Needs Java 17, pip and Maven; exit code 77 without them.
"""
import argparse
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import run_flink  # noqa: E402

PATIENCE_S = 240
PACKAGES = ("util", "lang", "net", "time")
MEMORY = ["network.min=64mb", "network.max=64mb", "managed.size=64mb", "task.heap.size=256mb",
          "task.off-heap.size=0b", "framework.heap.size=128mb", "framework.off-heap.size=128mb",
          "jvm-metaspace.size=256mb", "jvm-overhead.min=128mb", "jvm-overhead.max=128mb"]


def gateway_jar():
    folder = run_flink.flink_jars().parent / "gateway"
    jar = folder / f"flink-sql-gateway-{run_flink.VERSION}.jar"
    if not jar.exists():
        if shutil.which("mvn") is None:
            run_flink.skip("there is no mvn")
        subprocess.run(["mvn", "-q", "-B", "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
                        f"-Dartifact=org.apache.flink:flink-sql-gateway:{run_flink.VERSION}",
                        f"-DoutputDirectory={folder}"], check=True)
    return jar


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Cluster:
    """A job manager, a task manager and a gateway, all on this machine."""

    def __init__(self, work):
        self.work, self.programs = work, []
        rpc, rest, gateway = free_ports(3)
        self.gateway, self.rest = f"http://127.0.0.1:{gateway}", f"http://127.0.0.1:{rest}"
        settings = {"jobmanager.rpc.address": "127.0.0.1", "jobmanager.rpc.port": rpc,
                    "jobmanager.bind-host": "127.0.0.1", "jobmanager.memory.process.size": "900m",
                    "taskmanager.bind-host": "127.0.0.1", "taskmanager.host": "127.0.0.1",
                    "taskmanager.numberOfTaskSlots": 4, "rest.address": "127.0.0.1", "rest.port": rest,
                    "rest.bind-address": "127.0.0.1", "sql-gateway.endpoint.rest.address": "127.0.0.1",
                    "sql-gateway.endpoint.rest.port": gateway, "parallelism.default": 1}
        (work / "conf").mkdir()
        (work / "conf" / "config.yaml").write_text("".join(f"{key}: {value}\n" for key, value in settings.items()))

    def __enter__(self):
        jars = run_flink.flink_jars()
        package = "org.apache.flink.runtime"
        conf = ["--configDir", str(self.work / "conf")]
        memory = [f"-Dtaskmanager.memory.{setting}" for setting in MEMORY] + ["-Dtaskmanager.cpu.cores=2"]
        self.start("jobs", f"{jars}/*", f"{package}.entrypoint.StandaloneSessionClusterEntrypoint", *conf)
        self.start("tasks", f"{jars}/*", f"{package}.taskexecutor.TaskManagerRunner", *conf, *memory)
        self.start("gateway", f"{jars}/*:{gateway_jar()}", "org.apache.flink.table.gateway.SqlGateway")
        self.wait(f"{self.gateway}/info", '"Apache Flink"')
        self.wait(f"{self.rest}/overview", '"taskmanagers":1')
        return self

    def start(self, name, jars, *command):
        log = open(self.work / f"{name}.log", "w", encoding="utf-8")
        environment = os.environ | {"FLINK_CONF_DIR": str(self.work / "conf")}
        self.programs.append(subprocess.Popen([*run_flink.java(jars, "600m", PACKAGES), *command], env=environment,
                                              stdout=log, stderr=subprocess.STDOUT))

    def wait(self, url, text):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    if text in answer.read().decode():
                        return
            except OSError:
                pass
            time.sleep(0.5)
        sys.exit(f"{url} never said {text}; the logs end with " +
                 "\n".join((self.work / f"{name}.log").read_text()[-800:] for name in ("jobs", "tasks", "gateway")))

    def __exit__(self, *_):
        for program in self.programs:
            program.terminate()
        for program in self.programs:
            try:
                program.wait(20)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


FILES = """CREATE TABLE f (a INT, b STRING) WITH ('connector' = 'filesystem', 'path' = '{work}/in.jsonl', 'format' = 'json');
CREATE TABLE o (b STRING, n BIGINT) WITH ('connector' = 'filesystem', 'path' = '{out}', 'format' = 'json');
"""
JOB = FILES + """-- A comment, and a name with a quote in it.
SELECT a, b AS `it's` FROM f WHERE a > 1;
INSERT INTO o SELECT UPPER(b), CAST(a AS BIGINT) * 10 FROM f;
"""
ENDLESS = """CREATE TABLE t (a INT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
CREATE TABLE o (a INT) WITH ('connector' = 'blackhole');
INSERT INTO o SELECT a FROM t;
"""


def rows(folder):
    return sorted(line for part in folder.rglob("part-*") for line in part.read_text().splitlines())


class Check:
    def __init__(self, runtime, cluster, work):
        self.runtime, self.cluster, self.work, self.failed = runtime, cluster, work, 0

    def submit(self, name, script, *flags, interrupt_at=None):
        path = self.work / f"{name}.sql"
        path.write_text(script, encoding="utf-8")
        program = subprocess.Popen([self.runtime, "submit", "--gateway", self.cluster.gateway, *flags, str(path)],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        said = ""
        if interrupt_at:
            for line in program.stderr:
                said += line
                if interrupt_at in line:
                    program.send_signal(signal.SIGINT)
                    break
        out, err = program.communicate(timeout=PATIENCE_S)
        return program.returncode, out, said + err

    def that(self, name, holds, what):
        print(f"{name}: {'ok' if holds else 'FAILED: ' + str(what)}", flush=True)
        self.failed += not holds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin")
    runtime = str(pathlib.Path(parser.parse_args().bin).resolve() / "millrace-runtime")
    if shutil.which("java") is None:
        run_flink.skip("there is no java")
    gateway_jar()
    with tempfile.TemporaryDirectory(prefix="millrace-submit-") as folder, Cluster(pathlib.Path(folder)) as cluster:
        work = pathlib.Path(folder)
        check = Check(runtime, cluster, work)
        (work / "in.jsonl").write_text('{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n{"a":3,"b":"z"}\n')

        here = subprocess.run([runtime, "run", "--log-level", "warn", "-"], input=JOB.format(work=work, out=work / "here"),
                              capture_output=True, text=True)
        code, out, said = check.submit("job", JOB.format(work=work, out=work / "there"))
        check.that("the rows of a script", code == 0 and rows(work / "here") == rows(work / "there") != [], said)
        check.that("the rows of a bare SELECT", out == here.stdout != "", (out, here.stdout))
        check.that("job ids and states", "job.sql:5:1: job " in said and ": FINISHED" in said, said)

        refused = FILES.format(work=work, out=work / "x") + "INSERT INTO o\n  SELECT nope, 1 FROM f;\n"
        code, _, said = check.submit("refused", refused)
        check.that("a script that we refuse is not posted", code == 2 and "submitted" not in said, said)

        # An option nobody knows: found here, before anything is posted.
        bad = FILES.format(work=work, out=work / "x").replace("'format' = 'json'", "'format' = 'json', 'json.x' = '1'")
        code, _, said = check.submit("bad", bad + "INSERT INTO o SELECT b, a FROM f;\n")
        check.that("an option nobody knows", code == 2 and "json.x" in said, said)

        lost = FILES.format(work=work / "nowhere", out=work / "x") + "INSERT INTO o SELECT b, a FROM f;\n"
        code, _, said = check.submit("lost", lost)
        check.that("a job that fails there", code == 1 and "failed on the cluster" in said, said)

        code, _, said = check.submit("endless", ENDLESS, interrupt_at=": RUNNING")
        check.that("Ctrl-C cancels", code == 0 and ": CANCELED" in said, said)

        code, _, said = check.submit("detached", ENDLESS, "--detach")
        check.that("--detach leaves it running", code == 0 and "submitted" in said and "RUNNING" not in said, said)
    sys.exit(1 if check.failed else 0)


if __name__ == "__main__":
    main()
