"""What crosses the wire, without an SDK: headers, error bodies, the order of the checks."""
import base64
import http.client
import json
import re
import socket
import unittest
import urllib.parse

import httpx

from tests.e2e.support import ENDPOINT, PATIENCE_S, ApiTest, raw

NAME_TAKEN_BY_NOBODY = {"StreamName": "nosuch"}
FORBIDDEN = (
    b"<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be authorized"
    b"</Message>\n</AccessDeniedException>\n"
)


class Replies(ApiTest):
    def call(self, target, body, headers=None, **more):
        return raw(self.emulator.url, target, body, headers, **more)

    def error(self, target, body, kind, status=400, headers=None, **more):
        got, answered, data = self.call(target, body, headers, **more)
        self.assertEqual((got, json.loads(data).get("__type")), (status, kind), data)
        return json.loads(data), answered

    def serialization(self, target, body, message):
        said, _ = self.error(target, body, "SerializationException")
        self.assertEqual(said.get("Message", said.get("message")), message)

    def test_headers_of_a_reply(self):
        for target, body, status in (("ListStreams", {}, 200), ("DescribeStream", NAME_TAKEN_BY_NOBODY, 400)):
            got, headers, data = self.call(target, body)
            self.assertEqual(got, status)
            self.assertEqual(headers["content-type"], "application/x-amz-json-1.1")
            self.assertEqual(int(headers["content-length"]), len(data))
            self.assertRegex(headers["x-amzn-requestid"], r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
            self.assertEqual(len(base64.b64decode(headers["x-amz-id-2"])), 72)
            if not ENDPOINT:
                self.assertRegex(headers["date"], r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")

    def test_an_operation_without_output_answers_an_empty_body(self):
        name = "test_empty_body"
        status, headers, data = self.call("CreateStream", {"StreamName": name, "ShardCount": 1})
        self.assertEqual((status, data, headers["content-length"]), (200, b"", "0"))

    def test_an_error_body_is_type_and_message(self):
        said, _ = self.error("DescribeStream", NAME_TAKEN_BY_NOBODY, "ResourceNotFoundException")
        self.assertEqual(set(said), {"__type", "message"})
        self.assertRegex(said["message"], r"^Stream nosuch under account \d{12} not found\.$")

    def test_bodies_that_do_not_parse(self):
        for body in ("{", *(() if ENDPOINT else ("[]",)), "5", '"x"', '{"StreamName":"a"', "{'a':1}", b"\xff\xfe{}"):
            with self.subTest(body):
                said, _ = self.error("DescribeStream", body, "SerializationException")
                self.assertEqual(said, {"__type": "SerializationException"})

    def test_an_empty_body(self):
        for target, kind in (("ListStreams", "SerializationException"), ("NoSuch", "UnknownOperationException")):
            said, _ = self.error(target, b"", kind)
            self.assertEqual(said, {"__type": kind})

    def test_an_unknown_operation(self):
        said, _ = self.error("NoSuch", {}, "UnknownOperationException")
        self.assertEqual(said, {"__type": "UnknownOperationException"})
        self.error("x", {}, "UnknownOperationException", headers={"X-Amz-Target": "Nosuch_20131202.ListStreams"})

    def test_members_of_the_wrong_type(self):
        number = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"
        self.serialization("DescribeStream", {"StreamName": True}, "class java.lang.Boolean can not be converted to an String")
        self.serialization("DescribeStream", {"StreamName": 23}, number)
        self.serialization("DescribeStream", {"StreamName": []}, "Start of list found where not expected")
        self.serialization("DescribeStream", {"StreamName": {}}, "Start of structure or map found where not expected.")
        self.serialization(
            "DescribeStream", {"Limit": "x"}, "class java.lang.String can not be converted to an Integer"
        )
        self.serialization("PutRecords", {"Records": "x"}, "Expected list or null")
        self.serialization("PutRecords", {"Records": ["x"]}, "Expected null")
        for text, message in (
            ("23456", "'23456' can not be converted to a Blob: Base64 encoded length is expected a multiple of 4 bytes but found: 5"),
            ("=+/=", "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='"),
            ("+/+=", "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected"),
        ):
            self.serialization("PutRecord", {"Data": text}, message)

    def test_required_members(self):
        said, _ = self.error("CreateStream", {}, "ValidationException")
        message = said["message"]
        self.assertIn("Value null at 'streamName' failed to satisfy constraint: Member must not be null", message)
        said, _ = self.error("GetRecords", {}, "ValidationException")
        self.assertEqual(
            said["message"],
            "1 validation error detected: Value null at 'shardIterator' failed to satisfy constraint: Member must not be null",
        )

    def test_nulls_and_unknown_members_are_passed_over(self):
        got, _, data = self.call("ListStreams", {"Limit": None, "Colour": "red", "More": {"a": [1, None]}})
        self.assertEqual(got, 200, data)

    def test_other_methods_are_forbidden(self):
        if not ENDPOINT:
            for method in ("PUT", "DELETE", "PATCH"):
                got, _, data = self.call("ListStreams", {}, method=method)
                self.assertEqual((got, data), (403, FORBIDDEN))
        got, _, data = self.call("ListStreams", "", method="GET")
        self.assertEqual((got, data), (403, FORBIDDEN))

    def test_a_content_type_nobody_knows(self):
        got, _, data = self.call("ListStreams", {}, headers={"Content-Type": "text/plain"})
        self.assertEqual((got, data), (404, b"<UnknownOperationException/>\n"))
        got, _, data = self.call("x", {}, headers={"Content-Type": "text/plain", "X-Amz-Target": None})
        self.assertEqual((got, data), (403, FORBIDDEN))

    def test_application_json(self):
        got, _, data = self.call("ListStreams", {}, headers={"Content-Type": "application/json"})
        self.assertEqual(got, 404)
        self.assertEqual(
            json.loads(data),
            {"Output": {"__type": "com.amazon.coral.service#UnknownOperationException"}, "Version": "1.0"},
        )

    def test_authentication_comes_before_the_types(self):
        said, _ = self.error("DescribeStream", {"StreamName": 5}, "MissingAuthenticationTokenException", headers={"Authorization": None})
        self.assertEqual(said["message"], "Missing Authentication Token")
        said, _ = self.error(
            "ListStreams", {}, "IncompleteSignatureException", headers={"Authorization": "AWS4-", "X-Amz-Date": None}
        )
        self.assertEqual(
            said["message"],
            "Authorization header requires 'Credential' parameter. "
            "Authorization header requires 'Signature' parameter. "
            "Authorization header requires 'SignedHeaders' parameter. "
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
            "Authorization=AWS4-",
        )
        said, _ = self.error("ListStreams", {}, "InvalidSignatureException", path="/?X-Amz-Algorithm=AWS4-HMAC-SHA256")
        self.assertEqual(
            said["message"],
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        )

    def test_cors(self):
        asked = {
            "Origin": "http://page",
            "Access-Control-Request-Headers": "a, b",
            "Access-Control-Request-Method": "POST",
        }
        got, headers, data = self.call("x", "", method="OPTIONS", headers=asked)
        self.assertEqual((got, data), (200, b""))
        self.check_preflight(headers)
        for target, status in (("ListStreams", 200), ("NoSuch", 400)):
            got, headers, _ = self.call(target, {}, headers={"Origin": "http://page"})
            self.assertEqual(got, status)
            self.check_exposed(headers)
        got, headers, _ = self.call("ListStreams", {})
        self.assertEqual([name for name in headers if name.startswith("access-control")], [])

    def check_preflight(self, headers):
        self.assertEqual(headers["access-control-allow-origin"], "*")
        self.assertEqual(headers["access-control-allow-headers"], "a, b")
        self.assertEqual(headers["access-control-allow-methods"], "POST")
        self.assertEqual(headers["access-control-max-age"], "172800")
        self.assertNotIn("x-amz-id-2", headers)
        self.assertNotIn("access-control-expose-headers", headers)
        self.assertRegex(headers["x-amzn-requestid"], r"^[0-9a-f-]{36}$")

    def check_exposed(self, headers):
        self.assertEqual(headers["access-control-allow-origin"], "*")
        self.assertEqual(
            headers["access-control-expose-headers"],
            "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date",
        )
        self.assertIn("x-amz-id-2", headers)

    @unittest.skipIf(ENDPOINT, "HTTP/2 by prior knowledge")
    def test_cors_over_http_2(self):
        with httpx.Client(http1=False, http2=True) as client:
            asked = {"origin": "http://page", "access-control-request-headers": "a, b", "access-control-request-method": "POST"}
            answer = client.options(self.emulator.url + "/", headers=asked)
            self.assertEqual((answer.status_code, answer.http_version, answer.content), (200, "HTTP/2", b""))
            self.check_preflight(answer.headers)
            answer = client.post(self.emulator.url + "/", headers={"origin": "http://page"}, content=b"{}")
            self.check_exposed(answer.headers)


@unittest.skipIf(ENDPOINT, "paths of our own")
class Server(ApiTest):
    def connection(self):
        where = urllib.parse.urlsplit(self.emulator.url)
        return http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE_S)

    def test_health_paths(self):
        for path in ("/_millrace/health", "/_localstack/health", "/healthcheck"):
            connection = self.connection()
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            self.assertEqual(answer.status, 200, path)
            connection.close()

    def request_text(self, body=b"{}", close=False):
        return (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-amz-json-1.1\r\n"
            b"X-Amz-Target: Kinesis_20131202.ListStreams\r\nX-Amz-Date: 20261122T000000Z\r\n"
            b"Authorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/kinesis/aws4_request, "
            b"SignedHeaders=host, Signature=0\r\n"
            + (b"Connection: close\r\n" if close else b"")
            + b"Content-Length: %d\r\n\r\n" % len(body)
            + body
        )

    def exchange(self, data, pieces=1):
        where = urllib.parse.urlsplit(self.emulator.url)
        with socket.create_connection((where.hostname, where.port), timeout=PATIENCE_S) as sock:
            size = max(1, len(data) // pieces)
            for at in range(0, len(data), size):
                sock.sendall(data[at : at + size])
            got = b""
            while True:
                more = sock.recv(65536)
                if not more:
                    return got
                got += more

    def test_keep_alive_and_pipelining(self):
        got = self.exchange(self.request_text() * 9 + self.request_text(close=True))
        self.assertEqual(len(re.findall(rb"HTTP/1\.1 200 ", got)), 10, got[:500])

    def test_a_request_in_small_pieces(self):
        got = self.exchange(self.request_text(close=True), pieces=60)
        self.assertTrue(got.startswith(b"HTTP/1.1 200 "), got[:200])

    def test_a_body_beyond_the_limit_is_refused_and_the_server_lives(self):
        head = self.request_text().replace(b"Content-Length: 2", b"Content-Length: 20000000")[:-2]
        got = self.exchange(head)
        self.assertRegex(got, rb"^HTTP/1\.1 4\d\d ")
        self.assertEqual(self.call_status(), 200)

    def test_requests_that_are_no_http(self):
        for junk in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"\x00" * 100 + b"\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n"):
            with self.subTest(junk):
                where = urllib.parse.urlsplit(self.emulator.url)
                with socket.create_connection((where.hostname, where.port), timeout=PATIENCE_S) as sock:
                    try:
                        sock.sendall(junk)
                        sock.shutdown(socket.SHUT_WR)
                        while sock.recv(65536):
                            pass
                    except ConnectionError:
                        pass
                self.assertEqual(self.call_status(), 200)

    def call_status(self):
        return raw(self.emulator.url, "ListStreams", {})[0]


if __name__ == "__main__":
    unittest.main()
