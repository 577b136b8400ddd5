"""Queues through boto3: competing receivers, redelivery, dead letters, long polls, restarts."""
import http.client
import json
import signal
import socket
import threading
import time
import unittest
import urllib.parse

from tests.e2e.support import (
    ACCOUNT,
    ENDPOINT,
    REGION,
    ApiTest,
    Emulator,
    advance_clock,
    delete_stream,
    kinesis,
    temporary_directory,
    wait_active,
    wait_until,
)

ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/"
NOBODY = "no receipt handle"


def make_stream(client, name):
    client.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    wait_active(client, name)
    return ARN + name


def make_queue(client, stream_arn, name, start="TRIM_HORIZON", **more):
    """Makes a queue and waits for ACTIVE; its ARN."""
    made = client.create_queue(
        QueueName=name,
        StreamConfigurationList=[{"StreamARN": stream_arn, "StartingPosition": {"Type": start}}],
        **more,
    )["QueueDescription"]
    arn = made["QueueARN"]
    wait_until(
        lambda: client.describe_queue(QueueARN=arn)["QueueDescription"]["QueueStatus"] == "ACTIVE",
        f"queue {name} to become ACTIVE",
    )
    return arn


def delete_queue(client, arn):
    def gone():
        try:
            client.delete_queue(QueueARN=arn)
            return False
        except client.exceptions.ResourceNotFoundException:
            return True

    wait_until(gone, f"{arn} to be gone")


def put(client, stream, texts):
    for text in texts:
        client.put_record(StreamName=stream, Data=text.encode(), PartitionKey=text)


def receive(client, arn, wait=1, **more):
    return client.receive_queue_records(QueueARN=arn, WaitTimeSeconds=wait, **more)["QueueRecords"]


def receive_dead(client, arn, wait=1, **more):
    return client.receive_dead_letter_queue_records(QueueARN=arn, WaitTimeSeconds=wait, **more)["QueueRecords"]


def texts(records):
    return sorted(record["Data"].decode() for record in records)


def entries(records, **more):
    return [{"ReceiptHandle": record["ReceiptHandle"], **more} for record in records]


def acknowledge(client, arn, records):
    answer = client.acknowledge_queue_records(QueueARN=arn, Entries=entries(records))
    return answer["Successful"], answer["Failed"]


class Queues(ApiTest):
    def stream_and_queue(self, start="TRIM_HORIZON", **more):
        name = self.id().rsplit(".", 1)[-1][:100]
        stream = make_stream(self.kinesis, name)
        self.addCleanup(delete_stream, self.kinesis, name)
        return name, self.queue(stream, name, start, **more)

    def queue(self, stream, name, start="TRIM_HORIZON", **more):
        arn = make_queue(self.kinesis, stream, name, start, **more)
        self.addCleanup(delete_queue, self.kinesis, arn)
        return arn

    def test_a_queue_is_created_listed_updated_and_deleted(self):
        stream, arn = self.stream_and_queue("LATEST", Tags={"team": "a"})
        found = self.kinesis.describe_queue(QueueARN=arn)["QueueDescription"]
        self.assertEqual(found["QueueAttributes"]["VisibilityTimeoutSeconds"], 30)
        self.assertEqual(
            found["QueueAttributes"]["DeadLetterConfiguration"], {"TargetType": "BUILT_IN", "MaxReceiveCount": 6}
        )
        self.assertIn("Timestamp", found["StreamConfigurationList"][0]["StartingPosition"])
        self.assertEqual(self.kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"], [{"Key": "team", "Value": "a"}])
        listed = self.kinesis.list_queues(StreamFilter=[{"StreamARN": ARN + stream}])["QueueSummaries"]
        self.assertEqual([one["QueueARN"] for one in listed], [arn])
        self.kinesis.update_queue(QueueARN=arn, QueueAttributes={"VisibilityTimeoutSeconds": 60})
        self.refused(
            self.kinesis.create_queue,
            "ResourceInUseException",
            f"Queue {stream} under account {ACCOUNT} already exists.",
            QueueName=stream,
            StreamConfigurationList=[{"StreamARN": ARN + stream}],
        )
        self.refused(
            self.kinesis.delete_stream,
            "ResourceInUseException",
            f"DeleteStream can't delete {ARN}{stream} because {arn} is associated with this data stream."
            " Delete its queues first.",
            StreamName=stream,
        )

    def test_competing_receivers_share_the_records_and_nobody_gets_one_twice(self):
        stream, arn = self.stream_and_queue()
        wanted = [f"record {i:03}" for i in range(300)]
        got, problems, lock = [], [], threading.Lock()
        done = threading.Event()

        def work():
            client = kinesis(self.emulator.url)
            while not done.is_set():
                records = receive(client, arn, VisibilityTimeoutSeconds=600)
                with lock:
                    got.extend(record["Data"].decode() for record in records)
                    problems.extend(r for r in records if r["ReceiveCount"] != 1)
                    if len(got) >= len(wanted):
                        done.set()
                if records:
                    successful, failed = acknowledge(client, arn, records)
                    if failed or len(successful) != len(records):
                        problems.append(failed)

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        put(self.kinesis, stream, wanted)
        for worker in workers:
            worker.join()
        self.assertEqual(problems, [])
        self.assertEqual(sorted(got), wanted)
        self.assertEqual(receive(self.kinesis, arn), [])

    def test_two_queues_of_a_stream_know_nothing_of_each_other_but_the_record_ids(self):
        stream, one = self.stream_and_queue()
        two = self.queue(ARN + stream, stream + "-two")
        put(self.kinesis, stream, ["a", "b"])
        first = {r["Data"]: r["RecordId"] for r in receive(self.kinesis, one)}
        second = {r["Data"]: r["RecordId"] for r in receive(self.kinesis, two)}
        self.assertEqual(len(first), 2)
        self.assertEqual(first, second)

    def test_entries_are_answered_one_by_one(self):
        stream, arn = self.stream_and_queue()
        put(self.kinesis, stream, ["a", "b"])
        held = receive(self.kinesis, arn)
        asked = entries(held) + [{"ReceiptHandle": NOBODY}]
        changed = self.kinesis.update_queue_records_visibility(
            QueueARN=arn, Entries=[{**one, "VisibilityTimeoutSeconds": 600} for one in asked]
        )
        self.assertEqual(changed["Successful"], entries(held))
        self.assertEqual([(f["ReceiptHandle"], f["ErrorCode"]) for f in changed["Failed"]], [(NOBODY, "InvalidArgumentException")])
        answer = self.kinesis.acknowledge_queue_records(QueueARN=arn, Entries=asked)
        self.assertEqual(answer["Successful"], entries(held))
        again = acknowledge(self.kinesis, arn, held)[1]
        self.assertEqual([f["ErrorCode"] for f in again], ["ResourceNotFoundException"] * 2)

    @unittest.skipIf(ENDPOINT, "that server has no clock of ours")
    def test_what_is_not_acknowledged_comes_again_and_ends_as_a_dead_letter(self):
        attributes = {"DeadLetterConfiguration": {"TargetType": "BUILT_IN", "MaxReceiveCount": 2}}
        stream, arn = self.stream_and_queue(QueueAttributes=attributes)
        put(self.kinesis, stream, ["good", "bad"])
        first = receive(self.kinesis, arn)
        self.assertEqual(texts(first), ["bad", "good"])
        acknowledge(self.kinesis, arn, [r for r in first if r["Data"] == b"good"])
        self.assertEqual(receive(self.kinesis, arn), [])  # in flight
        advance_clock(self.emulator, 30_000)
        second = receive(self.kinesis, arn)
        self.assertEqual([(r["Data"], r["ReceiveCount"]) for r in second], [(b"bad", 2)])
        self.assertEqual(second[0]["FirstReceiveTimestamp"], first[0]["FirstReceiveTimestamp"])
        stale = [r for r in first if r["Data"] == b"bad"]
        self.assertEqual(acknowledge(self.kinesis, arn, stale)[1][0]["ErrorCode"], "InvalidArgumentException")
        self.assertEqual(receive_dead(self.kinesis, arn), [])  # not before its time is over
        advance_clock(self.emulator, 30_000)
        self.assertEqual(receive(self.kinesis, arn), [])
        dead = receive_dead(self.kinesis, arn)
        self.assertEqual(texts(dead), ["bad"])
        self.assertEqual(dead[0]["RecordId"], second[0]["RecordId"])

        answer = self.kinesis.restore_dead_letter_queue_records(QueueARN=arn, Entries=entries(dead))
        self.assertEqual(len(answer["Successful"]), 1)
        restored = receive(self.kinesis, arn)
        self.assertEqual([(r["Data"], r["ReceiveCount"]) for r in restored], [(b"bad", 1)])
        advance_clock(self.emulator, 30_000)
        self.assertEqual(texts(receive(self.kinesis, arn, VisibilityTimeoutSeconds=0)), ["bad"])
        dead = receive_dead(self.kinesis, arn)
        answer = self.kinesis.acknowledge_dead_letter_queue_records(QueueARN=arn, Entries=entries(dead))
        self.assertEqual(len(answer["Successful"]), 1)
        advance_clock(self.emulator, 43_200_000)
        self.assertEqual(receive(self.kinesis, arn) + receive_dead(self.kinesis, arn), [])


class LongPolls(ApiTest):
    """Receives that wait, and what ends their wait."""

    def setUp(self):
        self.name = self.id().rsplit(".", 1)[-1][:100]
        self.stream_arn = make_stream(self.kinesis, self.name)
        self.addCleanup(delete_stream, self.kinesis, self.name)
        self.arn = make_queue(self.kinesis, self.stream_arn, self.name)
        self.addCleanup(delete_queue, self.kinesis, self.arn)

    def polling(self, **more):
        """A receive of 20 s in a thread of its own, most likely waiting already: (thread, list that gets its answer)."""
        client, answers = kinesis(self.emulator.url), []

        def work():
            found = receive(client, self.arn, wait=20, **more)
            answers.append((time.monotonic(), found))

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(0.1)
        return thread, answers

    def test_a_put_answers_a_receive_that_waits(self):
        waits = []
        for i in range(10):
            thread, answers = self.polling()
            start = time.monotonic()
            put(self.kinesis, self.name, [f"record {i}"])
            thread.join()
            end, records = answers[0]
            self.assertEqual(texts(records), [f"record {i}"])
            acknowledge(self.kinesis, self.arn, records)
            waits.append((end - start) * 1000)
        waits.sort()
        print(f"from the put's start to the receive's end: median {waits[5]:.1f} ms, slowest {waits[-1]:.1f} ms")

    def test_of_many_that_wait_each_record_answers_one(self):
        waiting = [self.polling(Limit=1) for _ in range(8)]
        put(self.kinesis, self.name, [f"record {i}" for i in range(8)])
        for thread, _ in waiting:
            thread.join()
        got = [record for _, answers in waiting for record in answers[0][1]]
        self.assertEqual(texts(got), [f"record {i}" for i in range(8)])
        self.assertEqual({record["ReceiveCount"] for record in got}, {1})

    def test_an_empty_queue_answers_when_the_time_is_over(self):
        start = time.monotonic()
        self.assertEqual(receive(self.kinesis, self.arn, wait=1), [])
        self.assertGreaterEqual(time.monotonic() - start, 1)

    def test_the_end_of_a_visibility_timeout_answers_a_receive_that_waits(self):
        put(self.kinesis, self.name, ["a"])
        held = receive(self.kinesis, self.arn, VisibilityTimeoutSeconds=1)
        thread, answers = self.polling()
        thread.join()
        again = answers[0][1]
        self.assertEqual([(r["RecordId"], r["ReceiveCount"]) for r in again], [(held[0]["RecordId"], 2)])

    def test_a_record_given_back_answers_a_receive_that_waits(self):
        put(self.kinesis, self.name, ["a"])
        held = receive(self.kinesis, self.arn, VisibilityTimeoutSeconds=600)
        thread, answers = self.polling()
        changed = self.kinesis.update_queue_records_visibility(
            QueueARN=self.arn, Entries=entries(held, VisibilityTimeoutSeconds=0)
        )
        self.assertEqual(changed["Failed"], [])
        thread.join()
        self.assertEqual(texts(answers[0][1]), ["a"])

    def test_a_dead_letter_that_is_restored_answers_a_receive_that_waits(self):
        put(self.kinesis, self.name, ["a"])
        for _ in range(6):
            receive(self.kinesis, self.arn, VisibilityTimeoutSeconds=0)
        dead = receive_dead(self.kinesis, self.arn)
        self.assertEqual([r["ReceiveCount"] for r in dead], [7])
        thread, answers = self.polling()
        self.kinesis.restore_dead_letter_queue_records(QueueARN=self.arn, Entries=entries(dead))
        thread.join()
        self.assertEqual([r["ReceiveCount"] for r in answers[0][1]], [1])

    def test_a_client_that_leaves_takes_no_record_along(self):
        connection = request_to_receive(self.emulator.url, self.arn)
        connection.shutdown(socket.SHUT_WR)
        self.assertEqual(connection.recv(1000), b"")  # the end, and no answer
        connection.close()
        put(self.kinesis, self.name, ["a"])
        self.assertEqual([r["ReceiveCount"] for r in receive(self.kinesis, self.arn)], [1])

    def test_a_queue_that_is_deleted_answers_a_receive_that_waits(self):
        connection = request_to_receive(self.emulator.url, self.arn)
        delete_queue(self.kinesis, self.arn)
        status, answer = reply_of(connection)
        self.assertEqual((status, answer["__type"]), (400, "ResourceNotFoundException"))


def request_to_receive(url, arn):
    """A connection on which the server has begun to read a receive of 20 s, and has all of it to read."""
    where = urllib.parse.urlsplit(url)
    connection = socket.create_connection((where.hostname, where.port), timeout=60)
    body = json.dumps({"QueueARN": arn, "WaitTimeSeconds": 20}).encode()
    connection.sendall(
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n"
        b"X-Amz-Target: Kinesis_20131202.ReceiveQueueRecords\r\nX-Amz-Date: 20261122T000000Z\r\n"
        b"Authorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/kinesis/aws4_request, "
        b"SignedHeaders=host, Signature=0\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body)
    )
    going_on = b""
    while not going_on.endswith(b"\r\n\r\n"):
        going_on += connection.recv(1)
    assert going_on.startswith(b"HTTP/1.1 100 "), going_on
    connection.sendall(body)
    return connection


def reply_of(connection):
    """Status and answer, and the connection is closed."""
    reply = http.client.HTTPResponse(connection)
    reply.begin()
    with connection:
        return reply.status, json.loads(reply.read())


class Ends(unittest.TestCase):
    """The emulator stops, or is killed, while a queue is in use."""

    def test_a_receive_that_waits_is_answered_when_the_emulator_stops(self):
        with Emulator() as emulator:
            client = emulator.client()
            arn = make_queue(client, make_stream(client, "s"), "q")
            connection = request_to_receive(emulator.url, arn)
            emulator.program.process.send_signal(signal.SIGTERM)
            self.assertEqual(reply_of(connection), (200, {"QueueRecords": []}))
            emulator.stop()

    def test_after_a_kill_what_was_acknowledged_stays_so_and_the_rest_comes_again(self):
        with Emulator(temporary_directory(self)) as emulator:
            client = emulator.client()
            arn = make_queue(client, make_stream(client, "s"), "q")
            put(client, "s", [f"{i:02}" for i in range(20)])
            held = []
            while len(held) < 10:
                held += receive(client, arn, Limit=10 - len(held))
            acknowledge(client, arn, held[:5])

            emulator.restart(kill=True)

            client = emulator.client()
            rest = []
            while len(rest) < 10:
                rest += receive(client, arn, VisibilityTimeoutSeconds=600)
            self.assertEqual(texts(held + rest), [f"{i:02}" for i in range(20)])
            self.assertEqual({r["ReceiveCount"] for r in rest}, {1})
            self.assertEqual(acknowledge(client, arn, held[5:6])[1], [])  # its handle is still good
            self.assertEqual(len(acknowledge(client, arn, held[:1])[1]), 1)  # and that one is spent
            advance_clock(emulator, 30_000)
            again = receive(client, arn)
            self.assertEqual(texts(again), texts(held[6:]))
            self.assertEqual({r["ReceiveCount"] for r in again}, {2})


if __name__ == "__main__":
    unittest.main()
