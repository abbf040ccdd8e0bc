"""A mail server on aiosmtpd that keeps what it gets: STARTTLS, a login, `reject-...` is refused.

Use: smtp_sink.py FOLDER PORT CERTIFICATE KEY
"""
import asyncio
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

FOLDER = pathlib.Path(sys.argv[1])
FOLDER.mkdir(parents=True, exist_ok=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("reject-"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        entry = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None,
            "auth": session.authenticated,
        }
        with open(FOLDER / "index.jsonl", "a") as index:
            index.write(json.dumps(entry) + "\n")
        return "250 stored"


def authenticate(server, session, envelope, mechanism, data):
    known = isinstance(data, LoginPassword) and data == LoginPassword(b"user", b"pass")
    return AuthResult(success=known, handled=known)


async def main():
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[3], sys.argv[4])
    make = lambda: SMTP(
        Handler(),
        hostname="localhost",
        tls_context=tls,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=True,
        enable_SMTPUTF8=True,
    )
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", int(sys.argv[2]))
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main())
