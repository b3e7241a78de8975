"""Keys to plant, and to look for in whatever comes out of a server."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus

# Made up, each of its service's shape. In two pieces, so that no scanner takes them for real ones.
KEYS = {
    "openai": "sk-" + "proj-Zq3vT9xLm2Rk8Wn5Yc1Hd7Jf4Gb6Sp0_Aa-Qe3vT9xLm2Rk8Wn5Yc1Hd7Jf",
    "openai of old": "sk-" + "Zq3vT9xLm2Rk8Wn5Yc1Hd7Jf4Gb6Sp0Aa9Qe3vT9xLm2Rk",
    "anthropic": "sk-ant-" + "api03-Zq3vT9xLm2Rk8Wn5Yc1Hd7Jf4Gb6Sp0_Aa-Qe3vT9xLm2Rk8Wn5Yc1Hd7Jf-AA",
    "openrouter": "sk-or-" + "v1-3f8a1c9e5b7d2f4a6c8e0b1d3f5a7c9e1b3d5f7a9c1e3b5d7f9a1c3e5b7d9f1a",
    "google": "AIza" + "SyZq3vT9xLm2Rk8Wn5Yc1Hd7Jf4Gb6Sp0Aa",
    "groq": "gsk_" + "Zq3vT9xLm2Rk8Wn5Yc1HWGdyb3FYJf4Gb6Sp0Aa9Qe3vT9xLm2Rk",
    "xai": "xai-" + "Zq3vT9xLm2Rk8Wn5Yc1Hd7Jf4Gb6Sp0Aa9Qe3vT9xLm2Rk8Wn5Yc1Hd7Jf4Gb6Sp0Aa9Qe",
    "hugging face": "hf_" + "ZqvTxLmRkWnYcHdJfGbSpAaQevTxLmRkW7",
    "perplexity": "pplx-" + "3f8a1c9e5b7d2f4a6c8e0b1d3f5a7c9e1b3d5f7a9c1e3b5d",
    "aws": "AKIA" + "IQ3VT9XLM2RK8WN5",
    "aws of a session": "ASIA" + "IQ3VT9XLM2RK8WN5",
    "bedrock": "ABSK" + "QmVkcm9ja0FQSUtleS1aYTN2VDl4TG0yUms4V241WWMxSGQ3SmY0R2I2U3Aw=",
    "slack": "xoxb-" + "123456789012-1234567890123-Zq3vT9xLm2Rk8Wn5Yc1Hd7Jf",
    "github": "ghp_" + "Zq3vT9xLm2Rk8Wn5Yc1Hd7Jf4Gb6Sp0Aa9Qe",
    "github, finely": "github_pat_" + "11ABCDEFG0Zq3vT9xLm2Rk_8Wn5Yc1Hd7Jf4Gb6Sp0Aa9Qe3vT9xLm2Rk8Wn5",
    "gitlab": "glpat-" + "Zq3vT9xLm2Rk8Wn5Yc1H",
    "jwt": "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.Zq3vT9xLm2Rk8Wn5Yc1Hd7Jf4Gb6Sp0_Aa-Q",
    "botarmy": "botarmy_" + "Zq3vT9xLm2Rk8Wn5Yc1Hd7Jf4Gb6Sp0Aa9Qe3vT9",
}
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYzEXAMPLEKa"


def spellings(secret: str) -> dict[str, str]:
    raw = secret.encode()
    return {
        "itself": secret,
        "JSON": json.dumps(secret),
        "JSON in JSON": json.dumps(json.dumps({"key": secret})),
        "JSON beyond ASCII": json.dumps(secret, ensure_ascii=False),
        "Python": repr(secret),
        "a URL": quote(secret, safe=""),
        "a URL's path": quote(secret),
        "a URL in small letters": quote(secret, safe="").lower() if quote(secret) == secret else quote(secret),
        "a form": quote_plus(secret),
        "HTML": html.escape(secret),
        "base64": base64.b64encode(raw).decode(),
        "base64 for URLs": base64.urlsafe_b64encode(raw).decode(),
        "base64 behind a user": base64.b64encode(b"me:" + raw).decode(),
        "base64 behind a longer user": base64.b64encode(b"anna:" + raw + b"\n").decode(),
        "base64 behind none": base64.b64encode(b":" + raw + b":").decode(),
    }


def traces(secret: str) -> set[bytes]:
    """What gives a secret away wherever it stands: its spellings, those in base64 without what they share with their
    neighbours."""
    found = {spelled.strip("\"'").encode() for name, spelled in spellings(secret).items() if "base64" not in name}
    return found | {base64.b64encode(bytes(3 + before) + secret.encode())[8:-4] for before in range(3)}
