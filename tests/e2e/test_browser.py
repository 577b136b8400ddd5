"""A page in a browser calls the emulator from another origin: CORS as a browser understands it.

Chromium without a window; skipped where it is not installed. Over TLS the browser negotiates HTTP/2 by
itself, so the same page proves both.
"""
import functools
import html
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import threading
import unittest

from tests.e2e.support import ENDPOINT, ApiTest, raw, temporary_directory

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

PAGE = """<!doctype html><meta charset="utf-8"><title>waiting</title><pre id="said"></pre><script>
const said = {};
async function call(endpoint, target, body) {
  const answer = await fetch(endpoint + "/", {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "Kinesis_20131202." + target,
      "X-Amz-Date": "20261122T000000Z",
      "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/kinesis/aws4_request, "
        + "SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(body),
  });
  return {
    status: answer.status,
    id: answer.headers.get("x-amzn-RequestId"),
    type: answer.headers.get("x-amzn-ErrorType"),
    id2: answer.headers.get("x-amz-id-2"),
    hidden: answer.headers.get("server"),
    body: await answer.text(),
  };
}
(async () => {
  const endpoint = new URLSearchParams(location.search).get("endpoint");
  try {
    said.list = await call(endpoint, "ListStreams", {});
    said.missing = await call(endpoint, "DescribeStreamSummary", {StreamName: "nosuch"});
  } catch (error) {
    said.error = String(error);
  }
  document.getElementById("said").textContent = JSON.stringify(said);
  document.title = "done";
})();
</script>"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@unittest.skipUnless(CHROMIUM, "no Chromium")
@unittest.skipIf(ENDPOINT, "our own server")
class Browser(ApiTest):
    def page(self, endpoint):
        """What the page says after it has called the endpoint."""
        folder = temporary_directory(self)
        (folder / "page.html").write_text(PAGE)
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        url = f"http://127.0.0.1:{server.server_address[1]}/page.html?endpoint={endpoint}"
        profile = pathlib.Path(temporary_directory(self))
        done = subprocess.run(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--ignore-certificate-errors", f"--user-data-dir={profile}",
             "--virtual-time-budget=20000", "--dump-dom", url],
            capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
        found = re.search(r'<pre id="said">(.*?)</pre>', done.stdout, re.S)
        self.assertTrue(found, done.stdout + done.stderr[-2000:])
        return json.loads(html.unescape(found[1]))

    def check(self, endpoint):
        said = self.page(endpoint)
        self.assertNotIn("error", said)
        self.assertEqual(said["list"]["status"], 200)
        self.assertIn("StreamNames", said["list"]["body"])
        self.assertRegex(said["list"]["id"], r"^[0-9a-f-]{36}$")
        self.assertEqual(len(said["list"]["id2"]), 96)
        self.assertEqual(said["missing"]["status"], 400)
        self.assertEqual(said["missing"]["type"], "ResourceNotFoundException")

    def calls(self, kind):
        """How many came in this way, as the emulator counts them."""
        _, _, counts = raw(self.emulator.url, "", b"", method="GET", path="/_millrace/api/requests")
        return json.loads(counts)[kind]

    def test_a_page_calls_over_http_1(self):
        before = self.calls("json/http1.1")
        self.check(self.emulator.url)
        self.assertGreaterEqual(self.calls("json/http1.1"), before + 2)

    def test_a_page_calls_over_tls_and_http_2(self):
        self.check(self.emulator.url.replace("http://", "https://"))
        self.assertGreaterEqual(self.calls("json/h2/tls"), 2)


if __name__ == "__main__":
    unittest.main()
