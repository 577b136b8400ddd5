"""Messages whose end two servers could see in two places: refused, and nothing hidden in them is answered.

Over HTTP/1.1 each gets a 400 (or another 4xx that says why) and the end of the connection. Over HTTP/2
each ends its stream or the connection. What is hidden is a CreateStream: it must not have happened.
"""
import re
import socket
import unittest
import urllib.parse

from tests.e2e.support import ENDPOINT, PATIENCE_S, ApiTest, raw
from tests.e2e.test_http2 import frame, frames

AUTH = (
    "Authorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/kinesis/aws4_request, "
    "SignedHeaders=host, Signature=0\r\n"
)
HEAD = "POST / HTTP/1.1\r\nHost: x\r\n"
FIELDS = (
    "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Kinesis_20131202.ListStreams\r\n"
    "X-Amz-Date: 20261122T000000Z\r\n" + AUTH
)


def hidden(number):
    """A CreateStream of a name of its own."""
    body = f'{{"StreamName":"smuggled-{number}","ShardCount":1}}'
    return request(f"Content-Length: {len(body)}\r\n", body, fields=FIELDS.replace("ListStreams", "CreateStream"))


CHUNKED = "2\r\n{}\r\n0\r\n\r\n"
TE = "Transfer-Encoding: chunked\r\n"


def request(framing, body, head=HEAD, fields=FIELDS):
    return (head + fields + framing + "\r\n" + body).encode("latin-1")


# Name: the bytes of one message; what is hidden follows each.
AMBIGUOUS = {
    "both lengths, the length first": request(f"Content-Length: 5\r\n{TE}", CHUNKED),
    "both lengths, chunked first": request(f"{TE}Content-Length: 5\r\n", CHUNKED),
    "both lengths, that agree": request(f"{TE}Content-Length: {len(CHUNKED)}\r\n", CHUNKED),
    "two lengths that differ": request("Content-Length: 2\r\nContent-Length: 5\r\n", "{}"),
    "two lengths in one field": request("Content-Length: 2, 5\r\n", "{}"),
    "the same length twice in one field": request("Content-Length: 2, 2\r\n", "{}"),
    "a length with a sign": request("Content-Length: +2\r\n", "{}"),
    "a negative length": request("Content-Length: -2\r\n", "{}"),
    "a length in hexadecimal": request("Content-Length: 0x2\r\n", "{}"),
    "a length with a fraction": request("Content-Length: 2.0\r\n", "{}"),
    "a length with a blank inside": request("Content-Length: 2 2\r\n", "{}"),
    "a length beyond 64 bits": request("Content-Length: 18446744073709551618\r\n", "{}"),
    "no number as length": request("Content-Length: two\r\n", "{}"),
    "an empty length": request("Content-Length:\r\n", "{}"),
    "a blank before the colon of the length": request("Content-Length : 2\r\n", "{}"),
    "a blank before the colon of the coding": request("Transfer-Encoding : chunked\r\n", CHUNKED),
    "a tab before the colon": request("Transfer-Encoding\t: chunked\r\n", CHUNKED),
    "a coding nobody knows": request("Transfer-Encoding: xchunked\r\n", CHUNKED),
    "identity as coding": request("Transfer-Encoding: identity\r\n", CHUNKED),
    "gzip as coding": request("Transfer-Encoding: gzip\r\n", CHUNKED),
    "a coding after chunked": request("Transfer-Encoding: chunked, identity\r\n", CHUNKED),
    "a coding before chunked": request("Transfer-Encoding: gzip, chunked\r\n", CHUNKED),
    "chunked twice": request("Transfer-Encoding: chunked, chunked\r\n", CHUNKED),
    "chunked in two fields": request(TE + TE, CHUNKED),
    "chunked, then another field": request(TE + "Transfer-Encoding: identity\r\n", CHUNKED),
    "an empty coding": request("Transfer-Encoding:\r\n", CHUNKED),
    "chunked in quotes": request('Transfer-Encoding: "chunked"\r\n', CHUNKED),
    "a vertical tab before chunked": request("Transfer-Encoding: \x0bchunked\r\n", CHUNKED),
    "chunked with HTTP/1.0": request(TE, CHUNKED, head="POST / HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n"),
    "a folded field": request("X-Folded: a\r\n b\r\nContent-Length: 2\r\n", "{}"),
    "a folded field with a tab": request("X-Folded: a\r\n\tb\r\nContent-Length: 2\r\n", "{}"),
    "a folded coding": request("Transfer-Encoding:\r\n chunked\r\n", CHUNKED),
    "a blank before the first field": request("Content-Length: 2\r\n", "{}", head=HEAD.replace("\r\n", "\r\n ", 1)),
    "lines ended by LF": request("Content-Length: 2\r\n", "{}").replace(b"\r\n", b"\n"),
    "one line ended by LF": request("X-A: b\nContent-Length: 2\r\n", "{}"),
    "one line ended by CR": request("X-A: b\rContent-Length: 2\r\n", "{}"),
    "CR CR LF": request("X-A: b\r\r\nContent-Length: 2\r\n", "{}"),
    "NUL in a value": request("X-A: b\0c\r\nContent-Length: 2\r\n", "{}"),
    "NUL in a name": request("X-\0A: b\r\nContent-Length: 2\r\n", "{}"),
    "NUL in the target": request("Content-Length: 2\r\n", "{}", head="POST /\0 HTTP/1.1\r\nHost: x\r\n"),
    "a field without a colon": request("Content-Length 2\r\n", "{}"),
    "a field without a name": request(": 2\r\nContent-Length: 2\r\n", "{}"),
    "a name that is no token": request("X(A): b\r\nContent-Length: 2\r\n", "{}"),
    "no Host": request("Content-Length: 2\r\n", "{}", head="POST / HTTP/1.1\r\n"),
    "two Hosts": request("Content-Length: 2\r\n", "{}", head=HEAD + "Host: y\r\n"),
    "a chunk size with a sign": request(TE, "+2\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk size": request(TE, "-2\r\n{}\r\n0\r\n\r\n"),
    "a chunk size with 0x": request(TE, "0x2\r\n{}\r\n0\r\n\r\n"),
    "a huge chunk size": request(TE, "10000000000000002\r\n{}\r\n0\r\n\r\n"),
    "a chunk size of many digits": request(TE, "f" * 40 + "\r\n{}\r\n0\r\n\r\n"),
    "a chunk size with a blank in front": request(TE, " 2\r\n{}\r\n0\r\n\r\n"),
    "an empty chunk size": request(TE, "\r\n{}\r\n0\r\n\r\n"),
    "a chunk that is longer than its size": request(TE, "2\r\n{}}\r\n0\r\n\r\n"),
    "a chunk ended by LF": request(TE, "2\r\n{}\n0\r\n\r\n"),
    "a chunk size ended by LF": request(TE, "2\n{}\r\n0\r\n\r\n"),
    "a bare CR in a chunk's extension": request(TE, "2;a\rb\r\n{}\r\n0\r\n\r\n"),
    "a LF in a chunk's extension": request(TE, "2;a\nb\r\n{}\r\n0\r\n\r\n"),
    "a length in the trailer": request(TE, "2\r\n{}\r\n0\r\nContent-Length: 200\r\n\r\n"),
    "a coding in the trailer": request(TE, "2\r\n{}\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "no method": b" / HTTP/1.1\r\n" + request("Content-Length: 2\r\n", "{}", head="Host: x\r\n"),
    "a version nobody knows": request("Content-Length: 2\r\n", "{}", head="POST / HTTP/1.2\r\nHost: x\r\n"),
    "HTTP/3 in text": request("Content-Length: 2\r\n", "{}", head="POST / HTTP/3.0\r\nHost: x\r\n"),
    "a lower-case version": request("Content-Length: 2\r\n", "{}", head="POST / http/1.1\r\nHost: x\r\n"),
    "two blanks after the method": request("Content-Length: 2\r\n", "{}", head="POST  / HTTP/1.1\r\nHost: x\r\n"),
    "a blank after the version": request("Content-Length: 2\r\n", "{}", head="POST / HTTP/1.1 \r\nHost: x\r\n"),
    "a tab after the method": request("Content-Length: 2\r\n", "{}", head="POST\t/ HTTP/1.1\r\nHost: x\r\n"),
    "a blank in the target": request("Content-Length: 2\r\n", "{}", head="POST / x HTTP/1.1\r\nHost: x\r\n"),
}

# What must go on to work.
SOUND = {
    "a length": request("Content-Length: 2\r\n", "{}"),
    "a length with zeros in front": request("Content-Length: 0002\r\n", "{}"),
    "the same length in two fields": request("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"),
    "blanks around the length": request("Content-Length: \t 2 \t\r\n", "{}"),
    "one chunk": request(TE, CHUNKED),
    "two chunks, the size in both cases": request(TE, "1\r\n{\r\n0001\r\n}\r\n0\r\n\r\n"),
    "Chunked": request("transfer-encoding: Chunked\r\n", CHUNKED),
    "an extension": request(TE, '2;a=b;c="d"\r\n{}\r\n0\r\n\r\n'),
    "a trailer": request(TE, "2\r\n{}\r\n0\r\nX-Checksum: abc\r\n\r\n"),
    "an empty field": request("X-Empty:\r\nContent-Length: 2\r\n", "{}"),
    "bytes beyond ASCII in a field": request("X-A: \xe9\xff\r\nContent-Length: 2\r\n", "{}"),
    "an empty line before the request": b"\r\n" + request("Content-Length: 2\r\n", "{}"),
}


@unittest.skipIf(ENDPOINT, "how our server reads")
class Smuggling(ApiTest):
    def exchange(self, data):
        """What the server says to the data, up to the end of the connection."""
        where = urllib.parse.urlsplit(self.emulator.url)
        got = b""
        with socket.create_connection((where.hostname, where.port), timeout=PATIENCE_S) as sock:
            try:
                sock.sendall(data)
                sock.shutdown(socket.SHUT_WR)
                while more := sock.recv(65536):
                    got += more
            except ConnectionError:
                pass
        return got

    def nothing_was_smuggled(self, number):
        status, _, answer = raw(self.emulator.url, "DescribeStreamSummary", {"StreamName": f"smuggled-{number}"})
        self.assertEqual(status, 400)
        self.assertIn(b"ResourceNotFoundException", answer)

    def test_ambiguous_messages_over_http_1(self):
        refused = 0
        for number, (name, message) in enumerate(AMBIGUOUS.items()):
            with self.subTest(name):
                said = self.exchange(message + hidden(number) * 2)
                answers = re.findall(rb"HTTP/1\.[01] (\d\d\d) ", said)
                self.assertEqual(len(answers), 1, said[:200])
                self.assertIn(answers[0], (b"400", b"413"), said[:200])
                self.assertIn(b"\r\nConnection: close\r\n", said)
                self.nothing_was_smuggled(number)
                refused += 1
        print(f"{refused} of {len(AMBIGUOUS)} ambiguous messages refused")

    def test_sound_messages_over_http_1(self):
        for name, message in SOUND.items():
            with self.subTest(name):
                said = self.exchange(message + message)
                self.assertEqual(re.findall(rb"HTTP/1\.1 (\d\d\d) ", said), [b"200", b"200"], said[:1000])

    def test_ambiguous_requests_over_http_2(self):
        """HEADERS and DATA that a gateway could turn into something else in HTTP/1.1."""
        whole = [(b":method", b"POST"), (b":path", b"/"), (b":scheme", b"http"), (b":authority", b"x"),
                 (b"content-type", b"application/x-amz-json-1.1"), (b"x-amz-target", b"Kinesis_20131202.ListStreams"),
                 (b"x-amz-date", b"20261122T000000Z"), (b"authorization", AUTH[15:-2].encode())]  # fmt: skip
        cases = {
            "a length too small": ([*whole, (b"content-length", b"1")], b"{}"),
            "a length too large": ([*whole, (b"content-length", b"3")], b"{}"),
            "two lengths": ([*whole, (b"content-length", b"2"), (b"content-length", b"3")], b"{}"),
            "no number as length": ([*whole, (b"content-length", b"+2")], b"{}"),
            "a coding": ([*whole, (b"transfer-encoding", b"chunked")], CHUNKED.encode()),
            "connection": ([*whole, (b"connection", b"close")], b"{}"),
            "keep-alive": ([*whole, (b"keep-alive", b"1")], b"{}"),
            "upgrade": ([*whole, (b"upgrade", b"h2c")], b"{}"),
            "te": ([*whole, (b"te", b"chunked")], b"{}"),
            "a name in upper case": ([*whole, (b"X-A", b"b")], b"{}"),
            "a name with a colon": ([*whole, (b"x:a", b"b")], b"{}"),
            "a name with a blank": ([*whole, (b"x a", b"b")], b"{}"),
            "a name with CR LF": ([*whole, (b"x\r\na", b"b")], b"{}"),
            "an empty name": ([*whole, (b"", b"b")], b"{}"),
            "a value with CR LF": ([*whole, (b"x-a", b"b\r\n\r\n" + hidden("h2"))], b"{}"),
            "a value with LF": ([*whole, (b"x-a", b"b\ntransfer-encoding: chunked")], b"{}"),
            "a value with NUL": ([*whole, (b"x-a", b"b\0c")], b"{}"),
            "a path with CR LF": ([whole[0], (b":path", b"/ HTTP/1.1\r\n\r\n"), *whole[2:]], b"{}"),
            "a path with a blank": ([whole[0], (b":path", b"/ HTTP/1.1"), *whole[2:]], b"{}"),
            "a method with CR LF": ([(b":method", b"POST\r\n"), *whole[1:]], b"{}"),
            "a method with a blank": ([(b":method", b"POST /x"), *whole[1:]], b"{}"),
            "two methods": ([whole[0], *whole], b"{}"),
            "no path": ([whole[0], *whole[2:]], b"{}"),
            "a pseudo-header after fields": ([*whole[1:], whole[0]], b"{}"),
            "a pseudo-header nobody knows": ([(b":x", b"y"), *whole], b"{}"),
            "no authority": ([*whole[:3], *whole[4:]], b"{}"),
            "two authorities that differ": ([*whole[:4], (b"host", b"y"), *whole[4:]], b"{}"),
        }  # fmt: skip
        for name, (headers, body) in cases.items():
            with self.subTest(name):
                block = b"".join(literal(key, value) for key, value in headers)
                said = self.exchange(
                    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + frame(1, 4, 1, block) + frame(0, 1, 1, body)
                )
                kinds = [kind for kind, _ in frames(said)]
                data = b"".join(payload for kind, payload in frames(said) if kind == 0)
                self.assertNotIn(b"StreamNames", data)  # a ListStreams that was run
                self.assertTrue({3, 7} & set(kinds) or 1 in kinds, kinds)
                self.nothing_was_smuggled("h2")
        block = b"".join(literal(key, value) for key, value in whole)
        said = self.exchange(
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + frame(1, 4, 1, block) + frame(0, 1, 1, b"{}"))
        self.assertIn(b"StreamNames", said)  # without an offence it is
        print(f"{len(cases)} ambiguous requests over HTTP/2 refused")


def literal(name, value):
    """A field as HPACK's literal without indexing, no Huffman."""

    def text(data):
        size = len(data)
        if size < 127:
            return bytes([size]) + data
        size -= 127
        head = b"\x7f"
        while size >= 128:
            head += bytes([size % 128 + 128])
            size //= 128
        return head + bytes([size]) + data

    return b"\x00" + text(name) + text(value)


if __name__ == "__main__":
    unittest.main()
