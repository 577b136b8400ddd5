"""--auth verify: signatures in headers and in the query, wrong ones, old ones, over HTTP/1.1 and HTTP/2."""
import datetime
import hashlib
import hmac
import json
import unittest
import unittest.mock
import urllib.parse

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions

from tests.e2e.support import BIN, Emulator, Program, aws_environment, raw, temporary_directory
from tests.e2e.test_http2 import Client

FILE = """[default]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY
[another]
aws_access_key_id = 123456789012
aws_secret_access_key = other
"""
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
MISMATCH = "The request signature we calculated does not match the signature you provided."


class Verify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = unittest.TestCase()
        folder = temporary_directory(cls.holder)
        (folder / "credentials").write_text(FILE)
        cls.emulator = Emulator(arguments=["--auth", "verify", "--credentials", folder / "credentials"])

    @classmethod
    def tearDownClass(cls):
        try:
            cls.emulator.stop()
        finally:
            cls.emulator.__exit__(None, None, None)
            cls.holder.doCleanups()

    def signed(self, body="{}", key="AKIDEXAMPLE", secret=SECRET, at=None, query=False, service="kinesis", expires=300):
        """(path, headers, body) of ListStreams as botocore signs it."""
        request = botocore.awsrequest.AWSRequest(
            "POST",
            self.emulator.url + "/",
            data=body,
            headers={"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "Kinesis_20131202.ListStreams"},
        )
        credentials = botocore.credentials.Credentials(key, secret)
        at = at or datetime.datetime.now(datetime.timezone.utc)
        if query:
            return self.presigned(body, key, secret, at.strftime("%Y%m%dT%H%M%SZ"), expires), {
                "Content-Type": "application/x-amz-json-1.1"}, body  # fmt: skip
        signer = botocore.auth.SigV4Auth(credentials, service, "us-east-1")
        with unittest.mock.patch("botocore.auth.get_current_datetime", return_value=at.replace(tzinfo=None)):
            signer.add_auth(request)
        parts = urllib.parse.urlsplit(request.url)
        return "/" + ("?" + parts.query if parts.query else ""), dict(request.headers), body

    def presigned(self, body, key, secret, at, expires):
        """By hand: botocore moves a body into the query when it signs there. Only the host is signed."""
        scope = f"{at[:8]}/us-east-1/kinesis/aws4_request"
        query = urllib.parse.urlencode(
            {
                "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
                "X-Amz-Credential": f"{key}/{scope}",
                "X-Amz-Date": at,
                "X-Amz-Expires": expires,
                "X-Amz-SignedHeaders": "host",
            }
        )
        host = urllib.parse.urlsplit(self.emulator.url).netloc
        digest = hashlib.sha256(body.encode()).hexdigest()
        canonical = f"POST\n/\n{query}\nhost:{host}\n\nhost\n{digest}"
        sign = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        step = ("AWS4" + secret).encode()
        for part in (at[:8], "us-east-1", "kinesis", "aws4_request"):
            step = hmac.digest(step, part.encode(), "sha256")
        return f"/?{query}&X-Amz-Signature={hmac.digest(step, sign.encode(), 'sha256').hex()}"

    def send(self, path, headers, body):
        # What raw() would add by itself must not be there twice.
        given = {"X-Amz-Date": None, "Authorization": None} | headers
        status, _, data = raw(self.emulator.url, "ListStreams", body, given, path=path)
        said = json.loads(data)
        return status, said.get("__type"), said.get("message", "")

    def test_botos_requests_are_accepted(self):
        client = self.client("AKIDEXAMPLE", SECRET)
        client.create_stream(StreamName="mine", ShardCount=1)
        self.assertEqual(client.list_streams()["StreamNames"], ["mine"])
        # A key of twelve digits is an account, with its own streams.
        self.assertEqual(self.client("123456789012", "other").list_streams()["StreamNames"], [])

    def client(self, key, secret):
        return boto3.session.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name="us-east-1").client(
            "kinesis", endpoint_url=self.emulator.url, config=botocore.config.Config(retries={"total_max_attempts": 1})
        )

    def test_wrong_secrets_and_unknown_keys(self):
        for key, secret, code, message in (
            ("AKIDEXAMPLE", "wrong", "InvalidSignatureException", MISMATCH),
            ("AKIDNOBODY", SECRET, "UnrecognizedClientException", "The security token included in the request is invalid."),
        ):
            with self.assertRaises(botocore.exceptions.ClientError) as caught:
                self.client(key, secret).list_streams()
            self.assertEqual(caught.exception.response["Error"]["Code"], code)
            self.assertTrue(caught.exception.response["Error"]["Message"].startswith(message))

    def test_both_forms_are_accepted(self):
        for query in (False, True):
            with self.subTest(query=query):
                self.assertEqual(self.send(*self.signed(query=query))[0], 200)

    def test_any_change_is_refused(self):
        for query in (False, True):
            path, headers, body = self.signed('{"Limit":1}', query=query)
            changed = [
                (path, headers, '{"Limit":2}'),
                (path, headers | {"X-Amz-Target": "Kinesis_20131202.ListStreamz"}, body),
                (path + ("&" if query else "?") + "a=b", headers, body),
                ("/a" + path[1:], headers, body),
            ]
            if query:
                changed = [c for c in changed if c[1] is headers]  # only the host is signed in that form
            for one in changed:
                with self.subTest(one[0]):
                    status, kind, message = self.send(*one)
                    if kind is None or not message:
                        continue  # refused before it came to the signature
                    self.assertEqual((status, kind), (400, "InvalidSignatureException"), message)
            if not query:
                at = headers["Authorization"].rindex("=") + 1
                for index in range(at, len(headers["Authorization"])):
                    text = headers["Authorization"]
                    other = text[:index] + ("0" if text[index] != "0" else "1") + text[index + 1 :]
                    self.assertEqual(self.send(path, headers | {"Authorization": other}, body)[1], "InvalidSignatureException")

    def test_clocks_may_differ_by_fifteen_minutes(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        minute = datetime.timedelta(minutes=1)
        for shift, accepted in ((-14, True), (14, True), (-16, False), (16, False)):
            with self.subTest(shift):
                status, kind, message = self.send(*self.signed(at=now + shift * minute))
                self.assertEqual(status, 200 if accepted else 400, message)
                if not accepted:
                    self.assertEqual(kind, "InvalidSignatureException")
                    self.assertIn("Signature expired" if shift < 0 else "Signature not yet current", message)

    def test_a_presigned_request_expires(self):
        then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=100)
        self.assertEqual(self.send(*self.signed(at=then, query=True, expires=200))[0], 200)
        self.assertIn("Signature expired", self.send(*self.signed(at=then, query=True, expires=50))[2])

    def test_other_services_and_no_signature(self):
        self.assertIn("scoped to correct service: 'kinesis'", self.send(*self.signed(service="s3"))[2])
        path, headers, body = self.signed()
        bare = {k: v for k, v in headers.items() if k not in ("Authorization", "X-Amz-Date")}
        self.assertEqual(self.send(path, bare, body)[1], "MissingAuthenticationTokenException")

    def test_http_2(self):
        _, headers, body = self.signed()
        client = Client(self.emulator.url)
        host = urllib.parse.urlsplit(self.emulator.url).netloc
        given = {k.lower(): v for k, v in headers.items()} | {":authority": host}
        self.assertEqual(client.call("ListStreams", body.encode(), given)[0], 200)
        status, said = client.call("ListStreams", b"{ }", given)
        self.assertEqual((status, said["__type"]), (400, "InvalidSignatureException"))
        client.close()


class Flags(unittest.TestCase):
    def refused(self, words, *arguments):
        program = Program([BIN / "millrace-emulator", "--memory", "--listen", "127.0.0.1:0", *arguments], env=aws_environment())
        with program:
            self.assertEqual(program.wait_exit(), 2, program.output())
            self.assertIn(words, program.output())

    def test_what_does_not_fit_is_named(self):
        folder = temporary_directory(self)
        self.refused("must be given together", "--auth", "verify")
        self.refused("must be given together", "--credentials", folder / "x")
        self.refused("cannot read", "--auth", "verify", "--credentials", folder / "x")
        (folder / "half").write_text("[a]\naws_access_key_id = k\n")
        self.refused("[a] needs aws_access_key_id and aws_secret_access_key", "--auth", "verify", "--credentials", folder / "half")
        (folder / "empty").write_text("")
        self.refused("holds no credentials", "--auth", "verify", "--credentials", folder / "empty")


if __name__ == "__main__":
    unittest.main()
