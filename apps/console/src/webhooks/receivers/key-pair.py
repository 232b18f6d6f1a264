import base64, os, time
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, request

app = Flask(__name__)
raw = base64.b64decode(os.environ["CARTLY_WEBHOOK_PUBLIC_KEY"].removeprefix("whpk_"))
key = Ed25519PublicKey.from_public_bytes(raw)

def is_signed(body, headers):
    at = int(headers["webhook-timestamp"])
    if abs(time.time() - at) > 300:
        return False
    signed = f"{headers['webhook-id']}.{at}.".encode() + body
    for one in headers["webhook-signature"].split(" "):
        version, signature = one.split(",", 1)
        if version == "v1a":
            try:
                key.verify(base64.b64decode(signature), signed)
                return True
            except InvalidSignature:
                continue
    return False

@app.post("/webhooks")
def receive():
    if not is_signed(request.get_data(), request.headers):
        return "", 401
    print(request.get_json())
    return "", 204

app.run(port=int(os.environ.get("PORT", 3000)))
