import { SocketAddr, TcpListener, TcpStream, type ToSocketAddrs } from "tokiwa/net";
import { expect, test } from "vitest";

test("SocketAddr.parse understands both families, and writes addresses in one way", () => {
  const written = (text: string) => `${SocketAddr.parse(text)}`;
  expect(written("127.0.0.1:80")).toBe("127.0.0.1:80");
  expect(written("[::1]:0")).toBe("[::1]:0");
  expect(written("[0:0:0:0:0:0:0:1]:80")).toBe("[::1]:80");
  expect(written("[2001:DB8:0:0:1:0:0:1]:443")).toBe("[2001:db8::1:0:0:1]:443");
  expect(written("[1:0:0:2:0:0:0:3]:1")).toBe("[1:0:0:2::3]:1");
  expect(written("[1:2:3:4:5:6:7:0]:1")).toBe("[1:2:3:4:5:6:7:0]:1");
  expect(written("[::ffff:1.2.3.4]:1")).toBe("[::ffff:1.2.3.4]:1");
  expect(written("[::ffff:102:304]:1")).toBe("[::ffff:1.2.3.4]:1");
  expect(written("[::]:65535")).toBe("[::]:65535");
  expect(written("[fe80::1%eth0]:1")).toBe("[fe80::1%eth0]:1");
});

test("SocketAddr tells its parts", () => {
  const four = new SocketAddr("10.0.0.1", 80);
  expect(four).toMatchObject({ address: "10.0.0.1", port: 80, family: "IPv4", isIpv4: true });
  const six = new SocketAddr("0::1", 80);
  expect(six).toMatchObject({ address: "::1", port: 80, family: "IPv6", isIpv6: true });
  expect(six.equals({ address: "0:0::1", port: 80 })).toBe(true);
  expect(six.equals({ address: "::1", port: 81 })).toBe(false);
  expect(six.equals(four)).toBe(false);
});

test("SocketAddr refuses what is no address", () => {
  const wrong = ["", "127.0.0.1", "127.0.0.1:", ":80", "1.2.3:80", "1.2.3.256:80", "01.2.3.4:80"];
  wrong.push("[::1]", "::1:80", "[::1:80", "[1::2::3]:80", "[12345::]:80", "[1:2:3:4:5:6:7:8:9]:1");
  wrong.push("[fe80::1%]:80", "[localhost]:80", "localhost:80");
  for (const text of wrong) expect(() => SocketAddr.parse(text), text).toThrow(TypeError);
  expect(() => new SocketAddr("localhost", 80)).toThrow(
    'Cannot make address: "localhost" is not an IP address',
  );
});

test("TcpListener.bind and TcpStream.connect refuse bad addresses at once", () => {
  const cases: [addr: unknown, error: new () => Error, message: string][] = [
    ["127.0.0.1:70000", RangeError, "port must be a whole number from 0 to 65535, got 70000"],
    [["localhost", -1], RangeError, "port must be a whole number from 0 to 65535, got -1"],
    [["localhost", "80"], RangeError, 'port must be a whole number from 0 to 65535, got "80"'],
    [{ address: "::1", port: 1.5 }, RangeError, "from 0 to 65535, got 1.5"],
    ["localhost", TypeError, 'address must be "host:port"'],
    [["", 80], TypeError, "the host is empty"],
    [[], TypeError, "the list of addresses is empty"],
    [80, TypeError, "got 80"],
    [undefined, TypeError, "got undefined"],
    [[["localhost", 80]], TypeError, "address must be"],
  ];
  for (const [addr, error, message] of cases) {
    const target = addr as ToSocketAddrs;
    expect(() => TcpListener.bind(target), message).toThrow(error);
    expect(() => TcpListener.bind(target)).toThrow(`Cannot bind listener: `);
    expect(() => TcpListener.bind(target)).toThrow(message);
    expect(() => TcpStream.connect(target)).toThrow(message);
  }
});
