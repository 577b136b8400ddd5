"""Raw calls over one kept connection, each answer checked against the model on the way."""
import http.client
import json
import urllib.parse

import botocore.eventstream

from tests.audit import answers, model
from tests.audit.coding import Json

# Errors any operation may answer without naming them.
COMMON_ERRORS = {"ValidationException", "SerializationException", "InternalFailure"}


def in_stream(event_shape):
    """An event as the output's structure: what a stream holds one after the other."""
    stream = {"type": "structure", "shape": "stream", "members": {"SubscribeToShardEvent": event_shape}}
    return {"type": "structure", "shape": "output", "members": {"EventStream": stream}}


class Api:
    """What was asked and answered. Not for several threads."""

    def __init__(self, url, coding=Json, region="us-east-1"):
        self.url = url
        where = urllib.parse.urlsplit(url)
        self.connection = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        self.coding = coding
        self.region = region
        self.requests = 0
        self.succeeded = set()  # operations
        self.seen = {}  # operation -> paths of members in its answers
        self.findings = []  # what was wrong with answers

    def close(self):
        self.connection.close()

    def headers(self, operation):
        return {
            "Content-Type": self.coding.content_type,
            "X-Amz-Target": f"Kinesis_20131202.{operation}",
            "X-Amz-Date": "20261122T000000Z",
            "Authorization": f"AWS4-HMAC-SHA256 Credential=test/20261122/{self.region}/kinesis/aws4_request, "
            "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=0",
        }

    def send(self, operation, request):
        """(status, body) of one call."""
        self.requests += 1
        body = self.coding.write(request, model.input_of(operation))
        self.connection.request("POST", "/", body=body, headers=self.headers(operation))
        answer = self.connection.getresponse()
        content_type = answer.getheader("Content-Type")
        if content_type != self.coding.content_type:
            self.findings.append(f"{operation}: answered as {content_type}")
        return answer.status, answer.read()

    def refusal(self, operation, request):
        """(exception, message) of a call that must be refused; ("", body) when it was not."""
        status, body = self.send(operation, request)
        if status == 200:
            return "", body[:200].decode(errors="replace")
        parsed = self.coding.read(body)
        code = parsed["__type"]
        if code not in COMMON_ERRORS and code not in model.errors_of(operation):
            self.findings.append(f"{operation}: answers {code}, which is none of its errors in the model")
        return code, parsed.get("message") or parsed.get("Message") or ""

    def refused(self, operation, code, **request):
        """The message of a call that must be refused with this exception."""
        found, message = self.refusal(operation, request)
        if found != code:
            raise AssertionError(f"{operation}: {found or 'succeeded'}, expected {code}: {message}")
        return message

    def ok(self, operation, **request):
        """The answer of a call that must succeed, checked against the model."""
        status, body = self.send(operation, request)
        if status != 200:
            raise AssertionError(f"{operation} {json.dumps(request)[:500]}: {status} {body[:1000]}")
        self.succeeded.add(operation)
        if not model.has_output(operation):
            if body:
                self.findings.append(f"{operation}: a body where AWS answers none: {body[:200]!r}")
            return None
        answer = self.coding.read(body)
        self.check(operation, answer, model.output_of(operation))
        return answer

    def subscribe(self, **request):
        """The events of SubscribeToShard until the server ends the stream."""
        self.requests += 1
        where = self.connection
        body = json.dumps(request)
        # Asked in JSON and answered in JSON, whatever the coding: AWS's own clients do so.
        headers = self.headers("SubscribeToShard") | {"Content-Type": Json.content_type}
        where.request("POST", "/", body=body, headers=headers)
        answer = where.getresponse()
        if answer.status != 200:
            raise AssertionError(f"SubscribeToShard: {answer.status} {answer.read()}")
        frames = botocore.eventstream.EventStreamBuffer()
        frames.add_data(answer.read())
        event_shape = model.tree("SubscribeToShardEvent")
        events = []
        for number, frame in enumerate(frames):
            message = frame.to_response_dict()
            kind = message["headers"].get(":event-type")
            if number == 0:
                assert kind == "initial-response", message
                continue
            assert kind == "SubscribeToShardEvent", message
            events.append(json.loads(message["body"]))
            self.check("SubscribeToShard", {"EventStream": {kind: events[-1]}}, in_stream(event_shape))
        self.succeeded.add("SubscribeToShard")
        return events

    def check(self, operation, answer, shape):
        for problem in answers.problems(answer, shape, "", self.seen.setdefault(operation, set())):
            self.findings.append(f"{operation} {problem}")
