"""The cheapest SMTP server that is still one, in a process of its own so that it is not what is measured.

Prints its port, takes every mail, and prints how many when its standard input closes.
"""

import asyncio
import sys

END = b"\r\n.\r\n"
GREETING = b"250-sink.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250 SIZE 0\r\n"
taken = 0


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    global taken  # noqa: PLW0603 - the one number this process is for
    writer.write(b"220 sink.test ESMTP\r\n")
    while line := await reader.readline():
        match line[:4].upper():
            case b"EHLO":
                writer.write(GREETING)
            case b"DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(END)
                taken += 1
                writer.write(b"250 kept\r\n")
            case b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            case _:
                writer.write(b"250 ok\r\n")
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**27)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(taken, flush=True)


if __name__ == "__main__":
    asyncio.run(main())
